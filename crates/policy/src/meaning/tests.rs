//! The tables say what Cedar says: random operations, field by field, on both cores.

use sandyq_model::{
    Category, Country, Facts, Field, FieldSet, Purpose, Recipient, RecipientKind, Role, Standing, Verb,
};
use sandyq_rehearsal::SeededChance;

use super::Engine;
use crate::folder::Folder;
use crate::policy::Policy;
use crate::question::{GroundWord, Question};

/// Overrides how many random operations are compared.
const COUNT_VARIABLE: &str = "SANDYQ_RANDOM_OPERATIONS";
/// A million in an optimised build; without optimisation Cedar is so slow that the full number is left to the variable.
const COUNT: u64 = if cfg!(debug_assertions) { 60_000 } else { 1_000_000 };
const THREADS: u64 = 2;
/// One of so many is asked of all rules and not only of those whose head names the verb.
const WHOLE_EVERY: u64 = 20;

/// Draws questions; the same seed draws the same ones.
pub(crate) struct Draw<'a> {
    chance: SeededChance,
    roles: Vec<Role>,
    fields: Vec<Field>,
    policy: &'a Policy,
}

impl<'a> Draw<'a> {
    pub(crate) fn new(policy: &'a Policy, seed: u64) -> Self {
        Self {
            chance: SeededChance::new(seed),
            roles: policy.roles().map(|role| role.role).collect(),
            fields: policy.all_fields.iter().collect(),
            policy,
        }
    }

    fn below(&self, limit: usize) -> usize {
        usize::try_from(self.chance.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    fn of<T: Copy>(&self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// True `favour` times out of 16.
    fn likely(&self, favour: usize) -> bool {
        self.below(16) < favour
    }

    fn mask(&self, favour: usize) -> FieldSet {
        if self.likely(favour) {
            FieldSet::ALL
        } else {
            let half = |shift: u32| u128::from(self.chance.next()) << shift;
            FieldSet::from_bits(half(0) | half(64))
        }
    }

    /// Half of the questions are drawn so that much is granted; else nearly everything would be refused.
    pub(crate) fn question(&self) -> Question {
        let kind = if self.likely(8) { 14 } else { 8 };
        let role = self.of(&self.roles);
        let human = self.policy.role(role).is_some_and(|role| role.human) == self.likely(kind);
        let facts = Facts {
            standing: if self.likely(kind / 2) {
                Some(Standing::Active)
            } else {
                self.standing()
            },
            familiar: self.likely(kind),
            consented: self.mask(kind),
            agreed: self.mask(kind),
            withdrawn: !self.likely(kind),
            case: self.likely(kind),
            own: self.likely(kind),
            recipient: self.recipient(kind),
            floor: if self.likely(kind) {
                FieldSet::EMPTY
            } else {
                self.mask(2)
            },
            hold: if self.likely(kind) {
                FieldSet::EMPTY
            } else {
                self.mask(2)
            },
            due: self.likely(8),
            approved: self.likely(kind),
            seconded: self.likely(kind),
            interview: self.likely(2),
            emergency: !self.likely(kind),
        };
        let purpose = self.below(usize::from(Purpose::COUNT) + 1);
        Question {
            role,
            human,
            verb: self.of(&Verb::ALL),
            category: self.of(&Category::ALL),
            fields: FieldSet::only(self.of(&self.fields)),
            purpose: Purpose::new(u8::try_from(purpose).unwrap()),
            ground: self.of(&[
                GroundWord::Consent,
                GroundWord::Consent,
                GroundWord::Law,
                GroundWord::Article9,
                GroundWord::Other,
            ]),
            citation: self.likely(8),
            effect: !self.likely(kind),
            facts,
        }
    }

    fn standing(&self) -> Option<Standing> {
        [
            None,
            Some(Standing::Pending),
            Some(Standing::Active),
            Some(Standing::Blocked),
            Some(Standing::Destroyed),
        ][self.below(5)]
    }

    fn recipient(&self, favour: usize) -> Recipient {
        Recipient {
            kind: self.of(&RecipientKind::ALL),
            country: if self.likely(favour) {
                Country::KZ
            } else {
                self.of(&[Country::UNKNOWN, "RU".parse().unwrap()])
            },
            registered: self.likely(favour),
            undertaking: self.likely(favour),
        }
    }
}

pub(crate) fn shipped() -> (Folder, Policy) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy");
    let folder = Folder::read(&path).unwrap();
    let policy = Policy::load(&folder).unwrap_or_else(|found| panic!("{found:#?}"));
    (folder, policy)
}

#[test]
fn the_tables_say_what_cedar_says() {
    let (_, policy) = shipped();
    let count = std::env::var(COUNT_VARIABLE)
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(COUNT);
    let allowed: u64 = std::thread::scope(|scope| {
        let compare = |thread| compare(&policy, thread, count / THREADS);
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(move || compare(thread)))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(
        allowed * 200 > count,
        "only {allowed} of {count} were allowed: the draw shows too little"
    );
}

fn compare(policy: &Policy, thread: u64, count: u64) -> u64 {
    let mut engine = Engine::of(policy).unwrap();
    let draw = Draw::new(policy, 0x5a4d_7971 + thread);
    let mut allowed = 0;
    for turn in 0..count {
        let question = draw.question();
        let field = question.fields.iter().next().unwrap();
        let whole = turn % WHOLE_EVERY == 0;
        let verdict = if whole {
            engine.ask(&question, field)
        } else {
            engine.ask_briefly(&question, field)
        }
        .unwrap();
        let answer = policy.answer(&question);
        assert_eq!(answer.allowed, verdict.allowed, "{question:#?}");
        if !verdict.rules.is_empty() {
            let mut rules: Vec<String> = answer.rules.iter().map(ToString::to_string).collect();
            rules.sort();
            assert_eq!(rules, verdict.rules, "{question:#?}");
        }
        allowed += u64::from(answer.allowed);
    }
    allowed
}

#[test]
fn a_set_is_allowed_exactly_when_each_of_its_fields_is() {
    let (_, policy) = shipped();
    let draw = Draw::new(&policy, 77);
    let mut allowed = 0;
    for _ in 0..20_000 {
        let mut question = draw.question();
        question.fields = (0..3).map(|_| draw.of(&draw.fields)).collect();
        let answer = policy.answer(&question);
        let refused: FieldSet = question
            .fields
            .iter()
            .filter(|field| {
                !policy
                    .answer(&Question {
                        fields: FieldSet::only(*field),
                        ..question.clone()
                    })
                    .allowed
            })
            .collect();
        assert_eq!(answer.refused, refused, "{question:#?}");
        assert_eq!(answer.allowed, refused.is_empty());
        allowed += u32::from(answer.allowed);
    }
    assert!(allowed > 20, "only {allowed} sets were allowed");
}

#[test]
fn nothing_is_decided_about_no_field_or_a_field_that_nothing_declares() {
    let (_, policy) = shipped();
    let mut question = Draw::new(&policy, 1).question();
    question.fields = FieldSet::EMPTY;
    assert!(!policy.answer(&question).allowed);
    question.fields = FieldSet::only(Field::new(127).unwrap());
    assert_eq!(policy.answer(&question).rules.first().unwrap().as_str(), "1.1.1");
}
