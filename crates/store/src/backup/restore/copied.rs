//! What the second copy knows beyond a set: the rest of the ledger, and everybody who has changed since.

use sandyq_model::Standing;

use super::super::fault::BackupFault;
use super::after::{After, Change, Page};
use crate::database::FromValue;
use crate::second_copy::{Image, SecondCopy, SharedRow};

/// Reads what a verified second copy knows beyond a ledger of `size` entries.
///
/// # Errors
/// When the copy does not reach back that far: then a newer set is needed.
pub fn copied(copy: &SecondCopy, size: u64) -> Result<After, BackupFault> {
    let pages = copy
        .ledger_from(size)
        .map_err(|fault| BackupFault::RolledBack(fault.to_string()))?;
    let pages = pages.iter().map(|page| Page {
        first: page.first,
        entries: page.split().map(<[u8]>::to_vec).collect(),
        note: page.note.clone(),
    });
    let changes = copy.images().map(|image| (image.subject, change(image)));
    let (house, shared): (Vec<_>, Vec<_>) = copy.shared_rows().partition(|row| row.is_of_the_house());
    let statements =
        |rows: Vec<&SharedRow>| -> Result<Vec<_>, _> { rows.into_iter().map(SharedRow::statement).collect() };
    Ok(After {
        pages: pages.collect(),
        changes: changes.collect(),
        shared: statements(shared)?,
        house: Some(statements(house)?),
    })
}

fn change(image: &Image) -> Change {
    Change {
        subject: image.subject,
        version: image.version(),
        standing: subject_column(image, 2).and_then(|standing: u8| Standing::from_code(standing)),
        generation: subject_column(image, 5),
        statements: image.statements(),
    }
}

/// A column of the subject's own row, which is in the first table of an image.
fn subject_column<T: FromValue>(image: &Image, column: usize) -> Option<T> {
    let row = image.tables.iter().find(|rows| rows.table == 1)?.rows.first()?;
    row.0.get(column).cloned().and_then(T::from_value)
}
