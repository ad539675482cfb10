//! What was typed on the way of a service. It lives in the form that travels, and nowhere else.

use std::collections::BTreeMap;

use sandyq_model::value::{Age, Row, ValueKind, joined};
use sandyq_model::{Mistake, OfferingKind, Plain, Problem};
use sandyq_processing::cases::Catalogue;
use sandyq_processing::reading::Form;
use sandyq_processing::service::{Checked, Offered, Submission};
use sandyq_processing::{Language, Rejected, System};

use crate::components::postal_code_name;
use crate::http::arrival::Sent;
use crate::http::rows::{self, RowStep};

/// A submission that is being typed.
pub struct Draft {
    /// The service.
    pub service: String,
    /// What it is about.
    pub offered: Option<Offered>,
    /// How many, as typed.
    pub quantity: String,
    /// Answers as typed, by the name of the input.
    pub answers: BTreeMap<String, String>,
    /// Consents that are ticked, with the hash of the text that was shown.
    pub ticked: BTreeMap<String, String>,
    addresses: Vec<String>,
    in_rows: Vec<(String, ValueKind)>,
}

/// The name of the box of a consent.
#[must_use]
pub fn consent_name(id: &str) -> String {
    format!("consent-{id}")
}

impl Draft {
    /// Nothing typed yet.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] when the service is not offered for that.
    pub async fn begin(system: &System, form: &Form, about: Option<&str>) -> Result<Self, Rejected> {
        let offered = match about {
            Some(about) => Some(system.offered_as(&form.service, about).await?),
            None if form.about.is_some() => return Err(Rejected::NotFound),
            None => None,
        };
        Ok(Self::empty(form, offered))
    }

    /// Puts in what is known of whoever is signed in, to be checked and changed like everything that was typed.
    pub fn begin_with(&mut self, form: &Form, own: &[(String, Plain<String>)]) {
        for (name, value) in own {
            let Some(input) = form.inputs.iter().find(|input| input.name == *name) else {
                continue;
            };
            if input.kind.has_rows() {
                self.put_rows(name, input.kind, &rows::of_kept(input.kind, value));
                continue;
            }
            let parts = value
                .expose()
                .rsplit_once('\n')
                .filter(|_| input.kind == ValueKind::PostalAddress);
            let (lines, code) = parts.unwrap_or((value.expose(), ""));
            self.answers.insert(name.clone(), lines.to_owned());
            if !code.is_empty() {
                self.answers.insert(postal_code_name(name), code.to_owned());
            }
        }
    }

    /// Puts in what was typed another time; what the form does not ask any more is left out.
    pub fn take_up(&mut self, form: &Form, answers: BTreeMap<String, String>) {
        let names = names(form);
        for (name, kind) in self.in_rows.clone() {
            // A file of before has lines there.
            if let Some(lines) = answers.get(&name) {
                let kept = Plain::from(lines.as_str());
                self.put_rows(&name, kind, &rows::of_kept(kind, &kept));
            }
        }
        let asked = answers.into_iter().filter(|(name, _)| names.contains(name));
        self.answers.extend(asked);
    }

    /// What was typed into the rows of that input.
    #[must_use]
    pub fn rows(&self, name: &str, kind: ValueKind) -> Vec<Row> {
        rows::gathered(name, kind, |name| self.answers.get(name).map(String::as_str))
    }

    fn put_rows(&mut self, name: &str, kind: ValueKind, put: &[Row]) {
        for name in rows::names(name, kind) {
            self.answers.remove(&name);
        }
        self.answers.extend(rows::scattered(name, kind, put));
    }

    /// Adds a row or takes one away, if that is what the step is for; gives the name of the input.
    pub fn row_step(&mut self, step: &str) -> Option<String> {
        let mut inputs = self.in_rows.iter();
        let (name, kind, step) =
            inputs.find_map(|(name, kind)| Some((name.clone(), *kind, RowStep::of(step, name)?)))?;
        let rows = step.done(self.rows(&name, kind));
        self.put_rows(&name, kind, &rows);
        Some(name)
    }

    /// Nothing typed yet for that.
    #[must_use]
    pub fn empty(form: &Form, offered: Option<Offered>) -> Self {
        Self {
            service: form.service.clone(),
            offered,
            quantity: "1".to_owned(),
            answers: BTreeMap::new(),
            ticked: BTreeMap::new(),
            addresses: addresses(form).collect(),
            in_rows: in_rows(form).collect(),
        }
    }

    /// What a form brought.
    ///
    /// # Errors
    /// The mistake that names every field which the form does not have (1.1.1-b).
    pub async fn typed(
        system: &System,
        form: &Form,
        about: Option<&str>,
        sent: &Sent,
    ) -> Result<Self, Rejected> {
        let mut draft = Self::begin(system, form, about).await?;
        let names = names(form);
        let consents: Vec<String> = form.consents.iter().map(|item| consent_name(&item.id)).collect();
        let counts = draft.counts();
        let is_known = |name: &str| {
            (counts && name == "quantity") || names.iter().chain(&consents).any(|known| known == name)
        };
        sent.typed.only(is_known)?;
        let typed = |name: String| {
            sent.typed
                .has(&name)
                .then(|| (name.clone(), sent.typed.text(&name).to_owned()))
        };
        draft.answers = names.into_iter().filter_map(typed).collect();
        draft.ticked = consents.into_iter().filter_map(typed).collect();
        if sent.typed.has("quantity") {
            sent.typed.text("quantity").clone_into(&mut draft.quantity);
        }
        Ok(draft)
    }

    /// Whether a representative has to act or agree, by the date of birth that was typed.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] for an undeclared service.
    pub fn is_young(&self, system: &System, language: Language) -> Result<bool, Rejected> {
        Ok(system.age_of(&self.submission(language))? != Age::Adult)
    }

    /// Forgets what was typed about a representative who is not needed (1.1.1).
    pub fn drop_representative(&mut self, form: &Form) {
        let dropped = |name: &String| form.representative.iter().any(|input| input.name == *name);
        self.answers.retain(|name, _| !dropped(name));
    }

    /// Where the form goes.
    #[must_use]
    pub fn action(&self) -> String {
        match &self.offered {
            Some(offered) => format!("/services/{}/{}", self.service, offered.offering.id),
            None => format!("/services/{}", self.service),
        }
    }

    /// Whether it is about a number of something.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.offered
            .as_ref()
            .is_some_and(|offered| offered.kind == OfferingKind::Licence)
    }

    /// What was typed there.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.answers.get(name).map_or("", String::as_str)
    }

    /// How many, when it is a number that an order can have.
    ///
    /// # Errors
    /// [`Problem::Count`] on `quantity`.
    pub fn count(&self) -> Result<u32, Mistake> {
        if !self.counts() {
            return Ok(1);
        }
        let count = self
            .quantity
            .trim()
            .parse()
            .ok()
            .filter(|count| (1..=Catalogue::QUANTITY_MAX).contains(count));
        count.ok_or_else(|| Mistake::one("quantity", Problem::Count))
    }

    /// Lets the system look at it; nothing is stored.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the form.
    pub fn check(&self, system: &System, language: Language) -> Result<Checked, Rejected> {
        let checked = system.check(&self.submission(language));
        match (self.count(), checked) {
            (Err(mut mistake), Err(Rejected::Mistake(more))) => {
                mistake
                    .0
                    .extend(more.0.into_iter().filter(|(name, _)| name != "quantity"));
                Err(mistake.into())
            }
            (Err(mistake), Ok(_)) => Err(mistake.into()),
            (_, checked) => checked,
        }
    }

    /// The submission, as the system takes it: an address with its postal code as the last line, rows as one text.
    #[must_use]
    pub fn submission(&self, language: Language) -> Submission {
        let mut answers = self.answers.clone();
        for address in &self.addresses {
            let code = answers.remove(&postal_code_name(address)).unwrap_or_default();
            if let Some(lines) = answers.get_mut(address) {
                let joined = [lines.trim(), code.trim()].join("\n").trim().to_owned();
                *lines = joined;
            }
        }
        for (name, kind) in &self.in_rows {
            let rows = self.rows(name, *kind);
            for part in rows::names(name, *kind) {
                answers.remove(&part);
            }
            if !rows.iter().all(Row::is_empty) {
                answers.insert(name.clone(), joined(&rows).expose().clone());
            }
        }
        Submission {
            service: self.service.clone(),
            language,
            answers: answers
                .into_iter()
                .map(|(name, typed)| (name, Plain::new(typed)))
                .collect(),
            about: self.offered.as_ref().map(|offered| offered.offering.id.clone()),
            quantity: self.count().unwrap_or(0),
        }
    }

    /// Everything typed, as it travels unseen to the next step, without what stands on the page itself.
    #[must_use]
    pub fn kept_beside(&self, here: &[String]) -> Vec<(String, String)> {
        let quantity = self
            .counts()
            .then(|| ("quantity".to_owned(), self.quantity.clone()));
        let kept = self.answers.clone().into_iter().chain(quantity);
        kept.filter(|(name, _)| !here.contains(name)).collect()
    }

    /// The consents that are ticked, by their ids, with the hashes of the texts.
    #[must_use]
    pub fn accepted(&self) -> Vec<(String, String)> {
        let id = |name: &str| name.strip_prefix("consent-").unwrap_or(name).to_owned();
        self.ticked
            .iter()
            .map(|(name, hash)| (id(name), hash.clone()))
            .collect()
    }

    /// Consents that the service cannot do without and that are not ticked.
    #[must_use]
    pub fn lacking_consents(&self, form: &Form) -> Mistake {
        let lacking = form
            .consents
            .iter()
            .filter(|item| item.required)
            .map(|item| consent_name(&item.id));
        let unticked = lacking.filter(|name| !self.ticked.contains_key(name));
        Mistake(unticked.map(|name| (name, Problem::ConsentNeeded)).collect())
    }

    /// Whether a mistake is about the consents only.
    #[must_use]
    pub fn is_about_consent(&self, form: &Form, mistake: &Mistake) -> bool {
        mistake.0.iter().all(|(name, _)| {
            form.consents
                .iter()
                .any(|item| *name == item.id || *name == consent_name(&item.id))
        })
    }

    /// The mistake with consents named as their boxes here.
    #[must_use]
    pub fn named_as_here(&self, form: &Form, mistake: Mistake) -> Mistake {
        let rename = |name: String| {
            if form.consents.iter().any(|item| item.id == name) {
                consent_name(&name)
            } else {
                name
            }
        };
        Mistake(
            mistake
                .0
                .into_iter()
                .map(|(name, problem)| (rename(name), problem))
                .collect(),
        )
    }
}

/// The names of all inputs of a form: an address has one more, for its postal code; rows have one for each part of each.
fn names(form: &Form) -> Vec<String> {
    let inputs = form.inputs.iter().chain(&form.representative);
    let whole = inputs.filter(|input| !input.kind.has_rows());
    let codes = addresses(form).map(|address| postal_code_name(&address));
    let rows = in_rows(form).flat_map(|(name, kind)| rows::names(&name, kind).collect::<Vec<_>>());
    whole
        .map(|input| input.name.clone())
        .chain(codes)
        .chain(rows)
        .collect()
}

/// The inputs that are answered in rows.
fn in_rows(form: &Form) -> impl Iterator<Item = (String, ValueKind)> {
    let inputs = form.inputs.iter().chain(&form.representative);
    let of_rows = inputs.filter(|input| input.kind.has_rows());
    of_rows.map(|input| (input.name.clone(), input.kind))
}

/// The names of the inputs that hold a postal address.
fn addresses(form: &Form) -> impl Iterator<Item = String> {
    let inputs = form.inputs.iter().chain(&form.representative);
    let addresses = inputs.filter(|input| input.kind == ValueKind::PostalAddress);
    addresses.map(|input| input.name.clone())
}
