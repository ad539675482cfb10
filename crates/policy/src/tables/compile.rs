//! Folds every rule for every (role, verb, purpose, category). What is known early is folded early: first the verb,
//! then the role, then the purpose, then the category, each time with fewer rules left.

use std::collections::HashMap;

use sandyq_model::{Category, FieldSet, Purpose, Role, Verb};

use crate::declarations::Declarations;
use crate::rules::{Atom, Effect, Formula, Rule};
use crate::tables::program::{Line, Mask, Row};
use crate::tables::scalars::Scalars;
use crate::tables::{Key, PLACES, Tables};

/// The rules name more different circumstances than fit into one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyScalars;

type Open = Vec<(u32, Effect, Formula)>;

/// Compiles the rules into tables.
pub(crate) fn compile(rules: &[Rule], declarations: &Declarations) -> Result<Tables, TooManyScalars> {
    let mut folding = Folding {
        declarations,
        scalars: Scalars::default(),
        rows: Vec::new(),
        known: HashMap::new(),
        index: vec![u32::MAX; PLACES],
    };
    let all: Open = (0..)
        .zip(rules)
        .map(|(place, rule)| (place, rule.effect, rule.formula.clone()))
        .collect();
    for verb in Verb::ALL {
        let open = fold(&all, &|atom| match atom {
            Atom::Verb(named) => Some(Formula::constant(named == verb)),
            _ => None,
        });
        for role in declarations.roles.keys().copied() {
            let open = fold(&open, &|atom| match atom {
                Atom::Role(named) => Some(Formula::constant(named == role)),
                _ => None,
            });
            folding.fold_purposes(verb, role, &open)?;
        }
    }
    Ok(Tables {
        rows: folding.rows,
        index: folding.index,
        scalars: folding.scalars,
    })
}

struct Folding<'a> {
    declarations: &'a Declarations,
    scalars: Scalars,
    rows: Vec<Row>,
    known: HashMap<Row, u32>,
    index: Vec<u32>,
}

impl Folding<'_> {
    fn fold_purposes(&mut self, verb: Verb, role: Role, open: &Open) -> Result<(), TooManyScalars> {
        for purpose in std::iter::once(None).chain(Purpose::all().map(Some)) {
            let open = fold(open, &|atom| match atom {
                Atom::Purpose(named) => Some(Formula::constant(named == purpose)),
                Atom::ServesStated => Some(Formula::Atom(Atom::Serves(purpose))),
                _ => None,
            });
            for category in Category::ALL {
                let open = fold(&open, &|atom| match atom {
                    Atom::Category(named) => Some(Formula::constant(named == category)),
                    Atom::Serves(purpose) => Some(Formula::Atom(Atom::Fields(
                        self.declarations.purpose_fields(purpose, category),
                    ))),
                    _ => None,
                });
                let row = self.row(&open)?;
                let at = self.place(row);
                if let Some(place) = self.index.get_mut(
                    Key {
                        role,
                        verb,
                        purpose,
                        category,
                    }
                    .place(),
                ) {
                    *place = at;
                }
            }
        }
        Ok(())
    }

    fn place(&mut self, row: Row) -> u32 {
        if let Some(at) = self.known.get(&row) {
            return *at;
        }
        let at = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push(row.clone());
        self.known.insert(row, at);
        at
    }

    fn row(&mut self, open: &Open) -> Result<Row, TooManyScalars> {
        let mut row = Row {
            permits: Vec::new(),
            forbids: Vec::new(),
        };
        for (rule, effect, formula) in open {
            let fields = self.mask(formula)?;
            if fields == Mask::Fixed(FieldSet::EMPTY) {
                continue;
            }
            let lines = if *effect == Effect::Permit {
                &mut row.permits
            } else {
                &mut row.forbids
            };
            lines.push(Line { rule: *rule, fields });
        }
        Ok(row)
    }

    fn mask(&mut self, formula: &Formula) -> Result<Mask, TooManyScalars> {
        Ok(match formula {
            Formula::True => Mask::Fixed(FieldSet::ALL),
            Formula::False => Mask::Fixed(FieldSet::EMPTY),
            Formula::Not(inner) => match self.mask(inner)? {
                Mask::Fixed(fields) => Mask::Fixed(FieldSet::ALL.difference(fields)),
                Mask::Given { yes, no: 0 } if yes.is_power_of_two() => Mask::Given { yes: 0, no: yes },
                Mask::Given { yes: 0, no } if no.is_power_of_two() => Mask::Given { yes: no, no: 0 },
                other => Mask::Not(Box::new(other)),
            },
            Formula::All(parts) => join_all(self.masks(parts)?),
            Formula::Any(parts) => join_any(self.masks(parts)?),
            Formula::Atom(Atom::Scalar(scalar)) => Mask::Given {
                yes: self.scalars.bit(*scalar).ok_or(TooManyScalars)?,
                no: 0,
            },
            Formula::Atom(Atom::Fields(fields)) => Mask::Fixed(*fields),
            Formula::Atom(Atom::Consented) => Mask::Consented,
            Formula::Atom(Atom::Agreed) => Mask::Agreed,
            Formula::Atom(Atom::Floor) => Mask::Floor,
            Formula::Atom(Atom::Hold) => Mask::Hold,
            // INVARIANT: the folds above put every atom of these kinds in.
            Formula::Atom(
                Atom::Role(_)
                | Atom::Verb(_)
                | Atom::Category(_)
                | Atom::Purpose(_)
                | Atom::Serves(_)
                | Atom::ServesStated,
            ) => Mask::Fixed(FieldSet::EMPTY),
        })
    }

    fn masks(&mut self, parts: &[Formula]) -> Result<Vec<Mask>, TooManyScalars> {
        parts.iter().map(|part| self.mask(part)).collect()
    }
}

fn fold(open: &Open, known: &impl Fn(Atom) -> Option<Formula>) -> Open {
    open.iter()
        .map(|(rule, effect, formula)| (*rule, *effect, formula.with(known)))
        .filter(|(_, _, formula)| *formula != Formula::False)
        .collect()
}

/// Joins masks that must all hold: fixed ones into one, tests of single circumstances into one.
fn join_all(parts: Vec<Mask>) -> Mask {
    let (mut fixed, mut yes, mut no) = (FieldSet::ALL, 0, 0);
    let mut rest = Vec::new();
    for part in parts {
        match part {
            Mask::Fixed(fields) => fixed = fixed.intersection(fields),
            Mask::Given { yes: more, no: less } => {
                yes |= more;
                no |= less;
            }
            other => rest.push(other),
        }
    }
    if fixed.is_empty() || yes & no != 0 {
        return Mask::Fixed(FieldSet::EMPTY);
    }
    let mut kept = Vec::with_capacity(rest.len() + 2);
    if yes | no != 0 {
        kept.push(Mask::Given { yes, no });
    }
    if fixed != FieldSet::ALL {
        kept.push(Mask::Fixed(fixed));
    }
    kept.append(&mut rest);
    single(kept, FieldSet::ALL, Mask::All)
}

fn join_any(parts: Vec<Mask>) -> Mask {
    let mut fixed = FieldSet::EMPTY;
    let mut kept = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Mask::Fixed(fields) => fixed = fixed.union(fields),
            other => kept.push(other),
        }
    }
    if fixed == FieldSet::ALL {
        return Mask::Fixed(FieldSet::ALL);
    }
    if !fixed.is_empty() {
        kept.push(Mask::Fixed(fixed));
    }
    single(kept, FieldSet::EMPTY, Mask::Any)
}

fn single(mut kept: Vec<Mask>, empty: FieldSet, many: impl FnOnce(Vec<Mask>) -> Mask) -> Mask {
    match kept.len() {
        0 => Mask::Fixed(empty),
        1 => kept.pop().unwrap_or(Mask::Fixed(empty)),
        _ => many(kept),
    }
}
