//! A small policy without a fault, to be spoilt in one place.

use sandyq_policy::letters::{LetterKind, PlaceKind};
use sandyq_policy::{Folder, Policy};

const ENGLISH: &str = r#"# Data

### 1.1 Everything

Text.

```kdl
class "name" storage="sealed" mask="initial" search="none"
class "secret" storage="never" mask="hidden" search="none"
field "last_name" number=1 class="name" kind="name"
field "card_verification" number=20 class="secret" kind="card-verification"
category "guest" code=1 { field "last_name" "card_verification"; }
role "sales" number=10 human=true
role "mailer" number=4 human=false
recipient "dealer" kind="distributor" country="KZ" undertaking="No 7"
address "intake" country="KZ"
store "primary" country="KZ"
purpose "2.2.7" {
    ground "consent"
    category "guest" { needs "last_name"; may "card_verification"; }
    ends "fulfilled" days=30
}
floor "tax" years=5 counted="next-tax-year" citation="Art. 206" { field "last_name"; }
deadline "access" law="information-request" working-days=3
decision "reject" actor="human"
service "order" category="guest" case="order" {
    purpose "2.2.7"
    require "last_name"
    transient "card_verification"
    consent "order" purpose="2.2.7" required=true
}
```

### 1.2 Rules

Text.

```cedar
permit (principal, action == Verb::"extract", resource)
when { principal.role == Role::"sales" && context.consent };

forbid (principal, action, resource)
when { context.effect && !principal.human };
```
```promise
never any when context.effect && !principal.human
```
"#;

const NAMED: &str = r#"
```kdl
words {
    class "name" label="Name"
    class "secret" label="Secret"
    field "last_name" label="Last name" why="To write to you"
    field "card_verification" label="Code" why="To pay"
    category "guest" label="Guest"
    role "sales" label="Sales"
    role "mailer" label="Mailer"
    recipient "dealer" label="Dealer"
    address "intake" label="Letters"
    store "primary" label="Database"
    purpose "2.2.7" label="Orders"
    floor "tax" label="Taxes"
    deadline "access" label="Access"
    decision "reject" label="Rejection"
    service "order" label="Order" intro="Order here"
    consent "order" label="I agree"
    rule "1.2" text="Sales look."
    rule "1.2#2" text="People decide."
VERBS}
```
"#;

const VERBS: [&str; 18] = [
    "collect",
    "record",
    "systematize",
    "accumulate",
    "store",
    "clarify",
    "extract",
    "use",
    "disseminate",
    "provide",
    "access",
    "depersonalize",
    "block",
    "unblock",
    "delete",
    "destroy",
    "confirm",
    "withdraw",
];

/// The fixture's files.
pub fn folder() -> Folder {
    let verbs: String = VERBS
        .iter()
        .map(|verb| format!("    verb \"{verb}\" label=\"{verb}\"\n"))
        .collect();
    let words = NAMED.replace("VERBS", &verbs);
    let translated =
        format!("# Деректер\n\n### 1.1 Барлығы\n\nМәтін.\n\n### 1.2 Ережелер\n\nМәтін.\n{words}");
    let law = "deadline \"information-request\" working-days=3 since=\"2020-10-21\" citation=\"Order 395, p. 16\"\n";
    let mut folder = Folder::from_files([
        ("1-data.md", format!("{ENGLISH}{words}")),
        ("1-data.kk.md", translated.clone()),
        ("1-data.ru.md", translated),
        ("law/kz.kdl", law.to_owned()),
        (
            "calendar/kz.kdl",
            "first \"2026-01-01\"\nhorizon \"2026-12-31\"\n".to_owned(),
        ),
    ]);
    for kind in LetterKind::ALL {
        for ending in ["md", "ru.md", "kk.md"] {
            folder.put(format!("letters/{}.{ending}", kind.name()), letter(kind));
        }
    }
    folder
}

/// A letter that says no more than it must.
fn letter(kind: LetterKind) -> String {
    let mut text = "# Letter\n".to_owned();
    for place in kind.places().filter(|place| place.required) {
        let mark = if place.kind == PlaceKind::List { "- " } else { "" };
        text.push_str(&format!("\n{mark}{{{}}}\n", place.name));
    }
    text
}

/// The fixture with one text of one file replaced.
pub fn spoilt(path: &str, from: &str, to: &str) -> Folder {
    let mut folder = folder();
    let text = folder.file(path).unwrap_or_default().to_owned();
    assert!(text.contains(from), "{path} does not hold {from}");
    folder.put(path, text.replacen(from, to, 1));
    folder
}

/// What the check finds, as people read it.
pub fn found(folder: &Folder) -> String {
    let found: Vec<String> = Policy::check(folder)
        .iter()
        .map(|one| format!("{one:?}\n"))
        .collect();
    found.concat()
}
