//! The files of an archive in one ZIP, uncompressed: whoever opens it needs no program of ours.

use std::io::{Cursor, Write};

use jiff::Timestamp;
use sandyq_model::{Fault, time};
use sandyq_processing::request::File;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The longest archive: the account of 10,000 looks and the longest texts of every request stay far below.
const ARCHIVE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Packs the files, each marked with the day on which it was made.
///
/// # Errors
/// When it would be longer than an archive may be.
pub(super) fn packed(files: &[File], at: Timestamp) -> Result<Vec<u8>, Fault> {
    let length: usize = files.iter().map(|(_, content)| content.len()).sum();
    if length > ARCHIVE_BYTES_MAX {
        return Err(Fault::Busy("the archive is longer than one may be".into()));
    }
    let day = time::day_in_kazakhstan(at);
    let date = (
        u16::try_from(day.year()),
        u8::try_from(day.month()),
        u8::try_from(day.day()),
    );
    let date = match date {
        (Ok(year), Ok(month), Ok(day)) => DateTime::from_date_and_time(year, month, day, 0, 0, 0).ok(),
        _ => None,
    };
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(date.unwrap_or_default())
        .unix_permissions(0o600);
    let mut archive = ZipWriter::new(Cursor::new(Vec::with_capacity(length + 1024)));
    for (name, content) in files {
        archive
            .start_file(name.as_str(), options)
            .map_err(|error| unpacked(&error))?;
        archive.write_all(content).map_err(|error| unpacked(&error))?;
    }
    let written = archive.finish().map_err(|error| unpacked(&error))?;
    Ok(written.into_inner())
}

fn unpacked(error: &dyn std::fmt::Display) -> Fault {
    Fault::Outside(format!("an archive could not be packed: {error}"))
}
