//! The Cedar engine itself, asked about one field of one question. It is what the tables mean; nothing is decided by
//! it while the system runs.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
};
use sandyq_model::{Category, Field, Role, Verb};

use crate::declarations::Declarations;
use crate::policy::Policy;
use crate::question::Question;
use crate::rules::{ABSENT, NO_PURPOSE, Rule, entity};

/// A Cedar engine with the rules of a policy.
pub(crate) struct Engine<'a> {
    declarations: &'a Declarations,
    authorizer: Authorizer,
    rules: PolicySet,
    /// The rules whose head lets the verb through, by the engine's own reading of the head.
    by_verb: HashMap<Verb, PolicySet>,
    worlds: HashMap<(Role, bool, bool, Field, Category), Entities>,
}

/// What the engine answers about one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    /// The ids of the rules that made it.
    pub(crate) rules: Vec<String>,
}

/// The engine could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Cedar engine cannot be asked: {0}")]
pub(crate) struct Unasked(String);

impl<'a> Engine<'a> {
    pub(crate) fn of(policy: &'a Policy) -> Result<Self, Unasked> {
        let set = |rules: &mut dyn Iterator<Item = &Rule>| {
            PolicySet::from_policies(rules.map(|rule| rule.cedar.clone())).map_err(unasked)
        };
        let mut by_verb = HashMap::new();
        for verb in Verb::ALL {
            by_verb.insert(
                verb,
                set(&mut policy.rules().iter().filter(|rule| lets_through(rule, verb)))?,
            );
        }
        Ok(Self {
            declarations: &policy.declarations,
            authorizer: Authorizer::new(),
            rules: set(&mut policy.rules().iter())?,
            by_verb,
            worlds: HashMap::new(),
        })
    }

    /// Asks every rule.
    pub(crate) fn ask(&mut self, question: &Question, field: Field) -> Result<Verdict, Unasked> {
        self.world(question, field)?;
        self.authorize(question, field, &self.rules)
    }

    /// Asks the rules whose head names the verb, or none.
    pub(crate) fn ask_briefly(&mut self, question: &Question, field: Field) -> Result<Verdict, Unasked> {
        self.world(question, field)?;
        let rules = self
            .by_verb
            .get(&question.verb)
            .ok_or_else(|| Unasked("no such verb".to_owned()))?;
        self.authorize(question, field, rules)
    }

    fn authorize(&self, question: &Question, field: Field, rules: &PolicySet) -> Result<Verdict, Unasked> {
        let world = self
            .worlds
            .get(&place(question, field))
            .ok_or_else(|| Unasked("no world".to_owned()))?;
        let verb = named("Action", question.verb.name())?;
        let request =
            Request::new(actor()?, verb, datum()?, context(question, field)?, None).map_err(unasked)?;
        let response = self.authorizer.is_authorized(&request, rules, world);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(unasked(error));
        }
        let mut rules: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        rules.sort();
        Ok(Verdict {
            allowed: response.decision() == Decision::Allow,
            rules,
        })
    }

    fn world(&mut self, question: &Question, field: Field) -> Result<(), Unasked> {
        let place = place(question, field);
        if !self.worlds.contains_key(&place) {
            let world = make_world(question, field, self.declarations)?;
            self.worlds.insert(place, world);
        }
        Ok(())
    }
}

const fn place(question: &Question, field: Field) -> (Role, bool, bool, Field, Category) {
    (
        question.role,
        question.human,
        question.facts.familiar,
        field,
        question.category,
    )
}

/// Whether the head of a rule lets a verb through, as Cedar's own constraint says.
fn lets_through(rule: &Rule, verb: Verb) -> bool {
    let is = |named: &EntityUid| named.id().unescaped() == verb.name();
    let within =
        |named: &EntityUid| is(named) || (verb.is_transfer() && named.id().unescaped() == "transfer");
    match rule.cedar.action_constraint() {
        cedar_policy::ActionConstraint::Any => true,
        cedar_policy::ActionConstraint::Eq(named) => is(&named),
        cedar_policy::ActionConstraint::In(list) => list.iter().any(within),
    }
}

fn make_world(question: &Question, field: Field, declarations: &Declarations) -> Result<Entities, Unasked> {
    let role = declarations
        .roles
        .get(&question.role)
        .map(|role| role.name.to_string())
        .unwrap_or_default();
    let attributes = HashMap::from([
        ("role".to_owned(), reference("Role", &role)?),
        ("human".to_owned(), RestrictedExpression::new_bool(question.human)),
        (
            "familiar".to_owned(),
            RestrictedExpression::new_bool(question.facts.familiar),
        ),
    ]);
    let actor = Entity::new(actor()?, attributes, HashSet::new()).map_err(unasked)?;
    let serving = declarations.purposes.values().filter(|purpose| {
        purpose
            .uses
            .get(&question.category)
            .is_some_and(|used| used.fields().contains(field))
    });
    let purposes: Result<Vec<_>, _> = serving
        .map(|purpose| reference("Purpose", &purpose.purpose.to_string()))
        .collect();
    let name = declarations.field_name(field).unwrap_or_default();
    let attributes = HashMap::from([
        ("field".to_owned(), reference("Field", name)?),
        (
            "category".to_owned(),
            reference("Category", question.category.name())?,
        ),
        ("purposes".to_owned(), RestrictedExpression::new_set(purposes?)),
    ]);
    let datum = Entity::new(datum()?, attributes, HashSet::new()).map_err(unasked)?;
    let mut all = vec![actor, datum];
    for verb in Verb::ALL {
        let groups = if verb.is_transfer() {
            HashSet::from([named("Action", "transfer")?])
        } else {
            HashSet::new()
        };
        all.push(Entity::new_no_attrs(named("Action", verb.name())?, groups));
    }
    Entities::from_entities(all, None).map_err(unasked)
}

fn context(question: &Question, field: Field) -> Result<Context, Unasked> {
    let facts = &question.facts;
    let purpose = question
        .purpose
        .map_or_else(|| NO_PURPOSE.to_owned(), |purpose| purpose.to_string());
    let standing = facts.standing.map_or(ABSENT, sandyq_model::Standing::name);
    let recipient = RestrictedExpression::new_record([
        (
            "kind".to_owned(),
            RestrictedExpression::new_string(facts.recipient.kind.name().to_owned()),
        ),
        (
            "country".to_owned(),
            RestrictedExpression::new_string(facts.recipient.country.as_str().to_owned()),
        ),
        (
            "registered".to_owned(),
            RestrictedExpression::new_bool(facts.recipient.registered),
        ),
        (
            "undertaking".to_owned(),
            RestrictedExpression::new_bool(facts.recipient.undertaking),
        ),
    ]);
    let flags = [
        ("citation", question.citation),
        ("consent", facts.consented.contains(field)),
        ("agreed", facts.agreed.contains(field)),
        ("withdrawn", facts.withdrawn),
        ("case", facts.case),
        ("own", facts.own),
        ("effect", question.effect),
        ("floor", facts.floor.contains(field)),
        ("hold", facts.hold.contains(field)),
        ("due", facts.due),
        ("approved", facts.approved),
        ("seconded", facts.seconded),
        ("interview", facts.interview),
        ("emergency", facts.emergency),
    ];
    let flags = flags.map(|(name, truth)| (name.to_owned(), RestrictedExpression::new_bool(truth)));
    let words = [
        ("purpose".to_owned(), reference("Purpose", &purpose)?),
        (
            "ground".to_owned(),
            RestrictedExpression::new_string(question.ground.name().to_owned()),
        ),
        (
            "standing".to_owned(),
            RestrictedExpression::new_string(standing.to_owned()),
        ),
        ("recipient".to_owned(), recipient.map_err(unasked)?),
    ];
    Context::from_pairs(flags.into_iter().chain(words)).map_err(unasked)
}

fn reference(kind: &str, name: &str) -> Result<RestrictedExpression, Unasked> {
    Ok(RestrictedExpression::new_entity_uid(named(kind, name)?))
}

fn actor() -> Result<EntityUid, Unasked> {
    named("Actor", "actor")
}

fn datum() -> Result<EntityUid, Unasked> {
    named("Datum", "datum")
}

fn named(kind: &str, name: &str) -> Result<EntityUid, Unasked> {
    entity(kind, name).ok_or_else(|| Unasked(format!("{kind} is no kind of entity")))
}

fn unasked(error: impl std::fmt::Display) -> Unasked {
    Unasked(error.to_string())
}

#[cfg(test)]
pub(crate) mod tests;
