//! Ships what waits: reads rows and entries in one snapshot, puts the steps of the key store before them, and makes all of
//! it durable with one sync. After a failure it begins a new segment with a fresh base, and reads everything again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sandyq_model::{Clock, Fault};

use super::content::{Content, LedgerPage, Stand};
use super::image::{Image, SharedRow};
use super::lane::Whom;
use super::notice::Notice;
use super::outbox::{Load, Outbox};
use super::stream::Stream;
use crate::database::{Reader, Snapshots};
use crate::ledger;
use crate::tables::subject;
use crate::vault::{KeyReader, KeyRow, KeyStep};

/// The rows of the key store, read while it goes on.
pub(crate) trait KeyPages: Send {
    /// The number of the newest durable step.
    fn step(&mut self) -> Result<u64, Fault>;
    /// The next rows behind that path, in order; none at the end.
    fn after(&mut self, path: &[u8]) -> Result<Vec<KeyRow>, Fault>;
}

impl KeyPages for KeyReader {
    fn step(&mut self) -> Result<u64, Fault> {
        // Behind every path there is nothing but the step itself.
        Ok(self.rows(&BEHIND_ALL)?.step)
    }

    fn after(&mut self, path: &[u8]) -> Result<Vec<KeyRow>, Fault> {
        Ok(self.rows(path)?.rows)
    }
}

/// What a shipper works with.
pub(crate) struct ShipperParts {
    /// Where it writes.
    pub stream: Stream,
    /// What waits.
    pub outbox: Arc<Outbox>,
    /// A connection of its own.
    pub data: Box<dyn Snapshots>,
    /// The rows of the key store.
    pub keys: Box<dyn KeyPages>,
    /// Where this machine notes how far the copy is.
    pub notice: Notice,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// For how long segments are kept, in milliseconds.
    pub keep: i64,
}

/// How far the stream is.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    /// The newest step in it.
    pub step: u64,
    /// Entries in it.
    pub ledger: u64,
    /// The first entry in it that may name somebody who has changed since their image in it; `None`: there is nobody.
    pub people_from: Option<u64>,
    /// The frame with which the newest whole base begins; `None`: a base must be shipped before anything else.
    pub base: Option<u64>,
    /// When each segment that counts was begun, by its first frame, in milliseconds.
    pub segments: Vec<(u64, i64)>,
}

impl Position {
    /// When the segment was begun that the newest base is in; 0 when there is none.
    fn base_at(&self) -> i64 {
        let base = self.base.unwrap_or(0);
        let before = self.segments.iter().rev().find(|(first, _)| *first <= base);
        before.map_or(0, |(_, at)| *at)
    }
}

/// Ships.
pub(crate) struct Shipper {
    parts: ShipperParts,
    position: Position,
    /// The first entry that may name somebody who changed before the last stop, and was not shipped.
    left_from: Option<u64>,
    /// Texts of consents that this segment holds.
    texts: BTreeSet<Vec<u8>>,
    /// Whether the rows of keys in the stream are whole up to its newest step.
    whole: bool,
    /// When the segment was begun that the newest base is in, in milliseconds.
    base_at: i64,
    base_bytes: u64,
    since_base: u64,
    segment_bytes_max: u64,
}

impl Shipper {
    /// Goes on from there.
    pub(crate) fn new(parts: ShipperParts, position: Position) -> Self {
        Self {
            base_at: position.base_at(),
            whole: position.base.is_some(),
            left_from: position.people_from,
            parts,
            position,
            texts: BTreeSet::new(),
            base_bytes: 0,
            since_base: 0,
            segment_bytes_max: SEGMENT_BYTES_MAX,
        }
    }

    /// Smaller segments, for tests.
    #[cfg(test)]
    pub(crate) const fn segments_of(&mut self, bytes: u64) {
        self.segment_bytes_max = bytes;
    }

    /// What waits, to be waited for.
    pub(crate) const fn outbox(&self) -> &Arc<Outbox> {
        &self.parts.outbox
    }

    /// Ships everything that waits.
    ///
    /// # Errors
    /// When it could not be made durable; it waits again then.
    pub(crate) fn ship(&mut self) -> Result<(), Fault> {
        let shipped = self.prepare().and_then(|()| self.ship_waiting(Vec::new()));
        if let Err(fault) = &shipped {
            (self.position.base, self.whole) = (None, false);
            self.parts.outbox.failed(fault);
        }
        shipped
    }

    /// Brings a copy that was behind up to that size of the ledger, with everybody whom the entries name: at the start,
    /// before anybody is served.
    ///
    /// # Errors
    /// As [`Shipper::ship`].
    pub(crate) fn catch_up(&mut self, size: u64, note: &str) -> Result<(), Fault> {
        self.ship()?;
        self.ship_left()?;
        while self.position.ledger < size {
            self.prepare()?;
            let page = self.page(self.position.ledger, (size, note))?;
            let house = page.split().any(ledger::tells_of_the_house);
            let load = Load {
                protected: named(&page),
                house,
                ledger: Some((page.first + page.count, page.note)),
                ..Load::default()
            };
            self.ship_with(Vec::new(), &load)?;
        }
        self.note_position();
        Ok(())
    }

    /// Whoever changed before the last stop, is named in the ledger of the copy, and was not shipped.
    fn ship_left(&mut self) -> Result<(), Fault> {
        // An end that was torn off may have been about entries that are not there.
        let is_there = |from: &u64, ledger: u64| *from < ledger;
        self.left_from = self.left_from.filter(|from| is_there(from, self.position.ledger));
        while let Some(from) = self.left_from {
            self.prepare()?;
            let page = self.page(from, (self.position.ledger, ""))?;
            let until = page.first + page.count;
            self.left_from = Some(until).filter(|until| is_there(until, self.position.ledger));
            let load = Load {
                protected: named(&page),
                ..Load::default()
            };
            self.ship_with(Vec::new(), &load)?;
        }
        Ok(())
    }

    /// A segment to append to, with a whole base in it or before it.
    fn prepare(&mut self) -> Result<(), Fault> {
        let is_long = self.parts.stream.segment_bytes() > self.segment_bytes_max;
        // Also a stream that grows slowly, or is begun anew each day, gets bases, so that what is before them can go.
        let is_aged = self.parts.clock.now().as_millisecond() - self.base_at > BASE_MILLIS_MAX;
        if is_long || is_aged || !self.parts.stream.is_open() {
            self.begin()?;
        }
        let is_old = is_long && self.since_base > self.segment_bytes_max.max(self.base_bytes);
        if is_old || is_aged || self.position.base.is_none() {
            self.ship_base()?;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Fault> {
        let now = self.parts.clock.now().as_millisecond();
        self.texts.clear();
        self.parts.stream.begin(Stand {
            step: self.position.step,
            ledger: self.position.ledger,
            base: self.position.base.unwrap_or(0),
            at: now,
        })?;
        self.position.segments.push((self.parts.stream.durable(), now));
        Ok(())
    }

    /// All rows of the key store, while it goes on: a row that changes meanwhile comes again as a step, so that the base
    /// and the steps since make the newest rows. What waits is shipped between its pages.
    fn ship_base(&mut self) -> Result<(), Fault> {
        self.position.base = None;
        let at = self.parts.clock.now().as_millisecond();
        // Whatever was told until now is in the rows, also what was dropped.
        self.parts.outbox.forget_steps();
        let from = self.parts.keys.step()?;
        let frame = self.write(&[Content::BaseBegins(from)])?;
        self.position.step = from;
        self.since_base = 0;
        let mut path = Vec::new();
        loop {
            let rows = self.parts.keys.after(&path)?;
            let Some((last, _)) = rows.last() else { break };
            path.clone_from(last);
            self.ship_waiting(vec![Content::BaseRows(rows)])?;
        }
        let until = self.parts.keys.step()?;
        self.ship_steps_until(until)?;
        self.write(&[Content::BaseEnds(until)])?;
        self.base_bytes = self.since_base;
        (self.position.base, self.whole, self.base_at) = (Some(frame), true, at);
        self.tell_shipped();
        self.remove_old(frame);
        Ok(())
    }

    /// A step is told a moment after it is durable.
    fn ship_steps_until(&mut self, until: u64) -> Result<(), Fault> {
        for _ in 0..STEP_WAITS_MAX {
            if self.position.step >= until {
                return Ok(());
            }
            self.ship_waiting(Vec::new())?;
            self.parts.outbox.rest(STEP_WAIT);
        }
        Err(Fault::Store("a step of the key store was not told".into()))
    }

    /// Segments before the newest base are of use only to older backups, and only for so long.
    fn remove_old(&mut self, base: u64) {
        let until = self.parts.clock.now().as_millisecond() - self.parts.keep;
        while let [_, (next, begun), ..] = self.position.segments.as_slice()
            && *begun < until
            && *next <= base
        {
            self.parts.stream.remove_before(*next);
            self.position.segments.remove(0);
        }
    }

    fn ship_waiting(&mut self, first: Vec<Content>) -> Result<(), Fault> {
        let load = self.parts.outbox.take();
        match self.ship_with(first, &load) {
            Ok(()) => {
                // While steps are missing in the stream, whatever was taken counts as waiting until its next base ends.
                if self.whole {
                    self.tell_shipped();
                }
                self.note_position();
                Ok(())
            }
            Err(fault) => {
                self.parts.outbox.give_back(load);
                Err(fault)
            }
        }
    }

    /// Rows are read first and steps taken after, and stand before them: no row is there without its key. Whoever is
    /// protected stands before the others, and all of them before the entries.
    fn ship_with(&mut self, first: Vec<Content>, load: &Load) -> Result<(), Fault> {
        let rows = self.rows_of(load)?;
        let (size, note) = load.ledger.as_ref().map_or((0, ""), |(size, note)| (*size, note));
        let pages = self.pages(size, note)?;
        let people_from = [load.people_from, self.left_from].into_iter().flatten().min();
        let people_from = people_from.filter(|from| *from < size.max(self.position.ledger));
        let steps = self.next_steps()?;
        let step = steps.last().map_or(self.position.step, |last| last.number);
        let mut contents = first;
        contents.extend(steps.into_iter().map(Content::Step));
        contents.extend(rows);
        // Said before each entry for which it is so, and again when it is not so any more.
        if people_from != self.position.people_from || (people_from.is_some() && !pages.is_empty()) {
            contents.push(Content::PeopleFrom(people_from));
        }
        let ledger = pages
            .last()
            .map_or(self.position.ledger, |page| page.first + page.count);
        contents.extend(pages.into_iter().map(Content::Ledger));
        if !contents.is_empty() {
            self.write(&contents)?;
        }
        (self.position.step, self.position.ledger) = (step, ledger);
        self.position.people_from = people_from;
        self.ship_ledger(size, note)
    }

    fn ship_ledger(&mut self, size: u64, note: &str) -> Result<(), Fault> {
        while self.position.ledger < size {
            let pages = self.pages(size, note)?;
            let until = pages.last().map_or(size, |page| page.first + page.count);
            let pages: Vec<Content> = pages.into_iter().map(Content::Ledger).collect();
            self.write(&pages)?;
            self.position.ledger = until;
        }
        Ok(())
    }

    fn write(&mut self, contents: &[Content]) -> Result<u64, Fault> {
        let before = self.parts.stream.segment_bytes();
        let first = self.parts.stream.write(contents)?;
        self.since_base += self.parts.stream.segment_bytes() - before;
        Ok(first)
    }

    fn tell_shipped(&self) {
        let frames = self.parts.stream.durable();
        self.parts.outbox.shipped(self.position.step, frames);
    }

    fn note_position(&self) {
        let stream = &self.parts.stream;
        self.parts.notice.note(stream.durable(), stream.link());
    }

    /// The steps that follow what the stream holds.
    fn next_steps(&mut self) -> Result<Vec<KeyStep>, Fault> {
        let waiting = self.parts.outbox.take_steps();
        let from = self.position.step;
        let steps: Vec<KeyStep> = waiting
            .steps
            .into_iter()
            .filter(|step| step.number > from)
            .collect();
        let follow = steps
            .iter()
            .zip(from + 1..)
            .all(|(step, number)| step.number == number);
        if waiting.lost || !follow {
            return Err(Fault::Store(
                "steps of the key store are missing in the second copy; all its rows are shipped anew".into(),
            ));
        }
        Ok(steps)
    }

    /// The images and shared rows of whom a load names, as they are now.
    fn rows_of(&mut self, load: &Load) -> Result<Vec<Content>, Fault> {
        if load.protected.is_empty() && load.changed.is_empty() && !load.house {
            return Ok(Vec::new());
        }
        let (data, texts, ledger) = (&mut self.parts.data, &mut self.texts, self.position.ledger);
        within_snapshot(data.as_mut(), |reader| read_rows(reader, load, ledger, texts))
    }

    /// The next pages of the ledger up to that size, as many as are made durable at once.
    fn pages(&mut self, size: u64, note: &str) -> Result<Vec<LedgerPage>, Fault> {
        let (mut pages, mut from) = (Vec::new(), self.position.ledger);
        while from < size && pages.len() < PAGES_AT_ONCE {
            let page = self.page(from, (size, note))?;
            from = page.first + page.count;
            pages.push(page);
        }
        Ok(pages)
    }

    /// The entries from there on, up to that size at most; with the checkpoint when they reach it.
    fn page(&mut self, first: u64, (size, note): (u64, &str)) -> Result<LedgerPage, Fault> {
        let until = size.min(first.saturating_add(PAGE_ENTRIES_MAX));
        let entries = within_snapshot(self.parts.data.as_mut(), |reader| {
            ledger::framed_entries(reader, first, until)
        })?;
        Ok(LedgerPage {
            first,
            count: until - first,
            entries,
            note: if until == size {
                note.to_owned()
            } else {
                String::new()
            },
        })
    }
}

/// Whom the entries of a page name.
fn named(page: &LedgerPage) -> BTreeSet<Whom> {
    let named = page.split().filter_map(ledger::pseudonym_of);
    named.map(Whom::Pseudonym).collect()
}

fn within_snapshot<R>(
    data: &mut dyn Snapshots,
    read: impl FnOnce(&mut dyn Reader) -> Result<R, Fault>,
) -> Result<R, Fault> {
    data.begin_snapshot()?;
    let found = read(data.as_reader());
    data.end_snapshot();
    found
}

fn read_rows(
    reader: &mut dyn Reader,
    load: &Load,
    ledger: u64,
    texts: &mut BTreeSet<Vec<u8>>,
) -> Result<Vec<Content>, Fault> {
    let (mut contents, mut taken) = (Vec::new(), BTreeSet::new());
    let changed = load.changed.iter().map(|changed| &changed.whom);
    for whom in load.protected.iter().chain(changed) {
        let subject = match whom {
            Whom::Subject(subject) => Some(*subject),
            Whom::Pseudonym(pseudonym) => {
                contents.extend(
                    SharedRow::receipts(reader, *pseudonym)?
                        .into_iter()
                        .map(Content::Shared),
                );
                subject::by_pseudonym(reader, *pseudonym)?.map(|known| known.id)
            }
        };
        let Some(subject) = subject.filter(|subject| taken.insert(*subject)) else {
            continue;
        };
        let image = Image::take(reader, subject, ledger)?;
        for hash in image.texts() {
            if texts.insert(hash.to_vec()) {
                contents.extend(
                    SharedRow::consent_text(reader, hash)?
                        .into_iter()
                        .map(Content::Shared),
                );
            }
        }
        contents.push(Content::Image(image));
    }
    if load.house {
        let house = SharedRow::of_the_house(reader)?;
        // A file never changes: once in each segment is enough.
        let files: Vec<Vec<u8>> = house
            .iter()
            .filter_map(SharedRow::document)
            .filter(|document| texts.insert(document.to_vec()))
            .map(<[u8]>::to_vec)
            .collect();
        contents.extend(house.into_iter().map(Content::Shared));
        for document in files {
            let file = SharedRow::local_act_file(reader, &document)?;
            contents.extend(file.into_iter().map(Content::Shared));
        }
    }
    Ok(contents)
}

/// No row of the key store has a path that is behind this one.
const BEHIND_ALL: [u8; 40] = [0xff; 40];
/// A segment that is longer is followed by another, in bytes.
const SEGMENT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// A base that is older than this is followed by another, in milliseconds: a week.
const BASE_MILLIS_MAX: i64 = 7 * 86_400_000;
/// Entries in a page of the ledger.
const PAGE_ENTRIES_MAX: u64 = 4096;
/// Pages that are made durable at once.
const PAGES_AT_ONCE: usize = 16;
/// How long a step that is durable may take to be told.
const STEP_WAIT: Duration = Duration::from_millis(10);
const STEP_WAITS_MAX: u32 = 500;
