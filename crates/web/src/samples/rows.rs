//! Samples of a long form, with places of work in rows.

use sandyq_model::value::ValueKind;
use sandyq_model::{Mistake, OfferingKind, Plain, Problem};
use sandyq_processing::Language;
use sandyq_processing::cases::desk::ShownField;
use sandyq_processing::reading::{Form, Input};

use super::people::three;
use super::services::offered;
use super::{Sample, people, visit};
use crate::public::service::{self, Draft};
use crate::visit::Standpoint;

/// Two places of work as they are kept.
pub fn experience() -> Plain<String> {
    Plain::from(
        "rows/1\n\nfrom=2019-09\nto=still\norganization=«Мысал» ЖШС\nindustry=Бағдарлама жасау\nposition=Бағдарламашы\n\
         duties=Есеп бағдарламасын жазу\\nЖаңа әріптестерді үйрету\n\nfrom=2015\nto=2019\norganization=Example LLP\n\
         position=Clerk",
    )
}

pub const fn experience_label(language: Language) -> &'static str {
    three(language, "Жұмыс тәжірибесі", "Опыт работы", "Work experience")
}

/// The same as staff see it.
pub fn experience_shown(like: ShownField, language: Language) -> ShownField {
    ShownField {
        name: "experience".into(),
        label: experience_label(language).into(),
        value: experience(),
        ..like
    }
}

/// A form that is long enough for several pages.
fn long_form(language: Language) -> Form {
    let form = people::form(language);
    let more = |class: &'static str| {
        form.inputs.iter().take(3).map(move |input| Input {
            name: format!("{}_{class}", input.name),
            class: class.into(),
            ..input.clone()
        })
    };
    let in_rows = form.inputs.first().map(|input| Input {
        name: "experience".into(),
        class: "profile".into(),
        kind: ValueKind::Experience,
        label: experience_label(language).into(),
        hint: String::new(),
        required: false,
        ..input.clone()
    });
    let inputs = form
        .inputs
        .iter()
        .cloned()
        .chain(more("profile"))
        .chain(more("delicate"))
        .chain(in_rows)
        .collect();
    Form {
        service: "vacancy-application".into(),
        about: Some(OfferingKind::Vacancy),
        inputs,
        ..form
    }
}

/// One place of work that is right, and one that is not.
fn worked(form: &Form) -> (Draft, Mistake) {
    let mut draft = Draft::empty(form, Some(offered(OfferingKind::Vacancy).remove(0)));
    for (part, typed) in [
        ("experience-1-from", "09.2019"),
        ("experience-1-to", "still"),
        ("experience-1-organization", "«Мысал» ЖШС"),
        ("experience-1-position", "Бағдарламашы"),
        ("experience-2-from", "2019"),
        ("experience-2-to", "2015"),
        ("experience-2-organization", "Example LLP"),
    ] {
        draft.answers.insert(part.into(), typed.into());
    }
    let wrong = Mistake(vec![
        ("experience-2-to".into(), Problem::PeriodOrder),
        ("experience-2-position".into(), Problem::Missing),
    ]);
    (draft, wrong)
}

pub fn applications(language: Language) -> Vec<Sample> {
    let here = "/services/vacancy-application/accountant";
    let apply = visit(language, here, Standpoint::Visitor);
    let long = long_form(language);
    let empty = Draft::empty(&long, Some(offered(OfferingKind::Vacancy).remove(0)));
    let (worked, wrong) = worked(&long);
    let none = Mistake::default();
    let most = Mistake::one("experience", Problem::Rows);
    let told = [("experience".to_owned(), experience())];
    let page = |draft, number, mistake| service::details_page(&apply, &long, draft, number, mistake);
    vec![
        ("apply-first", apply.clone(), page(&empty, 0, &none)),
        (
            "apply-kept-wrong",
            apply.clone(),
            service::kept_refused_page(&apply, &long, &empty),
        ),
        ("apply-rows", apply.clone(), page(&empty, 4, &none)),
        ("apply-rows-most", apply.clone(), page(&empty, 4, &most)),
        ("apply-wrong", apply.clone(), page(&worked, 4, &wrong)),
        (
            "apply-check",
            apply.clone(),
            service::check_page(&apply, &long, &empty, &told),
        ),
    ]
}
