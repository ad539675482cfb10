//! What a restore is told: every person of the copy in the newest state, and the ledger from where a set ends.

use std::sync::Arc;

use sandyq_model::{Category, Standing, SubjectId};
use sandyq_rehearsal::SeededChance;

use super::format::key;
use super::memory::Memory;
use crate::backup::BackupFault;
use crate::backup::restore::copied;
use crate::database::{Row, Value};
use crate::second_copy::content::{Content, LedgerPage, Stand};
use crate::second_copy::stream::Stream;
use crate::second_copy::walk::walk_end;
use crate::second_copy::{Image, Rows, SecondCopy};

/// The image of a person who stands there, at that version.
fn image(subject: SubjectId, standing: Standing, version: i64) -> Content {
    let mut row = vec![Value::Null; 12];
    (row[0], row[1]) = (subject.into(), Category::Guest.into());
    (row[2], row[3], row[5]) = (standing.into(), Value::Integer(version), Value::Integer(2));
    let tables = vec![Rows {
        table: 1,
        rows: vec![Row(row)],
    }];
    Content::Image(Image {
        subject,
        ledger: 6,
        tables,
    })
}

fn page(first: u64, note: &str) -> Content {
    Content::Ledger(LedgerPage {
        first,
        count: 2,
        entries: vec![0, 1, 7, 0, 1, 8],
        note: note.to_owned(),
    })
}

#[test]
fn a_restore_gets_people_and_ledger_out_of_the_copy() {
    let memory = Memory::default();
    let chance = Arc::new(SeededChance::new(3));
    let walked = walk_end(&mut memory.clone(), &key(1), &mut |_, _| Ok(())).unwrap();
    let mut stream = Stream::after(&walked, Box::new(memory.clone()), key(1), chance.clone());
    let start = Stand {
        ledger: 4,
        ..Stand::default()
    };
    stream.begin(start).unwrap();
    let [blocked, destroyed, gone] = [1, 2, 3].map(|byte| SubjectId::from_bytes([byte; 16]));
    let nothing = Content::Image(Image {
        subject: gone,
        ledger: 6,
        tables: Vec::new(),
    });
    let contents = [
        image(blocked, Standing::Active, 2),
        image(blocked, Standing::Blocked, 3),
        image(destroyed, Standing::Destroyed, 5),
        nothing,
        page(4, ""),
        page(6, "a note"),
    ];
    stream.write(&contents).unwrap();
    let copy = SecondCopy::read(&mut memory.clone(), &key(1)).unwrap();

    let after = copied(&copy, 5).unwrap();
    assert_eq!(after.reaches(), 8);
    assert_eq!(after.pages[0].entries, [vec![7], vec![8]]);
    let change = |id| after.changes.get(&id).unwrap();
    assert_eq!(change(blocked).standing, Some(Standing::Blocked));
    assert_eq!(
        (change(blocked).version, change(blocked).generation),
        (Some(3), Some(2))
    );
    assert!(!change(blocked).is_end() && change(blocked).is_newer_than(Some(2)));
    assert!(
        !change(blocked).is_newer_than(Some(3)),
        "the set may know as much"
    );
    assert!(change(destroyed).is_end() && change(gone).is_end());
    assert!(
        change(gone).is_newer_than(Some(9)),
        "nothing left is newer than anything"
    );

    let fault = copied(&copy, 3).unwrap_err();
    assert!(matches!(fault, BackupFault::RolledBack(_)), "{fault}");
}
