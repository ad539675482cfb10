//! `check`, `explain`, `decide`, `prove`.

use super::said::{Place, Said};

/// An order opened by sales: all that it needs.
const SALES: [&str; 15] = [
    "decide",
    "--role",
    "sales",
    "--verb",
    "extract",
    "--category",
    "guest",
    "--purpose",
    "2.2.7",
    "--fields",
    "last_name,email",
    "--standing",
    "active",
    "--consent",
    "--case",
];

#[test]
fn the_shipped_policy_is_sound() {
    let said = Place::new().sandyq(&["check"]).ends(0);
    assert!(
        said.out
            .starts_with("the policy that is part of this program is sound; version "),
        "{}",
        said.out
    );
    assert_eq!(said.err, "");
}

#[test]
fn every_mistake_of_a_folder_is_told_in_one_run() {
    let place = broken();
    let said = place.sandyq(&["check", "data/policy"]).ends(2);
    assert!(
        said.out.contains("PD0006") && said.out.contains("pasport"),
        "{}",
        said.out
    );
    assert!(said.out.contains("1-data.md"), "{}", said.out);
    assert!(
        said.err.contains("data/policy: ") && said.err.contains("error"),
        "{}",
        said.err
    );
}

#[test]
fn programs_get_mistakes_as_json() {
    let report = broken()
        .sandyq(&["check", "data/policy", "--format", "json"])
        .ends(2)
        .json();
    assert_eq!(report["schema_version"], 1);
    assert!(report["errors"].as_u64().unwrap() >= 1);
    let found = report["diagnostics"].as_array().unwrap();
    let one = found.iter().find(|one| one["code"] == "PD0006").unwrap();
    assert_eq!(one["labels"][0]["path"], "1-data.md");
    assert!(one["labels"][0]["from"]["line"].as_u64().unwrap() > 1);
}

#[test]
fn a_folder_that_is_none_is_a_failure_with_help() {
    let said = Place::new().sandyq(&["check", "nothing"]).ends(3);
    assert_eq!(
        said.err,
        "error: cannot read the policy folder nothing: No such file or directory (os error 2)\n help: name a folder \
         with the pages of a policy, such as the `policy` folder of a data folder\n"
    );
}

#[test]
fn codes_and_clauses_are_explained() {
    let place = Place::new();
    let code = place.sandyq(&["explain", "pd0007"]).ends(0);
    assert!(code.out.starts_with("PD0007: no such verb\n"), "{}", code.out);
    let clause = place.sandyq(&["explain", "4.3"]).ends(0);
    assert!(clause.out.starts_with("4.3 No transfer abroad\n") && clause.out.contains("forbids 4.3: "));
    let russian = place
        .sandyq(&["explain", "4.3", "--lang", "ru", "--json"])
        .ends(0)
        .json();
    assert_ne!(russian["title"], "No transfer abroad");
    let unknown = place.sandyq(&["explain", "abroad"]).ends(2);
    assert!(unknown.err.contains("has no clause abroad"), "{}", unknown.err);
    place.sandyq(&["explain", "PD0999"]).ends(2);
}

#[test]
fn a_permit_names_its_rule() {
    let said = Place::new().sandyq(&SALES).ends(0);
    let expected = "permitted\n  who      Sales\n  verb     Look at it\n";
    assert!(said.out.starts_with(expected), "{}", said.out);
    assert!(said.out.contains("\nby 5.1.4: "), "{}", said.out);
}

#[test]
fn a_refusal_names_its_clause_and_ends_with_one() {
    let place = Place::new();
    let abroad = [
        "decide",
        "--role",
        "site",
        "--verb",
        "provide",
        "--category",
        "guest",
        "--purpose",
        "2.2.5",
        "--fields",
        "email",
        "--standing",
        "active",
        "--consent",
        "--recipient",
        "reseller:DE",
        "--registered",
        "--undertaking",
    ];
    let said = place.sandyq(&abroad).ends(1);
    assert!(
        said.out.starts_with("refused\n") && said.out.contains("\nby 4.3: "),
        "{}",
        said.out
    );
    let answer = place
        .sandyq(&[&abroad[..], &["--json", "--lang", "kk"]].concat())
        .ends(1)
        .json();
    assert_eq!(
        (&answer["schema_version"], &answer["decision"]),
        (&1.into(), &"refuse".into())
    );
    assert_eq!(answer["refused_fields"], serde_json::json!(["email"]));
    assert!(
        answer["rules"]
            .as_array()
            .unwrap()
            .iter()
            .any(|rule| rule["clause"] == "4.3")
    );
}

#[test]
fn an_administrator_sees_nothing() {
    let place = Place::new();
    let line: Vec<&str> = SALES
        .iter()
        .map(|word| if *word == "sales" { "administrator" } else { word })
        .collect();
    assert!(place.sandyq(&line).ends(1).out.starts_with("refused\n"));
}

#[test]
fn what_the_policy_does_not_know_is_a_usage_mistake() {
    let place = Place::new();
    let instead = |old: &str, new: &'static str| -> Said {
        let line: Vec<&str> = SALES
            .iter()
            .map(|word| if *word == old { new } else { word })
            .collect();
        place.sandyq(&line).ends(2)
    };
    assert!(
        instead("sales", "boss")
            .err
            .contains("the policy has no role `boss` (5.1.4)")
    );
    assert!(
        instead("last_name,email", "passport")
            .err
            .contains("no field `passport`")
    );
    assert!(instead("extract", "sell").err.contains("no such verb"));
    assert!(instead("2.2.7", "2.2.13").err.contains("no such purpose"));
    assert!(
        instead("active", "famous")
            .err
            .contains("there are absent, pending, active, blocked and destroyed")
    );
}

#[test]
fn the_matrix_of_decisions_is_what_lies_in_the_folder() {
    let place = Place::new();
    place.sandyq(&["init", "data"]).ends(0);
    let kept = std::fs::read_to_string(place.path("data/policy/decisions.txt")).unwrap();
    assert_eq!(place.sandyq(&["decisions", "data/policy"]).ends(0).out, kept);
}

#[test]
fn without_a_solver_nothing_counts_as_proved() {
    let said = Place::new().sandyq_without_path(&["prove"]).ends(7);
    assert!(
        said.err.contains("nothing is proved") || said.err.contains("without the prover"),
        "{}",
        said.err
    );
    assert_eq!(said.out, "");
}

/// A data folder whose policy names a field that nothing declares.
fn broken() -> Place {
    let place = Place::new();
    place.sandyq(&["init", "data"]).ends(0);
    let path = place.path("data/policy/1-data.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let at = text.find("category \"guest\"").unwrap();
    let (before, after) = text.split_at(at);
    let after = after.replacen("field \"last_name\"", "field \"pasport\"", 1);
    std::fs::write(&path, format!("{before}{after}")).unwrap();
    place
}
