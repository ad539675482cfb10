//! The ten things that must never happen, over random sequences of operations.
//!
//! A small world – a few people, two members of staff, a clock – in which anything is tried in any order, allowed or
//! not. After every sequence the whole store is looked at as a stranger with the keys of the house would.

use std::collections::BTreeSet;

use crate::stage::{Stage, card, purchase};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sandyq_ledger::entry::{Deed, Entry, Outcome};
use sandyq_model::{
    Act, Actor, Field, FieldSet, Operation, Plain, Purpose, ReceiptId, Recipient, RecipientKind, Role,
    Standing, SubjectId, Verb, act,
};
use sandyq_processing::access::Caller;
use sandyq_processing::circumstances::Circumstances;
use sandyq_processing::destroy::Destruction;
use sandyq_processing::{Language, Rejected};
use sandyq_rehearsal::SeededChance;
use sandyq_store::tables::{posting, record, subject};

/// People in the world.
const PEOPLE: usize = 3;
/// Sequences tried unless the environment asks for more: twenty steps each hold a hundred small histories.
const SEQUENCES: u32 = 2_000;
/// Sequences that share one world, so that opening a store is paid once.
const SEQUENCES_PER_WORLD: u32 = 100;
/// The number that no byte of the store may hold in the open.
const CARD: &str = "4111111111111111";
/// The verification value that no byte may hold at all; four digits that no id, date or hash text repeats by chance.
const VERIFICATION: &str = "123";

#[derive(Clone, Debug)]
enum Step {
    Submit(usize),
    Confirm(usize),
    ConfirmWrongly(usize),
    Pay(usize),
    OpenAsSales(usize, Option<u8>),
    OpenAsAdministrator(usize, u8),
    OwnLook(usize),
    LookAtAnother(usize, usize),
    Clarify(usize),
    Withdraw(usize),
    TakeBack(usize, u8),
    Disseminate(usize),
    Provide(usize),
    DestroyAsSales(usize),
    Block(usize),
    Unblock(usize),
    Renew(usize),
    MachineDecides(usize),
    Days(u8),
    Queue,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE;
    prop_oneof![
        3 => who.clone().prop_map(Step::Submit),
        4 => who.clone().prop_map(Step::Confirm),
        1 => who.clone().prop_map(Step::ConfirmWrongly),
        3 => who.clone().prop_map(Step::Pay),
        3 => (who.clone(), proptest::option::of(1_u8..=12)).prop_map(|(p, purpose)| Step::OpenAsSales(p, purpose)),
        1 => (who.clone(), 1_u8..=12).prop_map(|(p, purpose)| Step::OpenAsAdministrator(p, purpose)),
        2 => who.clone().prop_map(Step::OwnLook),
        1 => (who.clone(), who.clone()).prop_map(|(a, b)| Step::LookAtAnother(a, b)),
        2 => who.clone().prop_map(Step::Clarify),
        2 => who.clone().prop_map(Step::Withdraw),
        2 => (who.clone(), 0_u8..5).prop_map(|(p, which)| Step::TakeBack(p, which)),
        1 => who.clone().prop_map(Step::Disseminate),
        1 => who.clone().prop_map(Step::Provide),
        1 => who.clone().prop_map(Step::DestroyAsSales),
        1 => who.clone().prop_map(Step::Block),
        1 => who.clone().prop_map(Step::Unblock),
        1 => who.clone().prop_map(Step::Renew),
        1 => who.prop_map(Step::MachineDecides),
        1 => (1_u8..4).prop_map(Step::Days),
        2 => Just(Step::Queue),
    ]
}

/// What is known of one person from outside.
#[derive(Default)]
struct Person {
    email: String,
    taken: Option<sandyq_processing::service::Taken>,
    caller: Option<Caller>,
    subject: Option<SubjectId>,
    case: Option<String>,
    withdrawn: bool,
}

struct World {
    stage: Stage,
    sales: Caller,
    administrator: Caller,
    responsible: Caller,
    people: Vec<Person>,
    /// Everybody there ever was, with whether the withdrawal was acknowledged.
    everybody: Vec<(SubjectId, bool)>,
    born: usize,
    /// Operations that were answered, refused ones included: each must have its entry.
    answered: u64,
}

impl World {
    async fn new() -> Self {
        let stage = Stage::new();
        let sales = stage.staff("aliya", "sales").await;
        let administrator = stage.staff("root", "administrator").await;
        let responsible = stage.staff("aru", "responsible").await;
        Self {
            stage,
            sales,
            administrator,
            responsible,
            people: Vec::new(),
            everybody: Vec::new(),
            born: 0,
            answered: 0,
        }
    }

    /// New people for a new sequence; the old ones stay in the store.
    fn next_sequence(&mut self) {
        self.everybody
            .extend(self.people.iter().filter_map(|p| Some((p.subject?, p.withdrawn))));
        self.people = (0..PEOPLE)
            .map(|_| {
                self.born += 1;
                Person {
                    email: format!("nursaule{}@example.kz", self.born),
                    ..Person::default()
                }
            })
            .collect();
    }

    fn operation<V: Act>(
        &self,
        person: usize,
        actor: Actor,
        purpose: Option<Purpose>,
    ) -> Option<Operation<V>> {
        let subject = self.people[person].subject?;
        let key = self.stage.key();
        let mut operation = Operation::new(
            actor,
            subject,
            sandyq_model::Category::Guest,
            self.stage.now(),
            key,
        );
        operation.purpose = purpose;
        Some(operation)
    }

    async fn tries(&mut self, step: Step) {
        match step {
            Step::Submit(p) => self.submit(p).await,
            Step::Confirm(p) => self.confirm(p).await,
            Step::ConfirmWrongly(p) => {
                if let Some(taken) = &self.people[p].taken {
                    let wrong = Plain::from("99999999");
                    let tried = self
                        .stage
                        .system
                        .confirm(&taken.ticket, &taken.binding, &wrong, self.stage.key())
                        .await;
                    assert!(tried.is_err());
                }
            }
            Step::Pay(p) => {
                if let (Some(caller), Some(case)) =
                    (self.people[p].caller.clone(), self.people[p].case.clone())
                {
                    let form = card(CARD, VERIFICATION);
                    let paid = self
                        .stage
                        .system
                        .pay(&caller, &case, form, Language::Ru, self.stage.key())
                        .await;
                    self.expect_withdrawn_is_refused(p, paid.is_ok());
                }
            }
            Step::OpenAsSales(p, purpose) => {
                let (sales, purpose) = (self.sales.clone(), purpose.and_then(Purpose::new));
                let opened = self.open_case(p, &sales, purpose).await;
                assert!(
                    !opened || purpose == Some(Purpose::ORDERS),
                    "opened for {purpose:?}"
                );
                self.expect_withdrawn_is_refused(p, opened);
            }
            Step::OpenAsAdministrator(p, purpose) => {
                let administrator = self.administrator.clone();
                assert!(
                    !self.open_case(p, &administrator, Purpose::new(purpose)).await,
                    "an administrator reads"
                );
            }
            Step::OwnLook(p) => {
                if let Some(caller) = self.people[p].caller.clone() {
                    let looked = self.stage.system.my_data(&caller, Language::En).await;
                    self.expect_withdrawn_is_refused(p, looked.is_ok());
                }
            }
            Step::LookAtAnother(p, other) => self.look_at_another(p, other).await,
            Step::Clarify(p) => {
                if let Some(caller) = self.people[p].caller.clone() {
                    let typed = Plain::from("+7 702 111 22 33");
                    let changed = self
                        .stage
                        .system
                        .clarify(&caller, "contact_phone", &typed, self.stage.key())
                        .await;
                    self.expect_withdrawn_is_refused(p, changed.is_ok());
                }
            }
            Step::Withdraw(p) => self.withdraw(p).await,
            Step::TakeBack(p, which) => self.take_back(p, which).await,
            other => self.hostile(other).await,
        }
    }

    async fn submit(&mut self, p: usize) {
        if self.people[p].taken.is_none() {
            let taken = self.stage.submits(purchase(&self.people[p].email)).await.unwrap();
            self.people[p].taken = Some(taken);
            self.answered += 1;
        }
    }

    async fn confirm(&mut self, p: usize) {
        let Some(taken) = &self.people[p].taken else {
            return;
        };
        let code = self.stage.code_for(&self.people[p].email);
        let Ok(entered) = self
            .stage
            .system
            .confirm(&taken.ticket, &taken.binding, &code, self.stage.key())
            .await
        else {
            return;
        };
        let Some(entered) = entered.whole() else { return };
        self.answered += 1;
        let caller = self
            .stage
            .system
            .caller(entered.session.expose())
            .await
            .unwrap()
            .unwrap();
        self.people[p].subject = caller.subject;
        self.people[p].case = entered.case;
        self.people[p].caller = Some(caller);
    }

    async fn open_case(&mut self, p: usize, caller: &Caller, purpose: Option<Purpose>) -> bool {
        let Some(case) = self.people[p].case.clone() else {
            return false;
        };
        match self
            .stage
            .system
            .open_case(caller, &case, purpose, Language::Kk)
            .await
        {
            Ok(opened) => {
                assert!(
                    opened.fields.iter().all(|shown| !shown.name.starts_with("card")),
                    "staff see no card"
                );
                self.answered += 1;
                true
            }
            Err(Rejected::Refusal(_)) => {
                self.answered += 1;
                false
            }
            Err(_) => false,
        }
    }

    async fn look_at_another(&mut self, p: usize, other: usize) {
        let Some(caller) = self.people[p].caller.clone() else {
            return;
        };
        if p == other {
            return;
        }
        let Some(mut operation) = self.operation::<act::Extract>(other, caller.actor, None) else {
            return;
        };
        operation.fields = FieldSet::only(Field::new(13).unwrap());
        // A caller is "own" only for the own subject; the faces cannot even say this.
        let looked = self.stage.system.perform(&operation, &nothing_known(), &()).await;
        assert!(
            matches!(looked, Err(Rejected::Refusal(_))),
            "somebody read another's data"
        );
        self.answered += 1;
    }

    async fn withdraw(&mut self, p: usize) {
        let Some(caller) = self.people[p].caller.clone() else {
            return;
        };
        let subject = self.people[p].subject.unwrap();
        let row = self
            .stage
            .system
            .store()
            .read(move |reader| subject::find(reader, subject))
            .await
            .unwrap()
            .unwrap();
        if row.standing == Standing::Destroyed {
            return;
        }
        let taken = self.stage.system.take_withdrawal(&caller, self.stage.key()).await;
        assert!(taken.is_ok(), "a withdrawal was refused: {taken:?}");
        self.people[p].withdrawn = true;
        self.answered += 1;
    }

    /// One consent ends, by its place among those that were given; what nothing else needs goes with the next turn of the queue.
    async fn take_back(&mut self, p: usize, which: u8) {
        let Some(caller) = self.people[p].caller.clone() else {
            return;
        };
        let Ok(consents) = self.stage.system.my_consents(&caller, Language::En).await else {
            return;
        };
        let standing = consents.iter().filter(|consent| consent.stands);
        let Some(consent) = standing.clone().nth(usize::from(which)) else {
            return;
        };
        let is_last = standing.count() == 1;
        let taken = self
            .stage
            .system
            .take_back(&caller, consent.id, self.stage.key())
            .await;
        assert!(taken.is_ok(), "a consent could not be taken back: {taken:?}");
        self.people[p].withdrawn |= is_last;
        self.answered += 1;
    }

    /// What nobody may do, tried through the front door.
    async fn hostile(&mut self, step: Step) {
        let sales = self.sales.actor;
        let system = self.stage.system.clone();
        let circumstances = nothing_known();
        match step {
            Step::Disseminate(p) => {
                let Some(operation) = self.operation::<act::Disseminate>(p, sales, Purpose::new(7)) else {
                    return;
                };
                self.must_refuse(system.perform(&operation, &circumstances, &Vec::new()).await);
            }
            Step::Provide(p) => {
                let Some(operation) = self.operation::<act::Provide>(p, sales, Purpose::new(5)) else {
                    return;
                };
                let handing = self.stage.handing(&operation);
                self.must_refuse(
                    system
                        .perform(&operation, &Circumstances::towards(abroad()), &handing)
                        .await,
                );
            }
            Step::MachineDecides(p) => {
                let actor = Actor::system(Role::SCHEDULE);
                let Some(mut operation) = self.operation::<act::Block>(p, actor, None) else {
                    return;
                };
                operation.effect = true;
                self.must_refuse(system.perform(&operation, &circumstances, &()).await);
            }
            Step::DestroyAsSales(p) => {
                let Some(operation) = self.operation::<act::Destroy>(p, self.sales.actor, None) else {
                    return;
                };
                let input = Destruction {
                    receipt: ReceiptId::random(&SeededChance::new(1)),
                    job: None,
                    proofs: Vec::new(),
                };
                self.must_refuse(system.perform(&operation, &circumstances, &input).await);
            }
            Step::Block(p) => {
                let Some(subject) = self.people[p].subject else {
                    return;
                };
                let _ = system.block(&self.responsible, subject).await;
            }
            Step::Unblock(p) => {
                let Some(subject) = self.people[p].subject else {
                    return;
                };
                let _ = system.unblock(&self.responsible, subject).await;
            }
            Step::Renew(p) => {
                let Some(subject) = self.people[p].subject else {
                    return;
                };
                let _ = system.renew_seals(subject).await;
            }
            Step::Days(days) => {
                self.stage
                    .passes(SignedDuration::from_hours(24 * i64::from(days)));
                system.run_retention().await.unwrap();
            }
            _ => {
                system.run_queue().await.unwrap();
            }
        }
    }

    fn must_refuse<T>(&mut self, outcome: Result<T, Rejected>) {
        assert!(
            matches!(outcome, Err(Rejected::Refusal(_))),
            "a closed door stood open"
        );
        self.answered += 1;
    }

    fn expect_withdrawn_is_refused(&mut self, p: usize, happened: bool) {
        assert!(
            !(happened && self.people[p].withdrawn),
            "processed after the withdrawal"
        );
        self.answered += u64::from(happened);
    }

    /// Looks at everything that is left as a stranger with the keys of the house.
    async fn inspect(&mut self) {
        self.next_sequence();
        self.stage.passes(SignedDuration::from_hours(1));
        let mut looks = 0;
        while self.stage.system.run_retention().await.unwrap() > 0 {
            self.stage.system.run_queue().await.unwrap();
            looks += 1;
            assert!(looks < 100, "what the run finds, it finds for ever");
        }
        self.stage.system.run_queue().await.unwrap();
        let store = self.stage.system.store().clone();
        store.verify(|_, _| {}).await.unwrap();
        let size = store.checkpoint().size;
        let entries = store
            .read(move |reader| posting::newest(reader, size, u32::try_from(size).unwrap()))
            .await
            .unwrap();
        assert!(
            size >= self.answered,
            "{size} entries for {} answered operations",
            self.answered
        );
        for placed in &entries {
            check_entry(&placed.entry);
        }
        for (id, withdrawn) in self.everybody.clone() {
            self.check_person(id, withdrawn).await;
        }
        self.scan_bytes();
    }

    async fn check_person(&self, id: SubjectId, withdrawn: bool) {
        let store = self.stage.system.store();
        let (row, records) = store
            .read(move |reader| {
                Ok((
                    subject::find(reader, id)?.unwrap(),
                    record::of_subject(reader, id)?,
                ))
            })
            .await
            .unwrap();
        let kept: BTreeSet<u8> = records.iter().map(|record| record.field.number()).collect();
        // What staff have blocked stays whole until they end the block (DEF-3); what a floor keeps is marked with it.
        let blocked_whole = row.blocked_at.is_some() && records.iter().all(|record| record.floor.is_none());
        if withdrawn && !blocked_whole {
            let floor = BTreeSet::from([1, 2, 3]);
            assert!(
                kept.is_subset(&floor),
                "fields {kept:?} stayed after a withdrawal"
            );
            assert_ne!(row.standing, Standing::Active);
        }
        if row.standing == Standing::Active {
            self.days_are_as_computed(id, &row, &records).await;
        }
        if row.standing == Standing::Destroyed {
            assert!(kept.is_empty() && row.pseudonym.is_none());
            assert!(
                store.wrapped_key(id, row.key_generation).unwrap().is_none(),
                "a destroyed person has a key"
            );
        }
    }

    /// 8: the days that lie with the values are those that are computed, nothing that is due is left, and nothing serves no
    /// purpose any more.
    async fn days_are_as_computed(&self, id: SubjectId, row: &subject::Subject, records: &[record::Record]) {
        let ends = self.stage.system.overview(id).await.unwrap().ends;
        let now = self.stage.now();
        for record in records {
            let end = ends.iter().find(|end| end.field == record.field).unwrap();
            assert_eq!(record.until_at.or(row.due_at), Some(end.ends_at));
            assert!(
                end.ends_at > now || !end.floors.is_empty(),
                "a value outlived its day"
            );
        }
    }

    /// 1 and 2: no card number, no verification value, no name or address in the open in any file.
    fn scan_bytes(&self) {
        let mut folders = vec![self.stage.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for file in std::fs::read_dir(folder).unwrap().flatten() {
                if file.path().is_dir() {
                    folders.push(file.path());
                    continue;
                }
                let bytes = std::fs::read(file.path()).unwrap();
                for canary in [CARD, "Омарова", "+77011234567", "nursaule", "MARA OMAROVA"] {
                    let found = bytes
                        .windows(canary.len())
                        .any(|window| window == canary.as_bytes());
                    assert!(!found, "{canary} stands in {}", file.path().display());
                }
            }
        }
    }
}

fn nothing_known() -> Circumstances {
    Circumstances::towards(Recipient::OPERATOR)
}

fn abroad() -> Recipient {
    let country = "DE".parse().unwrap();
    Recipient {
        kind: RecipientKind::Distributor,
        country,
        registered: true,
        undertaking: true,
    }
}

/// 3, 4, 6, 7, 9: what the ledger may say.
fn check_entry(entry: &Entry) {
    if entry.outcome != Outcome::Done {
        return;
    }
    let Deed::Verb(verb) = entry.deed else { return };
    assert!(!verb.is_transfer(), "something was handed out");
    assert!(
        !entry.clauses.is_empty(),
        "{verb} without a clause that allows it"
    );
    let reads = matches!(verb, Verb::Extract | Verb::Use | Verb::Collect | Verb::Record);
    assert!(!reads || entry.purpose.is_some(), "{verb} without a purpose");
    assert!(
        entry.role != Role::ADMINISTRATOR || verb == Verb::Store,
        "an administrator did {verb}"
    );
    let card = FieldSet::only(Field::new(17).unwrap());
    if !entry.fields.intersection(card).is_empty() && matches!(verb, Verb::Use | Verb::Record) {
        assert_eq!(entry.purpose, Some(Purpose::ORDERS), "a card outside 2.2.7");
    }
}

#[test]
fn the_ten_never_events() {
    let wanted = std::env::var("SANDYQ_SEQUENCES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(SEQUENCES);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let worlds = wanted.div_ceil(SEQUENCES_PER_WORLD);
    for world in 0..worlds {
        eprintln!("world {} of {worlds}", world + 1);
        let sequences = SEQUENCES_PER_WORLD.min(wanted - world * SEQUENCES_PER_WORLD);
        let mut state = runtime.block_on(World::new());
        let mut runner = TestRunner::new(Config {
            cases: sequences,
            failure_persistence: None,
            ..Config::default()
        });
        let cell = std::cell::RefCell::new(&mut state);
        let strategy = prop::collection::vec(step(), 1..24);
        runner
            .run(&strategy, |steps| {
                let mut world = cell.borrow_mut();
                runtime.block_on(async {
                    world.next_sequence();
                    for step in steps {
                        world.tries(step).await;
                    }
                });
                Ok(())
            })
            .unwrap();
        runtime.block_on(state.inspect());
    }
}
