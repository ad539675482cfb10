//! Samples of the pages of services: lists, a short form, a long one, and what comes after.

use jiff::civil::{Date, date};
use sandyq_model::{Mistake, OfferingKind, Problem};
use sandyq_processing::Language;
use sandyq_processing::cases::{CaseView, Catalogue, State};
use sandyq_processing::reading::{Form, Input, ServiceWords};
use sandyq_processing::service::Offered;

use super::{Sample, people, rows, visit};
use crate::public::service::{self, Draft};
use crate::public::taken;
use crate::visit::Standpoint;

const TODAY: Date = date(2026, 11, 23);

/// Everything of a kind that the demonstration offers.
pub fn offered(kind: OfferingKind) -> Vec<Offered> {
    let catalogue = Catalogue::demonstration(TODAY).unwrap();
    let one = |offering: &sandyq_processing::cases::Offering| Offered {
        kind,
        offering: offering.clone(),
        open: true,
        places_left: offering.places,
    };
    catalogue.offerings(kind).iter().map(one).collect()
}

/// A licence that can be bought.
pub fn licence() -> Offered {
    offered(OfferingKind::Licence).remove(0)
}

/// A form of somebody who needs a representative.
fn young_form(language: Language) -> Form {
    let mut form = people::form(language);
    let asked = form.inputs.iter().take(2).map(|input| Input {
        name: format!("representative_{}", input.name),
        represents: true,
        required: true,
        ..input.clone()
    });
    form.representative = asked.collect();
    form.ask_for_representative();
    form
}

pub fn pages(language: Language) -> Vec<Sample> {
    let mut pages = lists(language);
    pages.extend(forms(language));
    pages.extend(rows::applications(language));
    pages.extend(forms_of_the_young(language));
    pages
}

fn lists(language: Language) -> Vec<Sample> {
    let visit = |here: &str| visit(language, here, Standpoint::Visitor);
    let form = people::form(language);
    let words = ServiceWords {
        name: "guest-purchase".into(),
        label: form.label.clone(),
        intro: form.intro.clone(),
    };
    let mut events = offered(OfferingKind::Event);
    events[1].places_left = Some(0);
    let mut vacancies = offered(OfferingKind::Vacancy);
    vacancies[1].open = false;
    let list = |name, here: &str, offered: &[Offered]| -> Sample {
        (
            name,
            visit(here),
            service::offered_page(&visit(here), &form, offered),
        )
    };
    vec![
        (
            "services",
            visit("/services"),
            service::index_page(&visit("/services"), &[words]),
        ),
        list(
            "licences",
            "/services/guest-purchase",
            &offered(OfferingKind::Licence),
        ),
        list("events", "/services/event-registration", &events),
        list("vacancies", "/services/vacancy-application", &vacancies),
        list("promotions", "/services/promotion-entry", &[]),
    ]
}

fn forms(language: Language) -> Vec<Sample> {
    let visit = |here: &str, standpoint| visit(language, here, standpoint);
    let buy = visit("/services/guest-purchase/kestel-office", Standpoint::Visitor);
    let there = visit("/taken/SQ-7K2M-90QX", Standpoint::Subject);
    let (form, none) = (people::form(language), Mistake::default());
    let empty = Draft::empty(&form, Some(licence()));
    let draft = people::draft(&empty, &form);
    let wrong = Mistake(vec![
        ("last_name".into(), Problem::Missing),
        ("contact_phone".into(), Problem::PhoneCountry),
        ("delivery_address".into(), Problem::PostalCode),
        ("iin".into(), Problem::Unknown),
    ]);
    let lacking = draft.lacking_consents(&form);
    let case = CaseView {
        state: State::Open,
        about: Some("Sholu CAD".into()),
        ..people::order(language)
    };
    vec![
        (
            "buy",
            buy.clone(),
            service::details_page(&buy, &form, &empty, 0, &none),
        ),
        (
            "buy-wrong",
            buy.clone(),
            service::details_page(&buy, &form, &draft, 0, &wrong),
        ),
        (
            "check",
            buy.clone(),
            service::check_page(&buy, &form, &draft, &people::rows(&draft)),
        ),
        (
            "consent",
            buy.clone(),
            service::consent_page(&buy, &form, &draft, &none),
        ),
        (
            "consent-wrong",
            buy.clone(),
            service::consent_page(&buy, &form, &draft, &lacking),
        ),
        ("taken", there.clone(), taken::page(&there, &case)),
    ]
}

fn forms_of_the_young(language: Language) -> Vec<Sample> {
    let buy = visit(
        language,
        "/services/guest-purchase/kestel-office",
        Standpoint::Visitor,
    );
    let young = young_form(language);
    let empty = Draft::empty(&young, Some(licence()));
    let alone = Mistake::one("representative_last_name", Problem::UnderEighteen);
    vec![
        (
            "representative",
            buy.clone(),
            service::details_page(&buy, &young, &empty, 1, &Mistake::default()),
        ),
        (
            "representative-wrong",
            buy.clone(),
            service::details_page(&buy, &young, &empty, 1, &alone),
        ),
    ]
}
