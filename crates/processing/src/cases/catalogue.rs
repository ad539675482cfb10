//! 2.2.7, 2.2.9, 2.2.11: what the operator offers at a time: licences, events, vacancies, promotions. Nothing personal.

use jiff::civil::Date;
use sandyq_model::{Fault, OfferingKind};
use sandyq_policy::Language;
use serde::Deserialize;

/// Everything that is offered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(rename = "licence", default)]
    licences: Vec<Offering>,
    #[serde(rename = "event", default)]
    events: Vec<Offering>,
    #[serde(rename = "vacancy", default)]
    vacancies: Vec<Offering>,
    #[serde(rename = "promotion", default)]
    promotions: Vec<Offering>,
}

/// One thing that is offered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offering {
    /// Its name in addresses.
    pub id: String,
    /// Price of one, in hundredths of a tenge: licences.
    #[serde(default)]
    pub price_minor: i64,
    /// The day on which it is over: the event, or the vacancy, or the promotion. The last day to come in, unless
    /// `open_until` is earlier.
    #[serde(default, deserialize_with = "day")]
    pub ends_on: Option<Date>,
    /// The last day on which somebody can come in.
    #[serde(default, deserialize_with = "day")]
    pub open_until: Option<Date>,
    /// How many can come: events.
    #[serde(default)]
    pub places: Option<u32>,
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
    /// The most offerings of one kind that a catalogue holds.
    pub const OFFERINGS_MAX: usize = 1_000;
    /// The longest name in addresses, in characters.
    pub const ID_LENGTH_MAX: usize = 60;

    /// Reads a catalogue.
    ///
    /// # Errors
    /// When it is not one, or an offering lacks what its kind needs.
    pub fn from_toml(text: &str) -> Result<Self, Fault> {
        let catalogue: Self =
            toml::from_str(text).map_err(|error| Fault::Configuration(format!("the catalogue: {error}")))?;
        for kind in OfferingKind::ALL {
            let offerings = catalogue.offerings(kind);
            if offerings.len() > Self::OFFERINGS_MAX {
                return Err(unsound(kind, "too many of them", ""));
            }
            for (place, offering) in offerings.iter().enumerate() {
                if offerings.iter().take(place).any(|other| other.id == offering.id) {
                    return Err(unsound(kind, "named twice", &offering.id));
                }
                sound(kind, offering)?;
            }
        }
        Ok(catalogue)
    }

    /// The catalogue that the demonstration offers, with its days counted from today.
    ///
    /// # Errors
    /// Never, for the file that ships.
    pub fn demonstration(today: Date) -> Result<Self, Fault> {
        let mut text = String::new();
        for line in include_str!("catalogue.toml").lines() {
            text.push_str(&counted_from(today, line));
            text.push('\n');
        }
        Self::from_toml(&text)
    }

    /// All offerings of a kind, in the order of the file.
    #[must_use]
    pub fn offerings(&self, kind: OfferingKind) -> &[Offering] {
        match kind {
            OfferingKind::Licence => &self.licences,
            OfferingKind::Event => &self.events,
            OfferingKind::Vacancy => &self.vacancies,
            OfferingKind::Promotion => &self.promotions,
        }
    }

    /// The offering of that kind and name.
    #[must_use]
    pub fn offering(&self, kind: OfferingKind, id: &str) -> Option<&Offering> {
        self.offerings(kind).iter().find(|offering| offering.id == id)
    }
}

impl Offering {
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

    /// Whether somebody can still come in on that day.
    #[must_use]
    pub fn is_open(&self, today: Date) -> bool {
        self.last_day().is_none_or(|last| today <= last)
    }

    /// The last day to come in.
    #[must_use]
    pub fn last_day(&self) -> Option<Date> {
        match (self.open_until, self.ends_on) {
            (Some(open), Some(ends)) => Some(open.min(ends)),
            (open, ends) => open.or(ends),
        }
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

fn sound(kind: OfferingKind, offering: &Offering) -> Result<(), Fault> {
    let is_named = !offering.id.is_empty()
        && offering.id.len() <= Catalogue::ID_LENGTH_MAX
        && offering
            .id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_named {
        return Err(unsound(
            kind,
            "its id is not small letters, digits and hyphens",
            &offering.id,
        ));
    }
    match kind {
        OfferingKind::Licence if offering.price_minor < 0 => {
            Err(unsound(kind, "its price is below nothing", &offering.id))
        }
        // 8-b: without this day, nobody could say when what people sent in has to go.
        OfferingKind::Event | OfferingKind::Vacancy | OfferingKind::Promotion
            if offering.ends_on.is_none() =>
        {
            Err(unsound(
                kind,
                "it needs ends_on, the day on which it is over",
                &offering.id,
            ))
        }
        _ => Ok(()),
    }
}

fn unsound(kind: OfferingKind, what: &str, id: &str) -> Fault {
    Fault::Configuration(format!("the catalogue, {} `{id}`: {what}", kind.name()))
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let word = String::deserialize(deserializer)?;
    word.parse().map(Some).map_err(serde::de::Error::custom)
}

/// `"+30"` is the day 30 days from today.
fn counted_from(today: Date, line: &str) -> String {
    let Some((before, rest)) = line.split_once("\"+") else {
        return line.to_owned();
    };
    let counted = rest.split_once('"').and_then(|(days, after)| {
        let days = jiff::Span::new().try_days(days.parse::<i64>().ok()?).ok()?;
        Some(format!("{before}\"{}\"{after}", today.checked_add(days).ok()?))
    });
    counted.unwrap_or_else(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    #[test]
    fn the_catalogue_that_ships_can_be_read() {
        let catalogue = Catalogue::demonstration(TODAY).unwrap();
        let licence = catalogue.offering(OfferingKind::Licence, "sholu-cad").unwrap();
        assert_eq!(licence.price_minor, 12_900_000);
        assert!(catalogue.offering(OfferingKind::Licence, "nothing").is_none());
        for kind in OfferingKind::ALL {
            assert!(
                catalogue.offerings(kind).iter().any(|one| one.is_open(TODAY)),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn a_day_is_counted_from_today() {
        assert_eq!(
            counted_from(TODAY, "ends_on = \"+30\""),
            "ends_on = \"2026-12-23\""
        );
        assert_eq!(counted_from(TODAY, "id = \"a\""), "id = \"a\"");
    }

    #[test]
    fn what_has_no_end_or_no_name_is_not_offered() {
        let names =
            "name = { kk = \"a\", ru = \"a\", en = \"a\" }\ntext = { kk = \"a\", ru = \"a\", en = \"a\" }\n";
        for (kind, body, says) in [
            ("event", "id = \"a\"\n", "ends_on"),
            ("vacancy", "id = \"a\"\n", "ends_on"),
            ("licence", "id = \"A B\"\n", "small letters"),
            ("licence", "id = \"a\"\nprice_minor = -1\n", "below nothing"),
            ("event", "id = \"a\"\nends_on = \"2026-02-30\"\n", "ends_on"),
        ] {
            let text = format!("[[{kind}]]\n{body}{names}");
            let fault = Catalogue::from_toml(&text).unwrap_err().to_string();
            assert!(fault.contains(says), "{fault}");
        }
        let twice = format!("[[licence]]\nid = \"a\"\n{names}[[licence]]\nid = \"a\"\n{names}");
        assert!(
            Catalogue::from_toml(&twice)
                .unwrap_err()
                .to_string()
                .contains("twice")
        );
    }

    #[test]
    fn a_last_day_is_the_earlier_one() {
        let catalogue = Catalogue::demonstration(TODAY).unwrap();
        let event = catalogue.offerings(OfferingKind::Event).first().unwrap();
        let last = event.last_day().unwrap();
        assert!(event.is_open(last) && !event.is_open(last.tomorrow().unwrap()));
    }
}
