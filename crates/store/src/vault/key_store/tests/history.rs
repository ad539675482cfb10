//! Random histories of births, deaths, rotations and stops: the store is what a map would be, and what died in an epoch
//! that has ended opens for nobody, whatever was kept.

use std::collections::BTreeMap;

use super::attacker::everything_that_opens;
use sandyq_model::{Chance, Field, SubjectId};

use super::{Cellar, Custodians, all_rows, name, rotate};
use crate::vault::key_store::node::Name;
use crate::vault::key_store::{KeyStore, Leads, Rotation};
use crate::vault::{Lead, NewKey, WrappedKey};

struct History {
    cellar: Cellar,
    living: BTreeMap<Name, WrappedKey>,
    /// Who died, and in which epoch.
    dead: BTreeMap<Name, u32>,
    /// How the living are found, and how the dead were.
    leads: BTreeMap<SubjectId, Lead>,
}

impl History {
    fn births(&mut self, store: &mut KeyStore) {
        let new: Vec<NewKey> = (0..1 + self.cellar.below(40))
            .map(|_| self.cellar.new_key(1))
            .collect();
        let leads: Vec<Lead> = new.iter().map(|key| self.lead_to(name(key).0)).collect();
        store.put_all(&new, &leads).unwrap();
        self.living
            .extend(new.iter().map(|key| (name(key), key.wrapped().clone())));
        self.leads.extend(leads.iter().map(|lead| (lead.subject, *lead)));
    }

    /// Some share a token.
    fn lead_to(&self, subject: SubjectId) -> Lead {
        let mut lead = Lead {
            subject,
            field: Field::new(13).unwrap(),
            generation: 1,
            mark: [0; 12],
            token: [7; 16],
        };
        self.cellar.chance.fill(&mut lead.mark);
        if self.cellar.below(8) > 0 {
            self.cellar.chance.fill(&mut lead.token);
        }
        lead
    }

    /// Somebody is found by something else from now on.
    fn change(&mut self, store: &mut KeyStore) {
        let place = self.cellar.below(self.living.len());
        let Some(subject) = self.living.keys().nth(place).map(|name| name.0) else {
            return;
        };
        let new = self.lead_to(subject);
        store.put_all(&[], &[new]).unwrap();
        let ended = Leads {
            replaced_by: vec![new],
            to: Vec::new(),
        };
        store.settle(&[], &ended).unwrap();
        self.leads.insert(subject, new);
    }

    fn deaths(&mut self, store: &mut KeyStore) {
        let count = 1 + self.cellar.below(6);
        let dying: Vec<Name> = (0..count)
            .filter_map(|_| {
                self.living
                    .keys()
                    .nth(self.cellar.below(self.living.len()))
                    .copied()
            })
            .collect();
        let epoch = store.status().unwrap().epoch;
        store.kill(&dying).unwrap();
        for name in dying {
            self.living.remove(&name);
            self.dead.insert(name, epoch);
        }
    }

    fn is_as_the_map_says(&self, store: &mut KeyStore) {
        let reader = store.reader().unwrap();
        for (name, key) in self.living.iter().step_by(7) {
            assert_eq!(reader.get(name.0, name.1).unwrap().as_ref(), Some(key));
        }
        for name in self.dead.keys().step_by(5) {
            assert_eq!(reader.get(name.0, name.1).unwrap(), None);
            let leads = reader.leads_from(&self.leads[&name.0].token).unwrap();
            assert!(leads.iter().all(|lead| lead.subject != name.0));
        }
        for name in self.living.keys().step_by(7) {
            let lead = self.leads[&name.0];
            assert!(reader.leads_from(&lead.token).unwrap().contains(&lead));
        }
        let mut led = Vec::new();
        while let Some(page) = Some(
            store
                .page_of_leads(led.last().map(|lead: &Lead| lead.subject))
                .unwrap(),
        )
        .filter(|page| !page.is_empty())
        {
            led.extend(page);
        }
        assert!(led.iter().eq(self.living.keys().map(|name| &self.leads[&name.0])));
        let page = store.page(None).unwrap();
        assert!(page.iter().eq(self.living.values().take(1024)));
        assert_eq!(store.status().unwrap().living, self.living.len() as u64);
    }

    /// Gives how many dead keys of the present epoch still open: the attacker is no straw man.
    fn the_attacker_fails(&self, store: &mut KeyStore) -> usize {
        let status = store.status().unwrap();
        let opened = everything_that_opens(&self.cellar);
        assert!(self.living.keys().all(|name| opened.keys.contains(name)));
        let found = |name: &Name| opened.tokens.iter().any(|(_, subject)| *subject == name.0);
        for (name, died_in) in &self.dead {
            let may = *died_in == status.epoch || status.ending == Some(*died_in);
            assert!(
                may || !(opened.keys.contains(name) || found(name)),
                "died in {died_in}, it is {}",
                status.epoch
            );
        }
        self.dead.keys().filter(|name| opened.keys.contains(name)).count()
    }
}

#[test]
fn who_died_in_an_epoch_that_ended_opens_for_nobody_who_kept_everything() {
    let mut still_open = 0;
    for seed in 0..12 {
        let mut history = History {
            cellar: Cellar::new(seed),
            living: BTreeMap::new(),
            dead: BTreeMap::new(),
            leads: BTreeMap::new(),
        };
        let mut store = history.cellar.store();
        for _ in 0..60 {
            match history.cellar.below(14) {
                0..4 => history.births(&mut store),
                12.. => history.change(&mut store),
                4..8 => history.deaths(&mut store),
                8 => {
                    // Once more when the epoch before was still ending.
                    rotate(&mut store);
                    if store.status().unwrap().deaths > 0 {
                        rotate(&mut store);
                    }
                    assert_eq!(store.status().unwrap().deaths, 0);
                    still_open += history.the_attacker_fails(&mut store);
                }
                9 => drop(store.rotate_step(2).unwrap()),
                10 => drop(store.end_epoch().unwrap()),
                _ => {
                    drop(store);
                    store = history.cellar.store();
                }
            }
        }
        still_open += history.the_attacker_fails(&mut store);
        history.is_as_the_map_says(&mut store);
        rotate(&mut store);
        rotate(&mut store);
        assert_eq!(history.the_attacker_fails(&mut store), 0);
        history.is_as_the_map_says(&mut store);
        let kept = history.cellar.kept.lock().unwrap().clone();
        assert!(
            all_rows(&mut store).iter().all(|row| kept.contains(row)),
            "the observer hears of all"
        );
    }
    assert!(still_open > 0, "or the attacker tries nothing");
}

#[test]
fn a_rotation_costs_the_ways_to_the_dead_and_no_more() {
    let cellar = Cellar::new(3);
    let mut store = cellar.store();
    let keys: Vec<_> = (0..5000).map(|_| cellar.new_key(1)).collect();
    store.put(&keys).unwrap();
    store.kill(&[name(&keys[7])]).unwrap();
    let status = store.status().unwrap();
    assert_eq!((status.epoch, status.deaths, status.living), (1, 1, 4999));
    let Rotation {
        from,
        to,
        deaths,
        nodes,
    } = rotate(&mut store);
    assert_eq!((from, to, deaths), (1, 2, 1));
    assert!((3..=5).contains(&nodes), "{nodes} nodes for one death among 5000");
}

#[test]
fn rows_and_steps_make_the_key_store_anew() {
    let cellar = Cellar::new(4);
    let mut store = cellar.store();
    let custodians = Custodians::default();
    store.entrust(Box::new(custodians.clone()));
    let keys: Vec<_> = (0..300).map(|_| cellar.new_key(1)).collect();
    store.put(&keys).unwrap();
    let base = store.rows(b"").unwrap();
    let steps = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = std::sync::Arc::clone(&steps);
    store.observe(Box::new(move |step| {
        heard.lock().unwrap().push(step.clone());
        Ok(())
    }));
    store.kill(&[name(&keys[0]), name(&keys[1])]).unwrap();
    rotate(&mut store);
    let mut rows: BTreeMap<_, _> = base.rows.into_iter().collect();
    let mut step = base.step;
    for next in steps.lock().unwrap().iter() {
        step += 1;
        assert_eq!(next.number, step);
        next.removes.iter().for_each(|path| drop(rows.remove(path)));
        rows.extend(next.puts.iter().cloned());
    }
    assert!(
        rows.iter()
            .map(|(path, blob)| (path.clone(), blob.clone()))
            .eq(all_rows(&mut store))
    );
    drop(store);
    let anew = cellar.path("anew.db");
    KeyStore::rebuild(&anew, &mut rows.into_iter().map(Ok), step).unwrap();
    let refused = KeyStore::rebuild(&anew, &mut std::iter::empty(), step).unwrap_err();
    assert!(refused.to_string().contains("already"));

    // The machine is lost, and with it the epoch's key; the custodians have the key at the top.
    let (_, top) = custodians.sets().in_force.unwrap();
    for file in ["epoch.key", "epoch-elsewhere.key"] {
        std::fs::remove_file(cellar.path(file)).unwrap();
    }
    let at = sandyq_model::Clock::now(&*cellar.clock);
    let crown = |top| KeyStore::crown(&anew, top, Box::new(cellar.slots().unwrap()), at, &*cellar.chance);
    assert!(crown(&[9; 32]).is_err());
    crown(&top).unwrap();
    std::fs::rename(&anew, cellar.path("keys.db")).unwrap();
    let mut store = cellar.store();
    assert_eq!(store.get(name(&keys[0]).0, 1).unwrap(), None);
    assert_eq!(
        store.get(name(&keys[2]).0, 1).unwrap().as_ref(),
        Some(keys[2].wrapped())
    );
    assert_eq!(store.status().unwrap().epoch, 3);
}
