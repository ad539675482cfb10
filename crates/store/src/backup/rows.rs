//! The bytes of rows in a chunk. One header line, then row after row; nothing depends on the engine.
//!
//! ```text
//! sandyq-rows/1 record subject_id,field,…\n
//! row: length of what follows in 4 bytes; for each column a tag and its bytes
//!   00                     nothing
//!   01 + 8 bytes           a number, most significant byte first
//!   02 + 4 bytes + text    text, behind its length
//!   03 + 4 bytes + bytes   bytes, behind their length
//! ```

use super::fault::BackupFault;
use crate::database::{Row, Value};

/// The first line of a chunk of that table.
pub(crate) fn header(table: &str, columns: &[&str]) -> String {
    format!("{ROWS_FORMAT} {table} {}\n", columns.join(","))
}

/// Appends one row.
///
/// # Errors
/// When a value is longer than a row may be; no column holds such a thing.
pub(crate) fn encode(row: &Row, into: &mut Vec<u8>) -> Result<(), BackupFault> {
    let start = into.len();
    into.extend([0; 4]);
    for value in &row.0 {
        match value {
            Value::Null => into.push(NULL),
            Value::Integer(number) => {
                into.push(INTEGER);
                into.extend(number.to_be_bytes());
            }
            Value::Text(text) => with_length(TEXT, text.as_bytes(), into)?,
            Value::Blob(bytes) => with_length(BLOB, bytes, into)?,
        }
    }
    let length = into.len() - start - 4;
    if length > ROW_BYTES_MAX {
        return Err(BackupFault::Corrupt(format!(
            "a row has {length} bytes, more than {ROW_BYTES_MAX}"
        )));
    }
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    into.iter_mut()
        .skip(start)
        .zip(length)
        .for_each(|(place, byte)| *place = byte);
    Ok(())
}

/// Reads the rows of a chunk, which must begin with that header and hold whole rows of so many columns.
///
/// # Errors
/// [`BackupFault::Corrupt`] says what is wrong.
pub(crate) fn decode(chunk: &[u8], header: &str, columns: usize) -> Result<Vec<Row>, BackupFault> {
    let corrupt = |what: &str| BackupFault::Corrupt(format!("a chunk of rows {what}"));
    let mut rest = chunk
        .strip_prefix(header.as_bytes())
        .ok_or_else(|| corrupt("is of another table or format"))?;
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let length = take_length(&mut rest).ok_or_else(|| corrupt("ends within a row"))?;
        let (mut row, after) = rest
            .split_at_checked(length)
            .ok_or_else(|| corrupt("ends within a row"))?;
        let mut values = Vec::with_capacity(columns);
        while !row.is_empty() {
            values.push(value(&mut row).ok_or_else(|| corrupt("holds a value that is none"))?);
        }
        if values.len() != columns {
            return Err(corrupt("holds a row of another width"));
        }
        rows.push(Row(values));
        rest = after;
    }
    Ok(rows)
}

fn with_length(tag: u8, bytes: &[u8], into: &mut Vec<u8>) -> Result<(), BackupFault> {
    let length = u32::try_from(bytes.len())
        .map_err(|_| BackupFault::Corrupt("a value is longer than 4 GiB".into()))?;
    into.push(tag);
    into.extend(length.to_be_bytes());
    into.extend(bytes);
    Ok(())
}

fn value(rest: &mut &[u8]) -> Option<Value> {
    let (tag, after) = rest.split_first()?;
    *rest = after;
    Some(match *tag {
        NULL => Value::Null,
        INTEGER => {
            let (number, after) = rest.split_first_chunk::<8>()?;
            *rest = after;
            Value::Integer(i64::from_be_bytes(*number))
        }
        TEXT => Value::Text(String::from_utf8(take_bytes(rest)?.to_vec()).ok()?),
        BLOB => Value::Blob(take_bytes(rest)?.to_vec()),
        _ => return None,
    })
}

fn take_bytes<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = take_length(rest)?;
    let (bytes, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(bytes)
}

fn take_length(rest: &mut &[u8]) -> Option<usize> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

/// Bytes of a row at most: the biggest are receipts and blocks of entries, far below.
pub(crate) const ROW_BYTES_MAX: usize = 16 * 1024 * 1024;
const ROWS_FORMAT: &str = "sandyq-rows/1";
const NULL: u8 = 0;
const INTEGER: u8 = 1;
const TEXT: u8 = 2;
const BLOB: u8 = 3;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            ".{0,20}".prop_map(Value::Text),
            proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::Blob),
        ]
    }

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(rows in proptest::collection::vec([any_value(), any_value(), any_value()], 0..20)) {
            let header = header("record", &["a", "b", "c"]);
            let rows: Vec<Row> = rows.into_iter().map(|row| Row(row.into())).collect();
            let mut bytes = header.clone().into_bytes();
            rows.iter().for_each(|row| encode(row, &mut bytes).unwrap());
            prop_assert_eq!(decode(&bytes, &header, 3).unwrap(), rows);
        }

        #[test]
        fn strange_bytes_are_refused_or_read_and_stop_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let header = header("record", &["a"]);
            let chunk = [header.as_bytes(), &bytes].concat();
            if let Ok(rows) = decode(&chunk, &header, 1) {
                let mut again = header.clone().into_bytes();
                rows.iter().for_each(|row| encode(row, &mut again).unwrap());
                prop_assert_eq!(again, chunk);
            }
        }
    }
}
