//! All pages, rendered with samples in all languages: valid structure, nothing untranslated, nothing from elsewhere.
//! With `SANDYQ_PAGES=folder` the pages are written there, to be looked at.

mod account;
mod accounts;
mod audit;
mod breach_people;
mod breaches;
mod consents;
mod decisions;
mod desk;
mod disclosures;
mod documents;
mod emergencies;
mod machine;
mod pairs;
mod paper;
mod passkeys;
mod people;
mod requests;
mod rows;
mod services;
mod staff;
mod structure;

use axum::http::StatusCode;
use sandyq_model::{Clause, Fault, FieldSet, Mistake, Problem, Refusal, Verb};
use sandyq_processing::Language;

use crate::language::{LANGUAGES, tag};
use crate::layout::{Page, document};
use crate::portal::change::Correction;
use crate::public::confirm::{CodePage, code_page};
use crate::public::pay::Port;
use crate::public::service::{self, Draft};
use crate::visit::{Standpoint, Visit};
use crate::{console, ledger, mail, portal, public, turned};

/// A visit to read a sample page with.
pub fn visit(language: Language, here: &str, standpoint: Standpoint) -> Visit {
    Visit {
        language,
        here: here.to_owned(),
        list_page: None,
        question: String::new(),
        token: "sample-token".to_owned(),
        key: "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0ff".to_owned(),
        standpoint,
        operator: Some(people::operator()),
        prints: true,
        demo: false,
        keys: false,
        cookies: Vec::new(),
    }
}

/// A page with the visit that it was rendered for.
type Sample = (&'static str, Visit, Page);

fn public_pages(language: Language) -> Vec<Sample> {
    let visit = |here: &str| visit(language, here, Standpoint::Visitor);
    vec![
        ("home", visit("/"), public::home::page(&visit("/"))),
        (
            "policy",
            visit("/policy"),
            public::policy::page(&visit("/policy"), &people::policy(language)),
        ),
        (
            "cookies",
            visit("/cookies"),
            public::cookies::page(&visit("/cookies")),
        ),
        (
            "letters",
            visit("/demo/mail"),
            mail::mail_sink::page(&visit("/demo/mail"), &people::letters(language)),
        ),
        (
            "letters-none",
            visit("/demo/mail"),
            mail::mail_sink::page(&visit("/demo/mail"), &[]),
        ),
    ]
}

fn ledger_pages(language: Language) -> Vec<Sample> {
    let visit = |here: &str| visit(language, here, Standpoint::Visitor);
    vec![
        (
            "ledger",
            visit("/ledger"),
            ledger::page(&visit("/ledger"), people::CHECKPOINT, people::KEY, None),
        ),
        (
            "ledger-witnessed",
            visit("/ledger"),
            ledger::page(
                &visit("/ledger"),
                people::CHECKPOINT,
                people::KEY,
                Some(&people::witnessed()),
            ),
        ),
    ]
}

fn paying_pages(language: Language) -> Vec<Sample> {
    let confirm = visit(language, "/confirm/0123", Standpoint::Visitor);
    let visit = |here: &str| visit(language, here, Standpoint::Subject);
    let about = CodePage {
        action: "/confirm/0123".into(),
        key: "confirm",
        back: "/services",
    };
    let agree = CodePage {
        action: "/confirm/0123/agree".into(),
        key: "agree",
        back: "/services",
    };
    let order = people::order(language);
    let demo = Port {
        name: "demonstration".into(),
        demonstration: true,
    };
    let real = Port {
        name: "Example Bank".into(),
        demonstration: false,
    };
    let card = Mistake(vec![
        ("card_number".into(), Problem::CardDeclined),
        ("card_verification".into(), Problem::CardVerification),
    ]);
    let code = Mistake::one("code", Problem::Code);
    let pay = visit("/pay/SQ-7K2M-90QX");
    vec![
        (
            "confirm",
            confirm.clone(),
            code_page(&confirm, &about, "", &Mistake::default()),
        ),
        (
            "agree",
            confirm.clone(),
            code_page(&confirm, &agree, "", &Mistake::default()),
        ),
        (
            "text",
            confirm.clone(),
            public::text::page(&confirm, "5f1d8e", &people::texts()),
        ),
        (
            "confirm-wrong",
            confirm.clone(),
            code_page(&confirm, &about, "482913", &code),
        ),
        (
            "pay",
            pay.clone(),
            public::pay::page(&pay, &order, &demo, &Mistake::default()),
        ),
        (
            "pay-wrong",
            pay.clone(),
            public::pay::page(&pay, &order, &real, &card),
        ),
        (
            "order",
            visit("/order/SQ-7K2M-90QX"),
            public::order::page(&visit("/order/SQ-7K2M-90QX"), &order),
        ),
    ]
}

fn portal_pages(language: Language) -> Vec<Sample> {
    use portal::{accesses, change, enter, overview};
    let door = visit(language, "/my", Standpoint::Visitor);
    let visit = |here: &str| visit(language, here, Standpoint::Subject);
    let data = people::data(language);
    let row = data
        .rows
        .iter()
        .find(|row| row.name == "delivery_address")
        .unwrap();
    let asked = enter::Asked {
        email: "dana".into(),
        reference: String::new(),
    };
    let wrong = Mistake(vec![
        ("email".into(), Problem::Email),
        ("reference".into(), Problem::Missing),
    ]);
    let change_visit = visit("/my/change/delivery_address");
    let from = |source: &str| source.to_owned();
    vec![
        ("my-door", door.clone(), enter::door(&door)),
        (
            "my-door-wrong",
            door.clone(),
            enter::ask_page(&door, &asked, &wrong),
        ),
        (
            "my-code",
            door.clone(),
            code_page(&door, &enter::of("0123"), "", &Mistake::default()),
        ),
        (
            "my",
            visit("/my"),
            overview::page(&visit("/my"), &data, "Guest buyer", &from),
        ),
        (
            "my-accesses",
            visit("/my/accesses"),
            accesses::page(&visit("/my/accesses"), &people::accesses(language)),
        ),
        (
            "my-accesses-none",
            visit("/my/accesses"),
            accesses::page(&visit("/my/accesses"), &people::no_accesses()),
        ),
        ("my-change", change_visit.clone(), {
            let mistake = Mistake::one("delivery_address", Problem::PostalCode);
            change::page(&change_visit, row, &Correction::held(row), &mistake)
        }),
        ("my-change-rows", visit("/my/change/experience"), {
            let row = data.rows.iter().find(|row| row.name == "experience").unwrap();
            let there = visit("/my/change/experience");
            change::page(&there, row, &Correction::held(row), &Mistake::default())
        }),
    ]
}

fn leaving_pages(language: Language) -> Vec<Sample> {
    use portal::{consent_receipt, receipt, withdraw};
    let gone = visit(language, "/my/withdraw", Standpoint::Visitor);
    let mine = visit(language, "/my/withdraw", Standpoint::Subject);
    let consequences = people::consequences(language);
    let agreed = visit(language, "/my/consents", Standpoint::Subject);
    let consent = consents::receipt_of_one(language);
    vec![
        (
            "receipt-of-consent",
            agreed.clone(),
            consent_receipt::page(&agreed, &consent, people::KEY),
        ),
        (
            "my-withdraw",
            mine.clone(),
            withdraw::page(&mine, &consequences, false),
        ),
        (
            "my-withdraw-wrong",
            mine.clone(),
            withdraw::page(&mine, &consequences, true),
        ),
        (
            "my-withdrawn",
            gone.clone(),
            withdraw::done_page(&gone, &people::withdrawn()),
        ),
        (
            "receipt",
            gone.clone(),
            receipt::page(
                &gone,
                &people::receipt(language),
                &consents::withdrawals(),
                people::KEY,
            ),
        ),
        (
            "receipt-after-the-epoch",
            gone.clone(),
            receipt::page(&gone, &people::old_receipt(language), &[], people::KEY),
        ),
    ]
}

fn deciding_pages(language: Language) -> Vec<Sample> {
    let agreed = visit(language, "/my/consents", Standpoint::Subject);
    vec![
        (
            "my-consents",
            agreed.clone(),
            portal::consents::page(
                &agreed,
                &consents::agreed(language),
                &people::form(language).consents,
                &consents::acts(),
            ),
        ),
        (
            "my-consent-take-back",
            agreed.clone(),
            portal::consents::take_back_page(&agreed, &consents::taking_back(language)),
        ),
        ("my-consent-account-closed", agreed.clone(), {
            let gone = visit(language, "/my/consents", Standpoint::Visitor);
            portal::consents::closed_page(&gone)
        }),
        ("my-consent-give", agreed.clone(), {
            let offer = &people::form(language).consents[0];
            portal::consents::give_page(&agreed, offer, true, &Mistake::default())
        }),
        ("my-consent-wider", agreed.clone(), {
            let mut offer = people::form(language).consents.remove(0);
            offer.news = vec![people::orders(language)];
            portal::consents::give_page(&agreed, &offer, false, &Mistake::default())
        }),
        ("my-consent-give-wrong", agreed.clone(), {
            let offer = &people::form(language).consents[0];
            let mistake = Mistake(vec![
                (offer.id.clone(), Problem::ConsentNeeded),
                ("current".into(), Problem::PasswordWrong),
            ]);
            portal::consents::give_page(&agreed, offer, true, &mistake)
        }),
        (
            "my-consents-none",
            agreed.clone(),
            portal::consents::page(&agreed, &[], &[], &[]),
        ),
        ("my-confidentiality", agreed.clone(), {
            let (seen, outside) = (consents::seen(language), disclosures::outside(language, true));
            portal::confidentiality::page(&agreed, &seen, &outside, &consents::deciders(language))
        }),
        ("my-confidentiality-none", agreed.clone(), {
            portal::confidentiality::page(&agreed, &[], &disclosures::outside(language, false), &[])
        }),
        ("my-download", agreed.clone(), {
            portal::download::page(&agreed, Some(true), &Mistake::default())
        }),
        ("my-download-again", agreed.clone(), {
            portal::download::page(&agreed, None, &Mistake::default())
        }),
        ("my-download-wrong", agreed.clone(), {
            let mistake = Mistake::one("current", Problem::PasswordWrong);
            portal::download::page(&agreed, Some(true), &mistake)
        }),
    ]
}

fn staff_pages(language: Language) -> Vec<Sample> {
    use console::{door, familiar, open_case};
    let out = visit(language, "/staff/sign-in", Standpoint::Visitor);
    let visit = |here: &str| visit(language, here, Standpoint::Staff);
    let (list, one) = (visit("/staff/cases"), visit("/staff/cases/SQ-7K2M-90QX"));
    let purposes = people::purposes(language);
    let missing = Mistake::one("purpose", Problem::Missing);
    let prompt = |mistake: &Mistake| open_case::prompt_page(&one, "SQ-7K2M-90QX", &purposes, mistake);
    let opened = people::opened(language);
    let wrong = Mistake::one("password", Problem::Code);
    vec![
        (
            "staff-sign-in",
            out.clone(),
            door::page(&out, ("", None), &Mistake::default()),
        ),
        (
            "staff-sign-in-wrong",
            out.clone(),
            door::page(&out, ("aliya", Some("id.example.kz")), &wrong),
        ),
        ("staff-familiar", list.clone(), familiar::page(&list, true)),
        ("staff-purpose", one.clone(), prompt(&Mistake::default())),
        ("staff-purpose-wrong", one.clone(), prompt(&missing)),
        (
            "staff-case",
            one.clone(),
            open_case::page(&one, &opened, &purposes[6].1, true),
        ),
        (
            "staff-reveal",
            one.clone(),
            open_case::reveal_page(&one, "/staff/cases/SQ-7K2M-90QX", &opened.fields[2]),
        ),
    ]
}

fn turned_pages(language: Language) -> Vec<Sample> {
    let visit = visit(language, "/my", Standpoint::Visitor);
    let refusal = Refusal::new(
        Verb::Extract,
        vec![Clause::fixed("4.3"), Clause::fixed("5.1.4#2")],
        FieldSet::RECORD,
    );
    let words = [("4.3".to_owned(), people::rule(language).to_owned())];
    let bare = |status| turned::bare_page(&visit, status);
    vec![
        (
            "refusal",
            visit.clone(),
            turned::refusal_page(&visit, &refusal, &words),
        ),
        (
            "mistake",
            visit.clone(),
            turned::mistake_page(&visit, &Mistake::one("iin", Problem::Unknown)).1,
        ),
        (
            "sent-before",
            visit.clone(),
            turned::mistake_page(&visit, &Mistake::one("key", Problem::SentBefore)).1,
        ),
        (
            "stale",
            visit.clone(),
            turned::mistake_page(&visit, &Mistake::one("token", Problem::Stale)).1,
        ),
        (
            "fault",
            visit.clone(),
            turned::fault_page(&visit, &Fault::Store("inside".into())).1,
        ),
        (
            "fault-busy",
            visit.clone(),
            turned::fault_page(&visit, &Fault::Busy("inside".into())).1,
        ),
        (
            "fault-closed",
            visit.clone(),
            turned::fault_page(&visit, &Fault::Configuration("inside".into())).1,
        ),
        (
            "fault-outside",
            visit.clone(),
            turned::fault_page(&visit, &Fault::Outside("inside".into())).1,
        ),
        ("absent", visit.clone(), bare(StatusCode::NOT_FOUND)),
        ("method", visit.clone(), bare(StatusCode::METHOD_NOT_ALLOWED)),
        ("large", visit.clone(), bare(StatusCode::PAYLOAD_TOO_LARGE)),
        ("request", visit.clone(), bare(StatusCode::BAD_REQUEST)),
        ("broken", visit.clone(), bare(StatusCode::INTERNAL_SERVER_ERROR)),
    ]
}

fn all(language: Language) -> Vec<Sample> {
    let groups = [
        public_pages,
        services::pages,
        audit::pages,
        decisions::pages,
        desk::pages,
        machine::pages,
        pairs::pages,
        disclosures::pages,
        disclosures::winners,
        documents::pages,
        documents::papers_and_acts,
        ledger_pages,
        paying_pages,
        portal_pages,
        leaving_pages,
        deciding_pages,
        account::pages,
        account::inner_pages,
        passkeys::doors,
        passkeys::lists,
        passkeys::changes,
        passkeys::staff,
        requests::pages,
        breaches::pages,
        breaches::forms,
        breach_people::pages,
        breach_people::forms,
        staff_pages,
        staff::pages,
        staff::own,
        accounts::pages,
        staff::invitations,
        staff::proposals,
        emergencies::looks,
        emergencies::judged,
        turned_pages,
    ];
    groups.iter().flat_map(|pages| pages(language)).collect()
}

#[test]
fn all_pages_rendered_with_samples_in_all_languages() {
    let folder = std::env::var_os("SANDYQ_PAGES").map(std::path::PathBuf::from);
    let mut rendered = 0;
    for language in LANGUAGES {
        for (name, visit, page) in all(language) {
            let html = document(&visit, &page).into_string();
            if let Some(folder) = &folder {
                std::fs::create_dir_all(folder).unwrap();
                std::fs::write(folder.join(format!("{name}.{}.html", tag(language))), &html).unwrap();
            }
            let wrong = structure::problems(&html, language);
            assert!(wrong.is_empty(), "{name} in {}: {wrong:#?}", tag(language));
            rendered += 1;
        }
    }
    assert!(rendered >= 3 * 45, "only {rendered} pages");
}

#[test]
fn a_page_with_a_mistake_says_so_first_in_its_title() {
    for language in LANGUAGES {
        for (name, visit, page) in all(language).iter().filter(|(name, ..)| name.ends_with("-wrong")) {
            let html = document(visit, page).into_string();
            assert!(
                html.contains(&format!("<title>{}", visit.say("title-wrong"))),
                "{name}"
            );
            assert!(
                html.contains("class=\"problems\"") || html.contains("problems-title"),
                "{name}"
            );
        }
    }
}

#[test]
fn a_failure_of_ours_keeps_its_inside_story() {
    for language in LANGUAGES {
        for (name, visit, page) in all(language)
            .iter()
            .filter(|(name, ..)| name.starts_with("fault"))
        {
            assert!(!document(visit, page).into_string().contains("inside"), "{name}");
        }
    }
}

#[test]
fn what_was_typed_of_a_card_is_never_shown_again() {
    for (_, visit, page) in paying_pages(Language::En)
        .iter()
        .filter(|(name, ..)| name.starts_with("pay"))
    {
        let html = document(visit, page).into_string();
        for name in ["card_number", "card_holder", "card_expiry", "card_verification"] {
            assert!(html.contains(&format!("name=\"{name}\" value=\"\"")), "{name}");
        }
    }
}

#[test]
fn what_was_typed_is_shown_as_text_and_nothing_else() {
    let form = people::form(Language::En);
    let mut draft = Draft::empty(&form, Some(services::licence()));
    let attack = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'";
    for input in &form.inputs {
        draft.answers.insert(input.name.clone(), attack.to_owned());
    }
    let visit = visit(Language::En, "/services/\"><script>", Standpoint::Visitor);
    let strange = Mistake::one("<script>", Problem::Unknown);
    let pages = [
        service::details_page(&visit, &form, &draft, 0, &strange),
        service::check_page(&visit, &form, &draft, &people::rows(&draft)),
        service::consent_page(&visit, &form, &draft, &Mistake::default()),
    ];
    for page in pages {
        let html = document(&visit, &page).into_string();
        assert!(!html.contains("<script") && !html.contains("<img"));
    }
}
