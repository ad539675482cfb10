//! Folds every rule for every (role, verb, purpose, category). What is known early is folded early: first the verb,
//! then the role, then the purpose, then the category, each time with fewer rules left. A rule that does not ask for
//! what comes later is compiled once and shared by all rows after it.

use std::collections::HashMap;
use std::rc::Rc;

use sandyq_model::{Category, FieldSet, Purpose, Role, Verb};

use crate::declarations::Declarations;
use crate::rules::{Atom, Effect, Formula, Rule};
use crate::tables::program::{Line, Mask, Row};
use crate::tables::scalars::Scalars;
use crate::tables::{Key, PLACES, Tables};

/// The rules name more different circumstances than fit into one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyScalars;

/// A rule as far as it is folded.
#[derive(Clone)]
struct Open {
    rule: u32,
    effect: Effect,
    formula: Rc<Formula>,
    /// Which stages its atoms wait for.
    waits: u8,
    /// Its mask, once no stage is left that changes it.
    mask: Option<u32>,
}

const VERB: u8 = 1;
const ROLE: u8 = 2;
const PURPOSE: u8 = 4;
const CATEGORY: u8 = 8;

/// Compiles the rules into tables.
pub(crate) fn compile(rules: &[Rule], declarations: &Declarations) -> Result<Tables, TooManyScalars> {
    let mut folding = Folding {
        declarations,
        scalars: Scalars::default(),
        masks: Vec::new(),
        mask_places: HashMap::new(),
        rows: Vec::new(),
        row_places: HashMap::new(),
        index: vec![u32::MAX; PLACES],
    };
    let all: Vec<Open> = (0..)
        .zip(rules)
        .map(|(place, rule)| Open::of(place, rule))
        .collect();
    for verb in Verb::ALL {
        let open = fold(&all, VERB, &|atom| match atom {
            Atom::Verb(named) => Some(Formula::constant(named == verb)),
            _ => None,
        });
        for role in declarations.roles.keys().copied() {
            let mut open = fold(&open, ROLE, &|atom| match atom {
                Atom::Role(named) => Some(Formula::constant(named == role)),
                _ => None,
            });
            folding.settle(&mut open, PURPOSE | CATEGORY)?;
            folding.fold_purposes(verb, role, &open)?;
        }
    }
    let Folding {
        scalars,
        masks,
        rows,
        index,
        ..
    } = folding;
    Ok(Tables {
        rows,
        masks,
        index,
        scalars,
    })
}

impl Open {
    fn of(place: u32, rule: &Rule) -> Self {
        let mut waits = 0;
        rule.formula.each_atom(&mut |atom| {
            waits |= match atom {
                Atom::Verb(_) => VERB,
                Atom::Role(_) => ROLE,
                Atom::Purpose(_) => PURPOSE,
                Atom::ServesStated => PURPOSE | CATEGORY,
                Atom::Category(_) | Atom::Serves(_) => CATEGORY,
                _ => 0,
            };
        });
        Self {
            rule: place,
            effect: rule.effect,
            formula: Rc::new(rule.formula.clone()),
            waits,
            mask: None,
        }
    }
}

struct Folding<'a> {
    declarations: &'a Declarations,
    scalars: Scalars,
    masks: Vec<Mask>,
    mask_places: HashMap<Mask, u32>,
    rows: Vec<Row>,
    row_places: HashMap<Row, u32>,
    index: Vec<u32>,
}

impl Folding<'_> {
    fn fold_purposes(&mut self, verb: Verb, role: Role, open: &[Open]) -> Result<(), TooManyScalars> {
        for purpose in std::iter::once(None).chain(Purpose::all().map(Some)) {
            let mut open = fold(open, PURPOSE, &|atom| match atom {
                Atom::Purpose(named) => Some(Formula::constant(named == purpose)),
                Atom::ServesStated => Some(Formula::Atom(Atom::Serves(purpose))),
                _ => None,
            });
            self.settle(&mut open, CATEGORY)?;
            for category in Category::ALL {
                let declarations = self.declarations;
                let mut open = fold(&open, CATEGORY, &|atom| match atom {
                    Atom::Category(named) => Some(Formula::constant(named == category)),
                    Atom::Serves(purpose) => Some(Formula::Atom(Atom::Fields(
                        declarations.purpose_fields(purpose, category),
                    ))),
                    _ => None,
                });
                self.settle(&mut open, 0)?;
                let at = self.place_row(&open);
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

    /// Compiles the rules that wait for none of the stages still to come.
    fn settle(&mut self, open: &mut [Open], to_come: u8) -> Result<(), TooManyScalars> {
        for one in open
            .iter_mut()
            .filter(|one| one.mask.is_none() && one.waits & to_come == 0)
        {
            let mask = self.mask(&one.formula)?;
            one.mask = Some(place_of(mask, &mut self.masks, &mut self.mask_places));
        }
        Ok(())
    }

    fn place_row(&mut self, open: &[Open]) -> u32 {
        let lines = |effect| {
            let of_effect = open.iter().filter(move |one| one.effect == effect);
            let lines = of_effect.filter_map(|one| {
                Some(Line {
                    rule: one.rule,
                    mask: one.mask?,
                })
            });
            lines.filter(|line| !self.is_empty(line.mask)).collect()
        };
        let row = Row {
            permits: lines(Effect::Permit),
            forbids: lines(Effect::Forbid),
        };
        place_of(row, &mut self.rows, &mut self.row_places)
    }

    fn is_empty(&self, mask: u32) -> bool {
        let mask = usize::try_from(mask).ok().and_then(|at| self.masks.get(at));
        mask.is_none_or(|mask| *mask == Mask::Fixed(FieldSet::EMPTY))
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
            Formula::All(parts) => join_all(self.each(parts)?),
            Formula::Any(parts) => join_any(self.each(parts)?),
            Formula::Atom(Atom::Scalar(scalar)) => Mask::Given {
                yes: self.scalars.bit(*scalar).ok_or(TooManyScalars)?,
                no: 0,
            },
            Formula::Atom(Atom::Fields(fields)) => Mask::Fixed(*fields),
            Formula::Atom(Atom::Consented) => Mask::Consented,
            Formula::Atom(Atom::Agreed) => Mask::Agreed,
            Formula::Atom(Atom::Floor) => Mask::Floor,
            Formula::Atom(Atom::Hold) => Mask::Hold,
            // INVARIANT: the folds put every atom of these kinds in before a rule is settled.
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

    fn each(&mut self, parts: &[Formula]) -> Result<Vec<Mask>, TooManyScalars> {
        parts.iter().map(|part| self.mask(part)).collect()
    }
}

/// The place of a thing in a list that holds each thing once.
fn place_of<T: Clone + Eq + std::hash::Hash>(
    thing: T,
    list: &mut Vec<T>,
    places: &mut HashMap<T, u32>,
) -> u32 {
    if let Some(at) = places.get(&thing) {
        return *at;
    }
    let at = u32::try_from(list.len()).unwrap_or(u32::MAX);
    list.push(thing.clone());
    places.insert(thing, at);
    at
}

/// Puts in what a stage knows; drops the rules that are false from here on.
fn fold(open: &[Open], stage: u8, known: &impl Fn(Atom) -> Option<Formula>) -> Vec<Open> {
    let mut kept = Vec::with_capacity(open.len());
    for one in open {
        if one.waits & stage == 0 {
            kept.push(one.clone());
            continue;
        }
        let formula = one.formula.with(known);
        if formula != Formula::False {
            kept.push(Open {
                formula: Rc::new(formula),
                ..one.clone()
            });
        }
    }
    kept
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

/// Joins masks of which any may hold: fixed ones into one.
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
