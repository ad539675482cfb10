//! Section 4 of the design: no permit, no plaintext. Everything here takes the permit by value and gives back that it
//! was spent, from which the ledger entry is made. Nothing here decides.

use std::collections::BTreeMap;

use sandyq_model::act;
use sandyq_model::value::Values;
use sandyq_model::{Act, Fault, Field, FieldSet};
use sandyq_policy::{Permit, Spent};

use super::Vault;
use super::fault::VaultFault;
use super::sealed::{self, SealedValue};
use super::subject_key::SubjectKey;

/// Verbs that may look at a value. Nobody can add one from outside.
pub trait Opens: Act + closed::Opens {}
impl<V: Act + closed::Opens> Opens for V {}

/// Verbs that may write a value. Nobody can add one from outside.
pub trait Seals: Act + closed::Seals {}
impl<V: Act + closed::Seals> Seals for V {}

mod closed {
    use sandyq_model::act;

    pub trait Opens {}
    impl Opens for act::Access {}
    impl Opens for act::Depersonalize {}
    impl Opens for act::Disseminate {}
    impl Opens for act::Extract {}
    impl Opens for act::Provide {}
    impl Opens for act::Use {}

    pub trait Seals {}
    impl Seals for act::Clarify {}
    impl Seals for act::Collect {}
    impl Seals for act::Record {}
}

impl Vault {
    /// Seals each value by itself, as the version that `version_of` gives for its field.
    ///
    /// # Errors
    /// When a value is of a field that the permit does not cover, is never sealed (the card verification value,
    /// 1.1.2-g), or the key is not the permit's subject's. Then nothing is sealed and the permit is gone.
    pub fn seal<V: Seals>(
        &self,
        permit: Permit<V>,
        key: &SubjectKey,
        version_of: impl Fn(Field) -> u32,
        values: &Values,
    ) -> Result<(Vec<SealedValue>, Spent<V>), Fault> {
        same_subject(&permit, key)?;
        let mut sealed = Vec::with_capacity(values.len());
        for (&field, value) in values {
            check_sealable(field)?;
            if !permit.fields().contains(field) {
                return Err(VaultFault::NotPermitted(field).into());
            }
            sealed.push(sealed::seal(
                key,
                field,
                version_of(field),
                value.expose(),
                &*self.chance,
            )?);
        }
        Ok((sealed, permit.spend()))
    }

    /// Opens the values of exactly those fields that the permit covers and that are there; the others stay sealed.
    ///
    /// # Errors
    /// When the key is not the permit's subject's, a field is there twice, or a value does not open because it, or
    /// where it stands, was changed. Then nothing is opened and the permit is gone.
    pub fn open<V: Opens>(
        &self,
        permit: Permit<V>,
        key: &SubjectKey,
        sealed: &[SealedValue],
    ) -> Result<(Values, Spent<V>), Fault> {
        same_subject(&permit, key)?;
        let mut values = BTreeMap::new();
        for value in sealed
            .iter()
            .filter(|value| permit.fields().contains(value.field))
        {
            if values.insert(value.field, sealed::open(key, value)?).is_some() {
                return Err(VaultFault::Twice(value.field).into());
            }
        }
        Ok((values, permit.spend()))
    }

    /// Seals the same values anew under another generation of the subject's key; nothing plain leaves. The permit names
    /// the fields, or the record as a whole.
    ///
    /// # Errors
    /// As [`Vault::open`], and when the keys are not two generations of the permit's subject's key, or a value is of a
    /// field that the permit does not cover.
    pub fn renew(
        &self,
        permit: Permit<act::Store>,
        old: &SubjectKey,
        new: &SubjectKey,
        sealed: &[SealedValue],
    ) -> Result<(Vec<SealedValue>, Spent<act::Store>), Fault> {
        same_subject(&permit, old)?;
        let whole = permit.fields().contains(Field::RECORD);
        for value in sealed {
            if !whole && !permit.fields().contains(value.field) {
                return Err(VaultFault::NotPermitted(value.field).into());
            }
        }
        Ok((self.seal_anew(old, new, sealed)?, permit.spend()))
    }

    /// Seals the values that a cited retention floor keeps (8-a) under a new generation of the subject's key. The old
    /// generation then dies, and with it every value that was not kept, in every copy.
    ///
    /// # Errors
    /// As [`Vault::open`], and when the keys are not two generations of the permit's subject's key, or a value to keep
    /// is of a field that this very permit destroys.
    pub fn keep_remainder(
        &self,
        permit: Permit<act::Destroy>,
        old: &SubjectKey,
        new: &SubjectKey,
        kept: &[SealedValue],
    ) -> Result<(Vec<SealedValue>, Spent<act::Destroy>), Fault> {
        same_subject(&permit, old)?;
        for value in kept {
            if permit.fields().contains(value.field) {
                return Err(VaultFault::DestroyedAndKept(value.field).into());
            }
        }
        Ok((self.seal_anew(old, new, kept)?, permit.spend()))
    }

    fn seal_anew(
        &self,
        old: &SubjectKey,
        new: &SubjectKey,
        sealed: &[SealedValue],
    ) -> Result<Vec<SealedValue>, VaultFault> {
        if old.subject() != new.subject() {
            return Err(VaultFault::OtherSubject);
        }
        if old.generation() == new.generation() {
            return Err(VaultFault::SameGeneration);
        }
        let mut seen = FieldSet::EMPTY;
        let mut anew = Vec::with_capacity(sealed.len());
        for value in sealed {
            check_sealable(value.field)?;
            if seen.contains(value.field) {
                return Err(VaultFault::Twice(value.field));
            }
            seen = seen.with(value.field);
            let plain = sealed::open(old, value)?;
            anew.push(sealed::seal(
                new,
                value.field,
                value.version,
                plain.expose(),
                &*self.chance,
            )?);
        }
        Ok(anew)
    }
}

fn same_subject<V: Act>(permit: &Permit<V>, key: &SubjectKey) -> Result<(), VaultFault> {
    if permit.subject() == key.subject() {
        Ok(())
    } else {
        Err(VaultFault::OtherSubject)
    }
}

fn check_sealable(field: Field) -> Result<(), VaultFault> {
    if field == Field::CARD_VERIFICATION || field == Field::RECORD {
        return Err(VaultFault::NeverSealed(field));
    }
    Ok(())
}
