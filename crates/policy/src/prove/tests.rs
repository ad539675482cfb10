//! The shipped promises hold, and each of them rests on something: without it the solver finds the breach.

use cedar_policy::{Policy as CedarPolicy, PolicyId};
use sandyq_model::Clause;

use super::Outcome;
use crate::meaning::tests::shipped;
use crate::policy::Policy;
use crate::rules::{Effect, Formula, Rule};

#[test]
fn every_promise_of_the_shipped_policy_is_proved() {
    let (_, policy) = shipped();
    let proofs = policy.prove().unwrap();
    assert!(proofs.len() >= 10, "only {} promises", proofs.len());
    for proof in &proofs {
        if let Outcome::Broken(found) = &proof.outcome {
            panic!("{} is broken: {found}", proof.id);
        }
    }
}

#[test]
fn no_rule_of_the_shipped_policy_can_err() {
    let (_, policy) = shipped();
    assert_eq!(policy.prove_no_errors().unwrap(), Vec::<Clause>::new());
}

/// Somebody careless permits everything. What forbids keep stays kept; without them the solver finds the breach.
#[test]
fn each_promise_is_broken_without_the_rules_it_rests_on() {
    let (_, policy) = shipped();
    let careless = careless(&policy);
    for (promise, _) in policy.promises() {
        let mut forbids: Vec<&Rule> = policy
            .rules()
            .iter()
            .filter(|rule| rule.effect == Effect::Forbid)
            .collect();
        forbids.sort_by_key(|rule| rule.id.clause() != promise.clause());
        let without = |count: usize| {
            let dropped = &forbids[..count];
            let rules: Vec<&Rule> = policy
                .rules()
                .iter()
                .chain([&careless])
                .filter(|rule| dropped.iter().all(|dropped| dropped.id != rule.id))
                .collect();
            let mut proofs = policy.prove_with(&rules, |id| id == promise).unwrap();
            match proofs.remove(0).outcome {
                Outcome::Broken(found) => Some(found),
                Outcome::Proved { .. } => None,
            }
        };
        assert!(
            without(0).is_none(),
            "{promise}: one careless permit is enough to break it"
        );
        // Mostly it is one or two of its own clause; which of many others it is takes the solver long, and is not asked.
        let mut counts = [1, 2, forbids.len()].into_iter();
        let (dropped, found) = counts
            .find_map(|count| Some((count, without(count)?)))
            .unwrap_or_else(|| panic!("{promise} holds without any forbid"));
        assert!(found.permitted_by.iter().any(|id| id == "careless"), "{found}");
        println!("{promise} without {dropped} rules: {found}");
    }
}

/// One condition loosened: a transfer abroad becomes possible, and the counterexample says so in words.
#[test]
fn a_loosened_condition_is_found_and_told() {
    let (folder, _) = shipped();
    let mut folder = folder;
    let text = folder.file("4-transfer.md").unwrap().to_owned();
    let loosened = text.replace("context.recipient.country == \"KZ\"", "context.consent");
    assert_ne!(text, loosened);
    folder.put("4-transfer.md", loosened);
    let policy = Policy::load(&folder).unwrap_or_else(|found| panic!("{found:#?}"));
    let proofs = policy.prove().unwrap();
    let broken: Vec<_> = proofs.iter().filter(|proof| !proof.holds()).collect();
    assert!(
        broken.iter().any(|proof| proof.id.as_str() == "4.3"),
        "{proofs:#?}"
    );
    let Outcome::Broken(found) = &broken[0].outcome else {
        panic!("{broken:#?}")
    };
    assert!(found.to_string().contains("country RU"), "{found}");
}

fn careless(policy: &Policy) -> Rule {
    let text = "permit (principal, action, resource);";
    let cedar = CedarPolicy::parse(Some(PolicyId::new("careless")), text).unwrap();
    let place = policy.rules()[0].place;
    let id = Clause::fixed("careless");
    Rule {
        id,
        effect: Effect::Permit,
        text: text.to_owned(),
        formula: Formula::True,
        cedar,
        place,
    }
}
