//! Laws about the tables, checked on the live tables of both engines: every column has a class, and the rules of scale.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

use std::collections::{BTreeMap, BTreeSet};

use super::scene::{Place, run};
use sandyq_store::backup::TABLES_OF_A_SET;
use sandyq_store::database::classes::{Class, LOOKUPS, TABLES};
use sandyq_store::{Row, Store};

/// A live column: table, name, type, place in the primary key from 1 (0: none).
type Column = (String, String, String, u64);

const SQLITE_COLUMNS: &str = "SELECT m.name, p.name, p.type, p.pk FROM sqlite_master m \
     JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";

const POSTGRES_COLUMNS: &str = "SELECT c.table_name::text, c.column_name::text, c.data_type::text, \
     COALESCE((SELECT k.ordinal_position FROM information_schema.key_column_usage k \
               JOIN information_schema.table_constraints t USING (constraint_schema, constraint_name) \
               WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema \
               AND k.table_name = c.table_name AND k.column_name = c.column_name), 0)::bigint \
     FROM information_schema.columns c WHERE c.table_schema = current_schema()";

const SQLITE_ENGINE_MADE: &str = "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view') \
     OR sql LIKE '%AUTOINCREMENT%' OR sql LIKE '% DEFAULT %' OR name = 'sqlite_sequence'";

const POSTGRES_ENGINE_MADE: &str = "SELECT sequence_name::text FROM information_schema.sequences \
     WHERE sequence_schema = current_schema() \
     UNION SELECT trigger_name::text FROM information_schema.triggers WHERE trigger_schema = current_schema() \
     UNION SELECT column_name::text FROM information_schema.columns \
     WHERE table_schema = current_schema() AND column_default IS NOT NULL";

async fn ask(store: &Store, sql: &'static str) -> Vec<Row> {
    store.read(move |reader| reader.query(sql, &[])).await.unwrap()
}

async fn columns(place: &Place, store: &Store) -> Vec<Column> {
    let sql = if place.is_postgres() {
        POSTGRES_COLUMNS
    } else {
        SQLITE_COLUMNS
    };
    let mut rows = ask(store, sql).await;
    let read = |row: &mut Row| {
        (
            row.take(0).unwrap(),
            row.take(1).unwrap(),
            row.take(2).unwrap(),
            row.take(3).unwrap(),
        )
    };
    rows.iter_mut().map(read).collect()
}

#[test]
fn every_live_column_is_declared_and_every_declared_column_lives() {
    for place in Place::all() {
        run(async {
            let store = place.open();
            let live: BTreeSet<_> = columns(&place, &store)
                .await
                .into_iter()
                .map(|(table, column, ..)| (table, column))
                .collect();
            let declared: BTreeSet<_> = TABLES
                .iter()
                .flat_map(|(table, columns)| {
                    columns
                        .iter()
                        .map(|(column, _)| ((*table).to_owned(), (*column).to_owned()))
                })
                .collect();
            assert_eq!(live, declared);
        });
    }
}

#[test]
fn the_subject_comes_first_in_the_key_of_what_belongs_to_it() {
    for place in Place::all() {
        run(async {
            let store = place.open();
            let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
            for column in columns(&place, &store).await {
                tables.entry(column.0.clone()).or_default().push(column);
            }
            for (table, columns) in tables {
                assert!(
                    columns.iter().any(|(.., place)| *place == 1),
                    "{table} has no primary key"
                );
                let subject = columns.iter().find(|(_, column, ..)| column == "subject_id");
                let led = subject.is_none_or(|(.., place)| *place == 1);
                assert_eq!(led, !LOOKUPS.contains(&table.as_str()), "{table}");
            }
        });
    }
}

#[test]
fn what_a_set_is_ordered_by_are_numbers_and_bytes_which_both_engines_sort_alike() {
    for place in Place::all() {
        run(async {
            let store = place.open();
            let kinds: BTreeMap<(String, String), String> = columns(&place, &store)
                .await
                .into_iter()
                .map(|(table, column, kind, _)| ((table, column), kind))
                .collect();
            for needed in &TABLES_OF_A_SET {
                for (place, is_number) in needed.order.iter().zip(needed.numbers) {
                    let column = (needed.name.to_owned(), needed.columns[*place].to_owned());
                    let fit = if *is_number {
                        ["INTEGER", "bigint"]
                    } else {
                        ["BLOB", "bytea"]
                    };
                    assert!(
                        fit.contains(&kinds[&column].as_str()),
                        "{column:?} is {}",
                        kinds[&column]
                    );
                }
            }
        });
    }
}

#[test]
fn only_numbers_texts_and_bytes_and_nothing_that_the_engine_makes_up() {
    for place in Place::all() {
        run(async {
            let store = place.open();
            for (table, column, kind, _) in columns(&place, &store).await {
                let known = ["INTEGER", "TEXT", "BLOB", "bigint", "text", "bytea"];
                assert!(known.contains(&kind.as_str()), "{table}.{column} is {kind}");
            }
            let sql = if place.is_postgres() {
                POSTGRES_ENGINE_MADE
            } else {
                SQLITE_ENGINE_MADE
            };
            assert_eq!(ask(&store, sql).await, []);
        });
    }
}

#[test]
fn sealed_are_values_tokens_and_what_proves_who_somebody_is_and_keys_are_in_no_column() {
    let of_class = |class| {
        let columns = TABLES
            .iter()
            .flat_map(|(table, columns)| columns.iter().map(move |column| (*table, *column)));
        columns
            .filter(|(_, (_, of))| *of == class)
            .map(|(table, (column, _))| (table, column))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of_class(Class::Sealed),
        [
            ("record", "sealed"),
            ("search_index", "sealed"),
            ("authenticator", "sealed"),
            ("staff_authenticator", "sealed"),
            ("local_act_file", "sealed")
        ]
    );
    assert_eq!(of_class(Class::Key), []);
}

/// Every text of the source below `folder`.
fn sources(folder: &std::path::Path, into: &mut Vec<(std::path::PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            into.push((path, text));
        }
    }
}

#[test]
fn nothing_in_the_program_changes_or_removes_what_is_in_a_register_that_is_only_added_to() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let source = entry.unwrap().path().join("src");
        if source.is_dir() {
            sources(&source, &mut texts);
        }
    }
    for register in [
        "BREACH",
        "BREACH_STEP",
        "LOCAL_ACT",
        "LOCAL_ACT_FILE",
        "LOCAL_ACT_HIDDEN",
    ] {
        is_only_added_to(register, &texts);
    }
}

fn is_only_added_to(register: &str, texts: &[(std::path::PathBuf, String)]) {
    let insert = format!("INSERT INTO {register} ");
    let mut added = 0;
    for (path, text) in texts {
        let plain = text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_uppercase();
        added += plain.matches(&insert).count();
        for verb in ["UPDATE", "DELETE FROM", "REPLACE INTO", "DROP TABLE"] {
            for end in [" ", "\"", ";"] {
                let statement = format!("{verb} {register}{end}");
                assert!(!plain.contains(&statement), "{}: {statement}", path.display());
            }
        }
        // What is put again stays as it was.
        for (at, _) in plain.match_indices(&insert) {
            let statement: String = plain[at..]
                .chars()
                .take(600)
                .take_while(|sign| *sign != ';')
                .collect();
            assert!(!statement.contains("DO UPDATE"), "{}", path.display());
        }
    }
    assert!(added >= 2, "{register} is written to somewhere");
}
