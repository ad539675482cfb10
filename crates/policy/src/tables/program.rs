//! A row: what is still open of each rule, as masks over fields.

use sandyq_model::FieldSet;

use crate::tables::scalars::Given;

/// The rules that can still apply for one (role, verb, purpose, category).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Row {
    pub(crate) permits: Vec<Line>,
    pub(crate) forbids: Vec<Line>,
}

/// One rule in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    /// Its place among the rules.
    pub(crate) rule: u32,
    /// The place of its mask among the masks.
    pub(crate) mask: u32,
}

/// For which fields something holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mask {
    /// These, whatever is given.
    Fixed(FieldSet),
    /// All, if every bit of `yes` and no bit of `no` is given; else none.
    Given {
        yes: u64,
        no: u64,
    },
    Consented,
    Agreed,
    Floor,
    Hold,
    Not(Box<Mask>),
    All(Vec<Mask>),
    Any(Vec<Mask>),
}

/// What the rules of a row say about the fields asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// Fields that are permitted and not forbidden.
    pub(crate) allowed: FieldSet,
    /// Permits that hold for at least one field asked for, by place.
    pub(crate) permits: Vec<u32>,
    /// Forbids that hold for at least one field asked for, by place.
    pub(crate) forbids: Vec<u32>,
}

impl Row {
    /// What every rule says about these fields.
    pub(crate) fn speak(&self, asked: FieldSet, given: &Given, masks: &[Mask]) -> Spoken {
        let mut spoken = Spoken::default();
        let permitted = gather(&self.permits, asked, (given, masks), &mut spoken.permits);
        let forbidden = gather(&self.forbids, asked, (given, masks), &mut spoken.forbids);
        spoken.allowed = permitted.difference(forbidden).intersection(asked);
        spoken
    }
}

fn gather(
    lines: &[Line],
    asked: FieldSet,
    (given, masks): (&Given, &[Mask]),
    spoke: &mut Vec<u32>,
) -> FieldSet {
    let mut union = FieldSet::EMPTY;
    for line in lines {
        let fields = line
            .mask(masks)
            .map_or(FieldSet::EMPTY, |mask| mask.of(given))
            .intersection(asked);
        if !fields.is_empty() {
            spoke.push(line.rule);
            union = union.union(fields);
        }
    }
    union
}

impl Line {
    /// Its mask.
    pub(crate) fn mask(self, masks: &[Mask]) -> Option<&Mask> {
        masks.get(usize::try_from(self.mask).ok()?)
    }
}

impl Mask {
    /// The fields for which it holds.
    pub(crate) fn of(&self, given: &Given) -> FieldSet {
        match self {
            Self::Fixed(fields) => *fields,
            Self::Given { yes, no } => {
                if given.scalars & yes == *yes && given.scalars & no == 0 {
                    FieldSet::ALL
                } else {
                    FieldSet::EMPTY
                }
            }
            Self::Consented => given.consented,
            Self::Agreed => given.agreed,
            Self::Floor => given.floor,
            Self::Hold => given.hold,
            Self::Not(inner) => FieldSet::ALL.difference(inner.of(given)),
            Self::All(parts) => {
                let mut fields = FieldSet::ALL;
                for part in parts {
                    fields = fields.intersection(part.of(given));
                    if fields.is_empty() {
                        break;
                    }
                }
                fields
            }
            Self::Any(parts) => parts
                .iter()
                .fold(FieldSet::EMPTY, |fields, part| fields.union(part.of(given))),
        }
    }
}
