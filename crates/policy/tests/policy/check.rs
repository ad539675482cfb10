//! Every mistake that `check` knows, each made once in a small policy. The exact findings stand in
//! `check/findings.txt`; rewrite it with `SANDYQ_REWRITE_FINDINGS=1` and read the difference.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may fail")]

mod fixture;
mod mangled;

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use self::fixture::{folder, found, spoilt};
use sandyq_policy::check::{DEADLINES_READ, LIMITS_READ, Style, explain, render, render_json};
use sandyq_policy::{Code, Folder, Policy};

const EN: &str = "1-data.md";
const KK: &str = "1-data.kk.md";
const ANSWER: &str = "letters/answer.md";

/// A mistake: what it is, in which file, what is replaced, by what.
const MISTAKES: [(&str, &str, &str, &str); 59] = [
    (
        "a limit that nothing reads",
        EN,
        "deadline \"access\" law",
        "limit \"tea-breaks\" count=3\ndeadline \"access\" law",
    ),
    (
        "a deadline that somebody else keeps",
        EN,
        "law=\"information-request\" working-days=3",
        "law=\"information-request\" working-days=3 by=\"nobody\"",
    ),
    (
        "a service about something that nobody offers",
        EN,
        "case=\"order\" {",
        "case=\"order\" about=\"licences\" {",
    ),
    (
        "a service that fills a field with nothing",
        EN,
        "case=\"order\" {",
        "case=\"order\" into=\"last_name\" {",
    ),
    (
        "a consent that prolongs by an unknown limit",
        EN,
        "consent \"order\" purpose=\"2.2.7\" required=true",
        "consent \"order\" purpose=\"2.2.7\" required=true prolongs=\"reserve\"",
    ),
    (
        "a decision that invites and is about no case",
        EN,
        "decision \"reject\" actor=\"human\"",
        "decision \"reject\" actor=\"human\" invites=true",
    ),
    (
        "people found by what they told of their private life",
        EN,
        "class \"name\" storage=\"sealed\" mask=\"initial\" search=\"none\"",
        "class \"name\" storage=\"sealed\" mask=\"initial\" search=\"none\"\nclass \"delicate\" storage=\"sealed\" mask=\"hidden\" search=\"exact\"",
    ),
    (
        "figures that would be made of names",
        EN,
        "purpose \"2.2.7\" {",
        "purpose \"2.2.4\" {",
    ),
    (
        "a role that works on cases nobody opens",
        EN,
        "role \"sales\" number=10 human=true",
        "role \"sales\" number=10 human=true { works-on \"orders\"; }",
    ),
    ("unknown field", EN, "needs \"last_name\"", "needs \"lastname\""),
    (
        "unknown field in a rule",
        EN,
        "context.consent }",
        "resource.field == Field::\"passport\" }",
    ),
    ("unknown verb", EN, "Verb::\"extract\"", "Verb::\"exract\""),
    (
        "unknown verb in a promise",
        EN,
        "never any when",
        "never extract, sell when",
    ),
    (
        "unknown purpose",
        EN,
        "purpose \"2.2.7\" {",
        "purpose \"2.2.13\" {",
    ),
    ("unknown role", EN, "Role::\"sales\"", "Role::\"seller\""),
    ("a field no purpose needs", EN, "may \"card_verification\";", ""),
    (
        "a purpose that uses a field its category does not collect",
        EN,
        "code=1 { field \"last_name\" \"card_verification\"; }",
        "code=1 { field \"last_name\"; }",
    ),
    (
        "a card verification value with storage",
        EN,
        "number=20 class=\"secret\"",
        "number=20 class=\"name\"",
    ),
    (
        "a card verification value that a service keeps",
        EN,
        "transient \"card",
        "optional \"card",
    ),
    (
        "a field without an end of storage",
        EN,
        "    ends \"fulfilled\" days=30\n",
        "",
    ),
    ("a floor without a citation", EN, " citation=\"Art. 206\"", ""),
    (
        "a deadline later than the laws",
        EN,
        "law=\"information-request\" working-days=3",
        "law=\"information-request\" calendar-days=30",
    ),
    (
        "a deadline of a law that is not there",
        EN,
        "law=\"information-request\"",
        "law=\"information\"",
    ),
    (
        "a clause that is not translated",
        KK,
        "### 1.2 Ережелер\n\nМәтін.\n",
        "",
    ),
    (
        "a translation with another clause",
        KK,
        "### 1.2 Ережелер",
        "### 1.3 Басқа\n\nМәтін.\n\n### 1.2 Ережелер",
    ),
    (
        "a translation without text",
        KK,
        "### 1.1 Барлығы\n\nМәтін.",
        "### 1.1 Барлығы",
    ),
    ("missing words", KK, "    role \"sales\" label=\"Sales\"\n", ""),
    (
        "missing words of a rule",
        EN,
        "    rule \"1.2#2\" text=\"People decide.\"\n",
        "",
    ),
    (
        "words about nothing",
        EN,
        "role \"mailer\" label",
        "role \"maler\" label",
    ),
    (
        "a recipient abroad",
        EN,
        "kind=\"distributor\" country=\"KZ\"",
        "kind=\"distributor\" country=\"RU\"",
    ),
    (
        "an address abroad",
        EN,
        "address \"intake\" country=\"KZ\"",
        "address \"intake\" country=\"RU\"",
    ),
    (
        "a store abroad",
        EN,
        "store \"primary\" country=\"KZ\"",
        "store \"primary\" country=\"DE\"",
    ),
    (
        "an external processor",
        EN,
        "kind=\"distributor\"",
        "kind=\"processor\"",
    ),
    (
        "a decision that no human takes",
        EN,
        "actor=\"human\"",
        "actor=\"mailer\"",
    ),
    (
        "a decision with effect that rules leave to a machine",
        EN,
        "when { context.effect && !principal.human };",
        "when { context.effect && !context.own };",
    ),
    (
        "a ground outside the closed set",
        EN,
        "ground \"consent\"",
        "ground \"contract\"",
    ),
    (
        "a ground outside the closed set in a rule",
        EN,
        "&& context.consent }",
        "&& context.ground == \"charter\" }",
    ),
    (
        "a rule that can never apply",
        EN,
        "principal.role == Role::\"sales\" && context.consent",
        "principal.role == Role::\"sales\" && context.standing == \"active\" && context.standing == \"blocked\"",
    ),
    (
        "a rule whose verb is a group",
        EN,
        "action == Verb::\"extract\"",
        "action == Verb::\"transfer\"",
    ),
    (
        "a service that requires more than its purposes need",
        EN,
        "require \"last_name\"\n    transient \"card_verification\"",
        "require \"last_name\" \"card_verification\"",
    ),
    (
        "a service that offers what no purpose uses",
        EN,
        "needs \"last_name\"; may \"card_verification\"",
        "needs \"last_name\"",
    ),
    ("a field number given twice", EN, "number=20", "number=1"),
    (
        "a clause that stands twice",
        EN,
        "### 1.2 Rules\n",
        "### 1.1 Again\n\nText.\n\n### 1.2 Rules\n",
    ),
    (
        "a syntax error in a declaration",
        EN,
        "role \"sales\" number=10 human=true",
        "role \"sales number=10 human=true",
    ),
    (
        "a property that is not known",
        EN,
        "human=true",
        "human=true level=3",
    ),
    (
        "a syntax error in one rule hides no other",
        EN,
        "when { principal.role == Role::\"sales\" && context.consent };\n\nforbid (principal, action, resource)\nwhen { context.effect",
        "when { principal.role = Role::\"sales\" };\n\nforbid (principal, action, resource)\nwhen { context.affect",
    ),
    (
        "a promise that cannot be read",
        EN,
        "never any when context.effect && !principal.human",
        "nothing ever happens",
    ),
    (
        "an expression outside the subset",
        EN,
        "&& context.consent }",
        "&& context.standing like \"act*\" }",
    ),
    (
        "a rule in a translation",
        KK,
        "### 1.2 Ережелер\n",
        "### 1.2 Ережелер\n\n```cedar\npermit (principal, action, resource);\n```\n",
    ),
    (
        "a country that is none",
        EN,
        "store \"primary\" country=\"KZ\"",
        "store \"primary\" country=\"Kazakhstan\"",
    ),
    (
        "a day off on a sunday",
        "calendar/kz.kdl",
        "horizon",
        "off \"2026-11-22\"\nhorizon",
    ),
    (
        "a letter with an unknown place",
        ANSWER,
        "{reference}",
        "№ {referense}",
    ),
    (
        "a letter that says too little",
        "letters/refusal.kk.md",
        "{norm}\n",
        "",
    ),
    (
        "several things outside an item",
        "letters/consent.md",
        "- {fields}",
        "{fields}",
    ),
    (
        "a text that does not stand alone",
        ANSWER,
        "{answer}",
        "We say: {answer}",
    ),
    ("a lone brace in a letter", ANSWER, "# Letter", "# Letter {"),
    (
        "bold words without an end",
        ANSWER,
        "{reference}",
        "**No. {reference}",
    ),
    ("a letter without a title", ANSWER, "# Letter", "Letter"),
    (
        "a letter with a table and HTML",
        ANSWER,
        "# Letter",
        "# Letter\n\n| a | b |\n<b>bold</b>",
    ),
];

const CASE: &str = r#"case "sales look" {
    actor role="sales" human=true
    verb "extract"
    category "guest"
    fields "last_name"
    purpose "2.2.7"
    expect "permit"
    clause "1.2"
}
"#;

#[test]
fn a_sound_policy_has_no_findings() {
    assert_eq!(found(&folder()), "");
    assert!(Policy::load(&folder()).is_ok());
}

#[test]
fn each_mistake_is_found_exactly() {
    let mut all = String::new();
    for (mistake, path, from, to) in MISTAKES {
        writeln!(all, "## {mistake}\n{}", found(&spoilt(path, from, to))).unwrap();
    }
    let mut odd = folder();
    odd.put("cases/1.kdl", CASE);
    writeln!(all, "## a case that comes out otherwise\n{}", found(&odd)).unwrap();
    odd.put("cases/1.kdl", CASE.replace("    verb \"extract\"\n", ""));
    writeln!(all, "## a case that is not complete\n{}", found(&odd)).unwrap();
    let lawless = Folder::from_files(folder().files().filter(|(path, _)| !path.starts_with("calendar")));
    writeln!(all, "## a missing calendar\n{}", found(&lawless)).unwrap();
    let untranslated = Folder::from_files(folder().files().filter(|(path, _)| *path != KK));
    writeln!(all, "## a missing translation\n{}", found(&untranslated)).unwrap();
    let without = |gone: &str| {
        let kept = folder();
        Folder::from_files(
            kept.files()
                .filter(|(path, _)| !path.starts_with(gone))
                .map(|(path, text)| (path.to_owned(), text.to_owned())),
        )
    };
    writeln!(all, "## a letter that is missing\n{}", found(&without(ANSWER))).unwrap();
    writeln!(
        all,
        "## a folder without letters\n{}",
        found(&without("letters/"))
    )
    .unwrap();
    assert!(Policy::load(&without("letters/")).is_ok());
    let mut odd = folder();
    odd.put("letters/advertisement.md", "# Buy!");
    writeln!(all, "## a letter that nothing writes\n{}", found(&odd)).unwrap();
    let one = Policy::check(&spoilt(EN, "class=\"secret\" kind", "class=\"name\" kind"));
    writeln!(all, "## for people\n{}", render(&one, Style::Plain)).unwrap();
    writeln!(all, "## as sentences\n{}", render(&one, Style::Narrated)).unwrap();
    let one = Policy::check(&spoilt(EN, " citation=\"Art. 206\"", ""));
    writeln!(all, "## for programs\n{}", render_json(&one)).unwrap();
    compare(&all);
}

fn compare(all: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy/check/findings.txt");
    if env::var_os("SANDYQ_REWRITE_FINDINGS").is_some() {
        fs::write(&path, all).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap();
    for (found, kept) in all.split("## ").zip(kept.split("## ")) {
        assert_eq!(found, kept, "\n--- found:\n{found}");
    }
    assert_eq!(all.len(), kept.len());
}

/// Every text of the sources below that folder but one.
fn source(folder: &Path, but: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push_str(&source(&path, but));
        } else if path != but {
            all.push_str(&fs::read_to_string(&path).unwrap_or_default());
        }
    }
    all
}

#[test]
fn what_is_said_to_be_read_is_read() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = own.join("src/check/kept.rs");
    let crates = own.parent().unwrap();
    let all: String = ["policy", "processing", "sandyq"]
        .map(|name| source(&crates.join(name).join("src"), &list))
        .concat();
    for name in LIMITS_READ.iter().chain(&DEADLINES_READ) {
        assert!(all.contains(&format!("\"{name}\"")), "nothing reads `{name}`");
    }
}

#[test]
fn every_code_is_found_by_some_mistake() {
    let kept =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy/check/findings.txt"))
            .unwrap();
    let silent: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| !kept.contains(code))
        .collect();
    assert!(silent.is_empty(), "no mistake shows {silent:?}");
}

#[test]
fn several_mistakes_are_told_in_one_run_in_order() {
    let mut folder = folder();
    let text = folder
        .file(EN)
        .unwrap()
        .replace("country=\"KZ\"", "country=\"RU\"")
        .replace("number=20", "number=1");
    folder.put(
        EN,
        text.replace("\"extract\", resource", "\"exract\", resource")
            .replace("never any", "not any"),
    );
    let codes: Vec<&str> = Policy::check(&folder)
        .iter()
        .map(|one| one.code().as_str())
        .collect();
    for code in ["PD0005", "PD0020", "PD0007", "PD0003"] {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
}

#[test]
fn places_are_right_after_cyrillic() {
    let folder = spoilt(
        KK,
        "    role \"sales\" label=\"Sales\"",
        "    role \"сату\" label=\"Сату\" colour=\"қызыл\"",
    );
    let found = Policy::check(&folder);
    let strange = found.iter().find(|one| one.code() == Code::Declaration).unwrap();
    let label = strange.labels().remove(0);
    let text = folder.file(KK).unwrap();
    assert_eq!(&text[label.start..label.end], "colour");
    let line = text.lines().nth(label.from.line - 1).unwrap();
    assert_eq!(
        line.chars().take(label.from.column - 1).collect::<String>(),
        "    role \"сату\" label=\"Сату\" "
    );
}

#[test]
fn every_code_has_a_page_and_its_own_number() {
    for (number, code) in (1..).zip(Code::ALL) {
        assert_eq!(code.as_str(), format!("PD{number:04}"));
        assert_eq!(code.as_str().parse(), Ok(*code));
        assert!(explain(*code).lines().count() > 2, "{code}");
    }
    assert!("PD9999".parse::<Code>().is_err());
}
