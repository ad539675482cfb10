//! What must be true after every step, and after every history.

use std::sync::Arc;

use jiff::SignedDuration;
use sandyq_ledger::receipt::{DestructionReceipt, open};
use sandyq_ledger::tree::verify_consistency;
use sandyq_model::value::{self, Context, ValueKind};
use sandyq_model::{Fault, Field, Plain, Standing, SubjectId, time};
use sandyq_processing::{Language, System};
use sandyq_store::tables::consent::{self, ConsentAct, ConsentRow};
use sandyq_store::tables::record::{self, Record};
use sandyq_store::tables::search_index;
use sandyq_store::tables::subject::{self, Subject};
use sandyq_store::{Store, StoreOptions};

use super::{Known, World};

/// One subject as the store has it.
pub(super) struct Found {
    pub(super) row: Subject,
    pub(super) records: Vec<Record>,
    pub(super) consents: Vec<ConsentRow>,
    pub(super) tokens: usize,
}

impl Found {
    /// Whether a consent stands that was given.
    fn consents_stand(&self) -> bool {
        self.consents.iter().any(|given| {
            let withdrawn = |row: &ConsentRow| row.id == given.id && row.act == ConsentAct::Withdrawn;
            given.act == ConsentAct::Given && !self.consents.iter().any(withdrawn)
        })
    }
}

pub(super) async fn everybody(system: &System) -> Vec<Found> {
    read_everybody(system).await.unwrap()
}

/// The same of a database that may be damaged.
pub(super) async fn read_everybody(system: &System) -> Result<Vec<Found>, Fault> {
    let read = system.store().read(|reader| {
        let mut all = Vec::new();
        for row in subject::page(reader, None, 1000)? {
            all.push(Found {
                records: record::of_subject(reader, row.id)?,
                consents: consent::of_subject(reader, row.id)?,
                tokens: search_index::of_subject(reader, row.id)?.len(),
                row,
            });
        }
        Ok(all)
    });
    read.await
}

impl World {
    /// Who is in the store and was not known before.
    pub(super) async fn newcomer(&self) -> Option<SubjectId> {
        let all = everybody(&self.system()).await;
        let mut new = all.iter().map(|found| found.row.id);
        new.find(|id| !self.known.contains_key(id))
    }

    /// Looks at everything; after a new start, also at what takes longer.
    pub(super) async fn look(&mut self, is_new_start: bool) {
        let system = self.system();
        let all = everybody(&system).await;
        let missing = |id: &SubjectId| !all.iter().any(|found| found.row.id == *id);
        assert!(
            !self.known.keys().any(missing),
            "somebody who was acknowledged is not there"
        );
        for found in &all {
            self.look_at(&system, found);
        }
        self.ledger_grows(&system).await;
        self.receipts_hold(&system).await;
        if is_new_start {
            system.store().verify(|_, _| {}).await.unwrap();
            self.nobody_comes_back(&system).await;
            self.values_are_there(&system).await;
        }
    }

    fn look_at(&mut self, system: &System, found: &Found) {
        let row = &found.row;
        let store = system.store();
        let known = self.known.entry(row.id).or_insert_with(|| Known {
            row: row.clone(),
            withdrawn: false,
            blocked: false,
            destroyed: false,
            phone: None,
        });
        let was_due = known.row.due_at.is_some_and(|due| due <= system.now());
        let is_destroyed = row.standing == Standing::Destroyed;
        assert!(!known.destroyed || is_destroyed, "a destroyed person is back");
        assert!(
            !is_destroyed || known.destroyed || known.withdrawn || was_due,
            "destroyed without a reason"
        );
        if known.blocked && !known.withdrawn && !was_due {
            let stays = matches!(row.standing, Standing::Blocked | Standing::Destroyed);
            assert!(stays, "a block has ended by itself: {:?}", row.standing);
        }
        let is_remainder = found.records.iter().any(|record| record.floor.is_some());
        assert!(
            !is_remainder || row.standing == Standing::Blocked,
            "a locked remainder was freed"
        );
        if known.withdrawn {
            assert!(
                row.withdrawn_at.is_some() && !found.consents_stand(),
                "a withdrawn consent is back"
            );
        }
        let dead_below = row.key_generation + u32::from(is_destroyed);
        for generation in 1..dead_below {
            assert!(
                store.wrapped_key(row.id, generation).unwrap().is_none(),
                "a dead key"
            );
            assert!(
                store.subject_key(row.id, generation).unwrap().is_none(),
                "a dead key at hand"
            );
            self.dead_keys.entry((row.id, generation)).or_insert(false);
        }
        if is_destroyed {
            assert!(found.records.is_empty() && found.tokens == 0 && row.pseudonym.is_none());
            self.gone.insert(row.id);
        } else {
            assert!(
                store.subject_key(row.id, row.key_generation).unwrap().is_some(),
                "a key is lost"
            );
        }
        known.destroyed = is_destroyed;
        known.row = row.clone();
    }

    async fn ledger_grows(&mut self, system: &System) {
        let store = system.store();
        let now = store.checkpoint();
        if let Some(seen) = &self.seen {
            assert!(now.size >= seen.size, "the ledger has shrunk");
            let proof = store.consistency_proof(seen.size, now.size).await.unwrap();
            verify_consistency(seen.size, seen.root, now.size, now.root, &proof).unwrap();
        }
        self.seen = Some(now);
    }

    async fn receipts_hold(&mut self, system: &System) {
        let store = system.store();
        for (number, text) in &mut self.receipts {
            let Some(view) = system.receipt(number, Language::En).await.unwrap() else {
                assert!(text.is_none(), "a receipt is gone");
                continue;
            };
            assert!(
                text.as_ref().is_none_or(|text| *text == view.json),
                "a receipt has changed"
            );
            if text.is_some() {
                continue;
            }
            let keys = std::slice::from_ref(store.verifier_key());
            let opened = open::<DestructionReceipt>(view.json.as_bytes(), keys).unwrap();
            assert!(opened.statement.copies.dead_after >= opened.statement.destroyed_at);
            let (of, now) = (opened.checkpoint, store.checkpoint());
            let proof = store.consistency_proof(of.size, now.size).await.unwrap();
            verify_consistency(of.size, of.root, now.size, now.root, &proof).unwrap();
            *text = Some(view.json);
            self.count.receipts += 1;
        }
    }

    /// Nobody destroyed is found by his address, his case or his session.
    async fn nobody_comes_back(&self, system: &System) {
        for person in &self.people {
            let Some(subject) = person.subject.filter(|id| self.gone.contains(id)) else {
                continue;
            };
            assert!(
                !found_by(system, &person.email).await.contains(&subject),
                "a destroyed person is found by his address"
            );
            if let Some(case) = &person.case {
                assert!(system.subject_of(case).await.is_err(), "found by his case");
            }
            if let Some(token) = &person.token {
                assert!(
                    system.caller(token).await.unwrap().is_none(),
                    "his session is open"
                );
            }
            if let Some(caller) = &person.caller {
                assert!(
                    system.my_data(caller, Language::En).await.is_err(),
                    "he is readable"
                );
            }
        }
    }

    /// Whoever is there is there with what was acknowledged last.
    async fn values_are_there(&self, system: &System) {
        for person in &self.people {
            let (Some(caller), Some(id)) = (&person.caller, person.subject) else {
                continue;
            };
            let Some(known) = self.known.get(&id) else {
                continue;
            };
            if known.row.standing != Standing::Active || known.withdrawn {
                continue;
            }
            let data = system.my_data(caller, Language::En).await.unwrap();
            // Somebody may have come again since, with another address.
            let email = data.rows.iter().find(|row| row.name == "email").unwrap();
            assert!(
                found_by(system, email.value.expose()).await.contains(&id),
                "somebody is no longer found by his address"
            );
            let phone = data.rows.iter().find(|row| row.name == "contact_phone").unwrap();
            let expected = known.phone.as_deref().unwrap_or("+77011234567");
            assert_eq!(phone.value.expose(), expected);
        }
    }

    /// The last look: everything that was promised is done, and no old copy opens what died in an epoch that has ended.
    pub async fn ends(&mut self) {
        let system = self.system();
        for _ in 0..2 {
            self.clock.advance(SignedDuration::from_hours(25));
            system.run_retention().await.unwrap();
            system.run_queue().await.unwrap();
        }
        drop(system);
        self.look(true).await;
        for known in self.known.values().filter(|known| known.withdrawn) {
            assert!(
                known.destroyed || known.row.blocked_at.is_some(),
                "a withdrawal was not carried out: {:?}",
                known.row.standing
            );
        }
        let opened = self.attacker.opens(&self.data);
        for (name, has_ended) in &self.dead_keys {
            let opens = opened.contains(name);
            assert!(
                !(opens && *has_ended),
                "an old copy opens what died in an epoch that has ended"
            );
            self.count.opened_by_attacker += usize::from(opens);
        }
        self.count.destroyed = self.gone.len();
        self.old_copies_with_present_keys();
    }

    /// An old copy of the folder, started with the present keys.
    fn old_copies_with_present_keys(&mut self) {
        drop(self.system.take());
        for copy in &self.copies {
            self.count.copies += 1;
            for key in ["root.key", "epoch.key"] {
                let present = self.data.join("keys").join(key);
                std::fs::copy(present, copy.join("keys").join(key)).unwrap();
            }
            let options = StoreOptions::in_folder(copy);
            let opened = Store::open(
                options,
                Arc::clone(&self.clock) as _,
                Arc::clone(&self.chance) as _,
            );
            let Ok(store) = opened else { continue };
            self.count.copies_that_open += 1;
            for ((subject, generation), _) in self.dead_keys.iter().filter(|(_, has_ended)| **has_ended) {
                let key = store.subject_key(*subject, *generation);
                assert!(
                    !matches!(key, Ok(Some(_))),
                    "an old copy opens a destroyed person"
                );
            }
        }
    }
}

/// Who is found by an address.
async fn found_by(system: &System, email: &str) -> Vec<SubjectId> {
    let context = Context {
        today: time::day_in_kazakhstan(system.now()),
        in_kazakhstan: false,
    };
    let email = value::parse(ValueKind::Email, &Plain::from(email), context).unwrap();
    let field = Field::new(13).unwrap();
    let store = system.store();
    let token = store
        .vault()
        .blind_index(field, &value::folded(ValueKind::Email, &email));
    store.subjects_with(field, token, 10).await.unwrap()
}
