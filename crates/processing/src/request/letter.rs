//! 6.3, 6.4: letters, and what was told at the desk or by telephone. The responsible person enters them; a letter gets the
//! next number of its year. A marking on the envelope is kept and decides nothing. Nobody needs to be known here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use sandyq_model::value::{ValueKind, Values};
use sandyq_model::{Channel, FieldSet, IdempotencyKey, Plain, Problem, RequestKind, time};
use sandyq_policy::Language;

use super::desk::at_the_board;
use super::register::Incoming;
use crate::access::Caller;
use crate::circumstances::Circumstances;
use crate::rejected::Rejected;
use crate::system::System;

/// The largest scan, in bytes: with its coding it must fit into one sealed value.
pub const LETTER_SCAN_BYTES_MAX: usize = 190_000;
/// The furthest that a day of receipt may lie back.
const BACK_DAYS_MAX: i32 = 366;

/// What the responsible person enters.
pub struct Entry {
    /// What is asked for.
    pub kind: RequestKind,
    /// Desk or letter.
    pub channel: Channel,
    /// The day on which it reached us first, at whatever address; today when empty.
    pub received_on: String,
    /// The date on the envelope, if it has one.
    pub envelope_on: String,
    /// The marking on it, if it has one.
    pub envelope_mark: Plain<String>,
    /// Who writes.
    pub sender: Plain<String>,
    /// Where the answer goes.
    pub sender_address: Plain<String>,
    /// Who acts for them, and on what paper that rests; empty when they act themselves.
    pub authority: Plain<String>,
    /// What is written.
    pub message: Plain<String>,
    /// The scan.
    pub scan: Option<Scan>,
    /// The language to answer in.
    pub language: Language,
}

/// A picture of a letter.
pub struct Scan(Plain<String>);

impl Scan {
    /// Takes a file for a scan, by what it is and not by its name.
    ///
    /// # Errors
    /// [`Problem::File`] when it is no PDF, JPEG or PNG, or too large.
    pub fn of(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > LETTER_SCAN_BYTES_MAX || kind_of(bytes).is_none() {
            return Err(Problem::File);
        }
        Ok(Self(Plain::new(STANDARD.encode(bytes))))
    }
}

/// The media type and the ending of a file, by its first bytes.
fn kind_of(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const KINDS: [(&[u8], &str, &str); 3] = [
        (b"%PDF-", "application/pdf", "pdf"),
        (b"\xff\xd8\xff", "image/jpeg", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    ];
    KINDS
        .iter()
        .find(|(magic, _, _)| bytes.starts_with(magic))
        .map(|(_, media, ending)| (*media, *ending))
}

impl System {
    /// Enters a letter, or what was told at the desk; gives its reference. The clock runs from the day of receipt.
    ///
    /// # Errors
    /// Mistakes with the inputs, a refusal, or a fault; nothing is stored then.
    pub async fn enter_request(
        &self,
        caller: &Caller,
        entry: Entry,
        key: IdempotencyKey,
    ) -> Result<String, Rejected> {
        at_the_board(caller)?;
        if entry.channel == Channel::Portal {
            return Err(Rejected::mistake("channel", Problem::Choice));
        }
        let received_at = self.received(&entry.received_on)?;
        let is_letter = entry.channel == Channel::Letter;
        let envelope_on = match entry.envelope_on.trim() {
            "" => None,
            written => Some(self.day_before_today("envelope_on", written)?.to_string()),
        };
        let mut values = self.words_asked(&entry.message, entry.scan.is_none())?;
        for (name, kind, typed) in [
            ("sender", ValueKind::Text, &entry.sender),
            ("sender_address", ValueKind::LongText, &entry.sender_address),
            ("envelope_mark", ValueKind::Text, &entry.envelope_mark),
            ("authority", ValueKind::LongText, &entry.authority),
        ] {
            self.add(&mut values, name, kind, typed)?;
        }
        if let Some(Scan(picture)) = entry.scan {
            values.insert(self.named("letter_scan")?, picture);
        }
        let incoming = Incoming {
            kind: entry.kind,
            channel: entry.channel,
            received_at,
            values,
            shown: None,
            language: entry.language,
            envelope: is_letter.then_some(envelope_on),
        };
        self.register(caller.actor, &Circumstances::responsible(caller), incoming, key)
            .await
    }

    /// The scan of a letter: its ending, its media type, its bytes. A look with its entry.
    ///
    /// # Errors
    /// [`Rejected::NotFound`] when there is none.
    pub async fn letter_scan(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<(&'static str, &'static str, Vec<u8>), Rejected> {
        at_the_board(caller)?;
        let request = self.request(reference).await?;
        let field = self.named("letter_scan")?;
        let held = self.dossier(request.file).await?.held();
        let wanted = held.intersection(FieldSet::only(field));
        let values = self.opened_of_request(caller, &request, wanted).await?;
        let picture = values.get(&field).ok_or(Rejected::NotFound)?;
        let bytes = STANDARD
            .decode(picture.expose())
            .map_err(|_| Rejected::NotFound)?;
        let (media, ending) = kind_of(&bytes).ok_or(Rejected::NotFound)?;
        Ok((ending, media, bytes))
    }

    fn add(
        &self,
        values: &mut Values,
        name: &str,
        kind: ValueKind,
        typed: &Plain<String>,
    ) -> Result<(), Rejected> {
        if typed.expose().trim().is_empty() {
            return Ok(());
        }
        let value = self
            .text_value(kind, typed)
            .map_err(|problem| Rejected::mistake(name, problem))?;
        values.insert(self.named(name)?, value);
        Ok(())
    }

    /// The instant from which the clock runs: now, or the end of the earlier day on which it came.
    fn received(&self, written: &str) -> Result<jiff::Timestamp, Rejected> {
        if written.trim().is_empty() {
            return Ok(self.now());
        }
        let day = self.day_before_today("received_on", written)?;
        let end = time::end_of_day(day).map_err(|_| Rejected::mistake("received_on", Problem::Date))?;
        Ok(end.min(self.now()))
    }

    fn day_before_today(&self, input: &str, written: &str) -> Result<Date, Rejected> {
        let wrong = || Rejected::mistake(input, Problem::Date);
        let day: Date = written.trim().parse().map_err(|_| wrong())?;
        let today = time::day_in_kazakhstan(self.now());
        let since = day.until(today).map_err(|_| wrong())?.get_days();
        if (0..=BACK_DAYS_MAX).contains(&since) {
            Ok(day)
        } else {
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_known_by_its_first_bytes_and_bounded() {
        assert!(Scan::of(b"%PDF-1.7\n").is_ok());
        assert!(Scan::of(b"\xff\xd8\xff\xe0").is_ok());
        assert!(Scan::of(b"\x89PNG\r\n\x1a\n").is_ok());
        for bytes in [&b""[..], b"MZ\x90", b"<html>", b" %PDF-1.7", b"PK\x03\x04"] {
            assert!(matches!(Scan::of(bytes), Err(Problem::File)), "{bytes:?}");
        }
        let mut large = b"%PDF-".to_vec();
        large.resize(LETTER_SCAN_BYTES_MAX + 1, 0);
        assert!(Scan::of(&large).is_err());
        large.pop();
        let Ok(Scan(sealed)) = Scan::of(&large) else {
            panic!("the largest scan is taken");
        };
        assert!(sealed.expose().len() <= sandyq_store::vault::SEALED_VALUE_BYTES_MAX);
    }
}
