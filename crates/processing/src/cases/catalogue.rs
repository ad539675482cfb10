//! 2.2.7: what can be ordered. Nothing personal.

use sandyq_model::Fault;
use sandyq_policy::Language;
use serde::Deserialize;

/// Licences on sale.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(rename = "licence")]
    licences: Vec<Licence>,
}

/// One licence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// Its article number, used in addresses.
    pub sku: String,
    /// Price of one, in hundredths of a tenge.
    pub price_minor: i64,
    name: InLanguages,
    text: InLanguages,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InLanguages {
    kk: String,
    ru: String,
    en: String,
}

impl Catalogue {
    /// The currency of all prices.
    pub const CURRENCY: &'static str = "KZT";
    /// The most licences that one order takes of one article.
    pub const QUANTITY_MAX: u32 = 100;
    /// The most articles that a catalogue holds.
    pub const LICENCES_MAX: usize = 1_000;

    /// Reads a catalogue.
    ///
    /// # Errors
    /// When it is not one.
    pub fn from_toml(text: &str) -> Result<Self, Fault> {
        let catalogue: Self =
            toml::from_str(text).map_err(|error| Fault::Configuration(format!("the catalogue: {error}")))?;
        let sound = |licence: &Licence| licence.price_minor >= 0 && !licence.sku.is_empty();
        if catalogue.licences.len() > Self::LICENCES_MAX || !catalogue.licences.iter().all(sound) {
            return Err(Fault::Configuration(
                "the catalogue has too many licences, or one without a price".into(),
            ));
        }
        Ok(catalogue)
    }

    /// The catalogue that the demonstration sells from.
    ///
    /// # Errors
    /// Never, for the file that ships.
    pub fn demonstration() -> Result<Self, Fault> {
        Self::from_toml(include_str!("catalogue.toml"))
    }

    /// All licences, in the order of the file.
    #[must_use]
    pub fn licences(&self) -> &[Licence] {
        &self.licences
    }

    /// The licence of that article number.
    #[must_use]
    pub fn licence(&self, sku: &str) -> Option<&Licence> {
        self.licences.iter().find(|licence| licence.sku == sku)
    }
}

impl Licence {
    /// Its name.
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        self.name.get(language)
    }

    /// What it is.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        self.text.get(language)
    }
}

impl InLanguages {
    fn get(&self, language: Language) -> &str {
        match language {
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
            Language::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_that_ships_can_be_read() {
        let catalogue = Catalogue::demonstration().unwrap();
        assert_eq!(catalogue.licence("sholu-cad").unwrap().price_minor, 12_900_000);
        assert!(catalogue.licence("nothing").is_none());
    }
}
