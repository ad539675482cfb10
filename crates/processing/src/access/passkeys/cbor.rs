//! As much of CBOR (RFC 8949) as authenticators write: lengths that are said beforehand, one map at a time. What lies deeper
//! is passed over.

/// Entries of a map.
const ENTRIES_MAX: u64 = 32;
/// How deep something may lie that is passed over.
const DEPTH_MAX: u32 = 8;

/// What stands in a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// A whole number.
    Integer(i64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A text.
    Text(&'a str),
    /// Anything else; passed over.
    Other,
}

/// The entries of a map, in the order written.
pub(super) struct Map<'a>(Vec<(Item<'a>, Item<'a>)>);

impl<'a> Map<'a> {
    /// Reads the map at the beginning of the bytes; hands back what follows it. `None` for what is no map, is broken off, or
    /// has a key twice.
    pub(super) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let mut reader = Reader { rest: bytes };
        let (major, entries) = reader.head()?;
        if major != 5 || entries > ENTRIES_MAX {
            return None;
        }
        let mut read: Vec<(Item<'a>, Item<'a>)> = Vec::new();
        for _ in 0..entries {
            let key = reader.item(0)?;
            if key == Item::Other || read.iter().any(|(known, _)| *known == key) {
                return None;
            }
            read.push((key, reader.item(0)?));
        }
        Some((Self(read), reader.rest))
    }

    fn get(&self, key: Item<'_>) -> Option<Item<'a>> {
        let found = self.0.iter().find(|(known, _)| *known == key);
        found.map(|(_, item)| *item)
    }

    /// The number under that number.
    pub(super) fn integer(&self, key: i64) -> Option<i64> {
        match self.get(Item::Integer(key))? {
            Item::Integer(value) => Some(value),
            _ => None,
        }
    }

    /// The bytes under that number.
    pub(super) fn bytes(&self, key: i64) -> Option<&'a [u8]> {
        match self.get(Item::Integer(key))? {
            Item::Bytes(value) => Some(value),
            _ => None,
        }
    }

    /// The bytes under that word.
    pub(super) fn bytes_named(&self, key: &str) -> Option<&'a [u8]> {
        match self.get(Item::Text(key))? {
            Item::Bytes(value) => Some(value),
            _ => None,
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(length).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    /// The kind of what comes, and its number or length. A length that is not said beforehand is none.
    fn head(&mut self) -> Option<(u8, u64)> {
        let first = *self.take(1)?.first()?;
        let (major, short) = (first >> 5, first & 31);
        let length = match short {
            0..=23 => return Some((major, u64::from(short))),
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return None,
        };
        let bytes = self.take(length)?;
        Some((
            major,
            bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)),
        ))
    }

    fn item(&mut self, depth: u32) -> Option<Item<'a>> {
        if depth > DEPTH_MAX {
            return None;
        }
        let (major, number) = self.head()?;
        let inside = match major {
            0 => return Some(Item::Integer(i64::try_from(number).ok()?)),
            1 => return Some(Item::Integer(-1 - i64::try_from(number).ok()?)),
            2 => return Some(Item::Bytes(self.take(number)?)),
            3 => return Some(Item::Text(std::str::from_utf8(self.take(number)?).ok()?)),
            4 => number,
            5 => number.checked_mul(2)?,
            6 => 1,
            _ => 0,
        };
        // INVARIANT: each item takes a byte, so that what is passed over ends with the bytes.
        for _ in 0..inside {
            self.item(depth + 1)?;
        }
        Some(Item::Other)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_map_is_read_and_what_lies_deeper_is_passed_over() {
        // {1: 2, 3: -7, "a": h'0102', "b": [1, {2: true}], "c": 1.0}
        let bytes = hex::decode("a5010203266161420102616282 01a102f56163f93c00ff".replace(' ', "")).unwrap();
        let (map, rest) = Map::read(&bytes).unwrap();
        assert_eq!((map.integer(1), map.integer(3)), (Some(2), Some(-7)));
        assert_eq!(map.bytes_named("a"), Some(&[1, 2][..]));
        assert_eq!(
            (map.bytes_named("b"), map.integer(4), map.bytes(1)),
            (None, None, None)
        );
        assert_eq!(rest, [0xff]);
    }

    #[test]
    fn what_is_no_map_has_a_key_twice_or_no_length_is_none() {
        for bytes in [
            "",
            "01",
            "a2010201 03",
            "bf0102ff",
            "a1015f4101ff",
            "a101",
            "a1014401",
            "a1616f61",
            "b903e8",
            "a1f501",
        ] {
            let bytes = hex::decode(bytes.replace(' ', "")).unwrap();
            assert!(Map::read(&bytes).is_none(), "{bytes:02x?}");
        }
        let deep = [&[0xa1, 0x01][..], &[0x81; 9], &[0x01]].concat();
        assert!(Map::read(&deep).is_none(), "too deep");
        let vast = hex::decode("a1019affffffff01").unwrap();
        assert!(Map::read(&vast).is_none(), "ends with the bytes");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _read = Map::read(&bytes);
        }
    }
}
