//! 1.1.3-b: a guest who opens an account need not type everything again. What the form asks for and the guest gave is in
//! it from the beginning; a date of birth is not asked for and stays behind, and a card is given anew with a payment.
//!
//! It reads and keeps nothing: the account is registered like any other, with its own consents.

use sandyq_model::{Category, Plain};
use sandyq_policy::Language;

use crate::access::Caller;
use crate::rejected::Rejected;
use crate::system::System;

impl System {
    /// What a guest's form for an account begins with, by the name of the input; nothing for everybody else, and in every
    /// other form, since what was given for one thing is not used for another.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn begun_with(
        &self,
        caller: &Caller,
        service: &str,
        language: Language,
    ) -> Result<Vec<(String, Plain<String>)>, Rejected> {
        let service = self.declared(service)?;
        let dossier = self.dossier(caller.own_subject()?).await?;
        if !Self::opens_account(service) || dossier.category() != Some(Category::Guest) {
            return Ok(Vec::new());
        }
        let asked = service.required.union(service.optional);
        let data = match self.my_data(caller, language).await {
            Ok(data) => data,
            // A record that is only stored is not shown here either.
            Err(Rejected::Refusal(_)) => return Ok(Vec::new()),
            Err(other) => return Err(other),
        };
        let rows = data.rows.into_iter().filter(|row| asked.contains(row.field));
        Ok(rows.map(|row| (row.name, row.value)).collect())
    }
}
