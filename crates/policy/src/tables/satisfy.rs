//! Whether a mask can hold for some field in some circumstances: trying, with three truth values, what is still open.

use sandyq_model::{Field, FieldSet, Standing};

use crate::rules::Scalar;
use crate::tables::program::Mask;
use crate::tables::scalars::Scalars;

/// Circumstances of which some are decided.
#[derive(Clone, Debug)]
pub(crate) struct Assumed<'a> {
    scalars: &'a Scalars,
    yes: u64,
    no: u64,
    consented: Option<bool>,
    agreed: Option<bool>,
    floor: Option<bool>,
    hold: Option<bool>,
}

/// What is decided next.
#[derive(Clone, Copy, Debug)]
enum Open {
    Bit(u64),
    Consented,
    Agreed,
    Floor,
    Hold,
}

/// A field and circumstances in which the mask holds for it.
pub(crate) fn satisfiable<'a>(
    mask: &Mask,
    fields: FieldSet,
    assumed: Assumed<'a>,
) -> Option<(Field, Assumed<'a>)> {
    let mut tried = Vec::new();
    for field in fields.iter() {
        // Fields that stand in the same fixed sets are alike; one of them is enough.
        let mut look = Vec::new();
        looks(mask, field, &mut look);
        if tried.contains(&look) {
            continue;
        }
        tried.push(look);
        if let Some(found) = search(mask, field, assumed.clone()) {
            return Some((field, found));
        }
    }
    None
}

fn looks(mask: &Mask, field: Field, look: &mut Vec<bool>) {
    match mask {
        Mask::Fixed(fields) => look.push(fields.contains(field)),
        Mask::Not(inner) => looks(inner, field, look),
        Mask::All(parts) | Mask::Any(parts) => parts.iter().for_each(|part| looks(part, field, look)),
        _ => {}
    }
}

fn search<'a>(mask: &Mask, field: Field, assumed: Assumed<'a>) -> Option<Assumed<'a>> {
    match assumed.value(mask, field) {
        Ok(true) => Some(assumed),
        Ok(false) => None,
        Err(open) => [true, false]
            .into_iter()
            .filter_map(|truth| assumed.decided(open, truth))
            .find_map(|assumed| search(mask, field, assumed)),
    }
}

impl<'a> Assumed<'a> {
    /// Nothing is decided.
    pub(crate) const fn nothing(scalars: &'a Scalars) -> Self {
        Self {
            scalars,
            yes: 0,
            no: 0,
            consented: None,
            agreed: None,
            floor: None,
            hold: None,
        }
    }

    /// The same with one circumstance decided; nothing changes if no rule names it.
    pub(crate) fn with(mut self, scalar: Scalar, truth: bool) -> Self {
        if let Some(bit) = self.scalars.known(scalar) {
            let word = if truth { &mut self.yes } else { &mut self.no };
            *word |= bit;
        }
        self
    }

    /// Decides one thing, and what follows from it; `None` if that contradicts what is decided.
    fn decided(&self, open: Open, truth: bool) -> Option<Self> {
        let mut next = self.clone();
        match open {
            Open::Consented => next.consented = Some(truth),
            Open::Agreed => next.agreed = Some(truth),
            Open::Floor => next.floor = Some(truth),
            Open::Hold => next.hold = Some(truth),
            Open::Bit(bit) if truth => {
                next.yes |= bit;
                next.no |= self.scalars.rivals(bit);
            }
            Open::Bit(bit) => next.no |= bit,
        }
        let standings = self.scalars.standings();
        let nowhere = standings.1 == Standing::ALL.len() + 1 && next.no & standings.0 == standings.0;
        (next.yes & next.no == 0 && !nowhere).then_some(next)
    }

    fn value(&self, mask: &Mask, field: Field) -> Result<bool, Open> {
        match mask {
            Mask::Fixed(fields) => Ok(fields.contains(field)),
            Mask::Given { yes, no } => self.given(*yes, *no),
            Mask::Consented => self.consented.ok_or(Open::Consented),
            Mask::Agreed => self.agreed.ok_or(Open::Agreed),
            Mask::Floor => self.floor.ok_or(Open::Floor),
            Mask::Hold => self.hold.ok_or(Open::Hold),
            Mask::Not(inner) => self.value(inner, field).map(|truth| !truth),
            Mask::All(parts) => self.joined(parts, field, false),
            Mask::Any(parts) => self.joined(parts, field, true),
        }
    }

    /// All (`decisive` false) or any (`decisive` true) of the parts.
    fn joined(&self, parts: &[Mask], field: Field, decisive: bool) -> Result<bool, Open> {
        let mut open = None;
        for part in parts {
            match self.value(part, field) {
                Ok(truth) if truth == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(one) => open = open.or(Some(one)),
            }
        }
        open.map_or(Ok(!decisive), Err)
    }

    fn given(&self, yes: u64, no: u64) -> Result<bool, Open> {
        if yes & self.no != 0 || no & self.yes != 0 {
            return Ok(false);
        }
        let open = (yes & !self.yes) | (no & !self.no);
        if open == 0 {
            Ok(true)
        } else {
            Err(Open::Bit(1 << open.trailing_zeros()))
        }
    }
}
