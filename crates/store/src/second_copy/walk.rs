//! Going through a stream frame by frame, in the order in which it counts, and finding whatever is not as it was written.

use sandyq_model::Fault;

use super::content::{Content, Stand};
use super::files::CopyFiles;
use super::frame::{Chain, Found, LINK_BYTES, SEGMENT_HEAD_BYTES, SegmentHead, altered};
use crate::vault::CopyKey;

/// How a stream ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a whole frame.
    Whole,
    /// With a write that did not come to its end: so many bytes behind the last whole frame. A crash leaves that; it was
    /// never known to be durable.
    Torn {
        /// How many bytes.
        bytes: u64,
    },
}

/// A stream that was gone through.
#[derive(Debug)]
pub(crate) struct Walked {
    /// The number of its last whole frame; 0: there is none.
    pub last: u64,
    /// The hash up to and with that frame.
    pub link: [u8; LINK_BYTES],
    /// How it ends.
    pub end: End,
    /// The segments that count, rising: the number of their first frame.
    pub segments: Vec<u64>,
    /// The greatest number that any segment is named by, also one that does not count.
    pub greatest: u64,
}

/// The segments that count, and what lies behind the last of them.
struct Segments {
    heads: Vec<SegmentHead>,
    greatest: u64,
    torn: u64,
}

/// Goes through the whole stream. `each` is given the number of a frame and what is in it.
///
/// # Errors
/// [`Fault::Ledger`] names the first frame that is not as it was written; [`Fault::Outside`] when the folder does not
/// answer.
pub(crate) fn walk(
    files: &mut dyn CopyFiles,
    key: &CopyKey,
    each: &mut dyn FnMut(u64, Content) -> Result<(), Fault>,
) -> Result<Walked, Fault> {
    let segments = segments(files, key)?;
    walk_from(files, key, &segments, 0, each)
}

/// Goes through the end of the stream only: from the newest segment on which holds a signed checkpoint and a step of the key
/// store, so that the copy can be told from one of another store.
///
/// # Errors
/// As [`walk`].
pub(crate) fn walk_end(
    files: &mut dyn CopyFiles,
    key: &CopyKey,
    each: &mut dyn FnMut(u64, Content) -> Result<(), Fault>,
) -> Result<Walked, Fault> {
    let segments = segments(files, key)?;
    for from in (0..segments.heads.len()).rev() {
        let (mut is_signed, mut has_keys) = (false, false);
        let mut looked = |number, content: Content| {
            is_signed |= matches!(&content, Content::Ledger(page) if !page.note.is_empty());
            has_keys |= content.key_head()?.is_some();
            each(number, content)
        };
        let walked = walk_from(files, key, &segments, from, &mut looked)?;
        if (is_signed && has_keys) || from == 0 {
            return Ok(walked);
        }
    }
    walk_from(files, key, &segments, 0, each)
}

fn walk_from(
    files: &mut dyn CopyFiles,
    key: &CopyKey,
    segments: &Segments,
    from: usize,
    each: &mut dyn FnMut(u64, Content) -> Result<(), Fault>,
) -> Result<Walked, Fault> {
    let mut walked = Walked {
        last: 0,
        link: [0; LINK_BYTES],
        end: End::Whole,
        segments: segments.heads.iter().map(|head| head.first).collect(),
        greatest: segments.greatest,
    };
    let mut torn = 0;
    let heads = segments.heads.get(from..).unwrap_or_default();
    for (place, head) in heads.iter().enumerate() {
        let next = heads.get(place + 1);
        let bytes = files
            .read(head.first, u64::MAX)
            .map_err(|error| unreadable(&error))?;
        let (read, chain) =
            SegmentHead::open(&bytes, key)?.ok_or_else(|| altered("the head of a segment"))?;
        if read != *head {
            return Err(altered("the head of a segment"));
        }
        let until = next.map_or(u64::MAX, |next| next.follows);
        let frames = bytes.get(SEGMENT_HEAD_BYTES..).unwrap_or_default();
        let (chain, left) = go_through(chain, frames, until, each)?;
        let last = chain.number() - 1;
        if let Some(next) = next
            && (last != next.follows || chain.link() != next.link)
        {
            return Err(altered(&format!("frame {}", last + 1)));
        }
        (walked.last, walked.link) = if last < head.first {
            (head.follows, head.link)
        } else {
            (last, chain.link())
        };
        torn = left;
    }
    let torn = u64::try_from(torn)
        .unwrap_or(u64::MAX)
        .saturating_add(segments.torn);
    if torn > 0 {
        walked.end = End::Torn { bytes: torn };
    }
    Ok(walked)
}

/// Opens frames up to and with that number; gives the chain there, and how many bytes lie behind it.
fn go_through(
    mut chain: Chain,
    mut rest: &[u8],
    until: u64,
    each: &mut dyn FnMut(u64, Content) -> Result<(), Fault>,
) -> Result<(Chain, usize), Fault> {
    while !rest.is_empty() && chain.number() <= until {
        let number = chain.number();
        match chain.open(rest) {
            Found::Frame { kind, plain, bytes } => {
                let content = Content::decode(kind, &plain).ok_or_else(|| {
                    Fault::Configuration(format!(
                        "frame {number} of the second copy was written by a later version of this program"
                    ))
                })?;
                each(number, content)?;
                rest = rest.get(bytes..).unwrap_or_default();
            }
            Found::Torn => break,
            Found::Altered => return Err(altered(&format!("frame {number}"))),
        }
    }
    Ok((chain, rest.len()))
}

/// Which segments count. A newer segment says which frame it follows; what older ones hold beyond that was given up by
/// whoever wrote them, after a write of which nobody knew whether it was durable.
fn segments(files: &mut dyn CopyFiles, key: &CopyKey) -> Result<Segments, Fault> {
    let names = files.segments().map_err(|error| unreadable(&error))?;
    let greatest = names.last().copied().unwrap_or(0);
    let mut heads: Vec<SegmentHead> = Vec::new();
    let mut torn = 0_u64;
    for first in names.into_iter().rev() {
        if heads.last().is_some_and(|newer| first > newer.follows) {
            continue;
        }
        let bytes = files
            .read(first, BEGINNING_BYTES)
            .map_err(|error| unreadable(&error))?;
        match SegmentHead::open(&bytes, key)? {
            Some((head, _)) if head.first == first => heads.push(head),
            None if heads.is_empty() => {
                let whole = files.read(first, u64::MAX).map_err(|error| unreadable(&error))?;
                torn += whole.len() as u64;
            }
            _ => return Err(altered(&format!("the head of the segment of frame {first}"))),
        }
    }
    heads.reverse();
    Ok(Segments {
        heads,
        greatest,
        torn,
    })
}

/// Where the store stood when each segment that counts began: the number of the segment's first frame, and what it says.
///
/// # Errors
/// As [`walk`].
pub(crate) fn stands(files: &mut dyn CopyFiles, key: &CopyKey) -> Result<Vec<(u64, Stand)>, Fault> {
    let mut stands = Vec::new();
    for head in segments(files, key)?.heads {
        let bytes = files
            .read(head.first, BEGINNING_BYTES)
            .map_err(|error| unreadable(&error))?;
        let (_, mut chain) = head.seal(key)?;
        match chain.open(bytes.get(SEGMENT_HEAD_BYTES..).unwrap_or_default()) {
            Found::Frame { kind, plain, .. } => match Content::decode(kind, &plain) {
                Some(Content::Stand(stand)) => stands.push((head.first, stand)),
                _ => return Err(altered(&format!("frame {}", head.first))),
            },
            Found::Torn => {}
            Found::Altered => return Err(altered(&format!("frame {}", head.first))),
        }
    }
    Ok(stands)
}

/// The folder did not answer.
pub(crate) fn unreadable(error: &std::io::Error) -> Fault {
    Fault::Outside(format!("the folder of the second copy cannot be read: {error}"))
}

/// The head of a segment and its first frame are within so many bytes.
const BEGINNING_BYTES: u64 = 1024;
