//! By which bytes a module recognises data that it serves.

use std::fmt;

use crate::limits;

/// Bytes that data have in one place: the masked bytes at `offset` are those of the value.
///
/// Its text is the offset in decimal, the mask and the value in hexadecimal, in metadata and where
/// it is shown: `0 ffffffff 28b52ffd`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Magic {
    offset: usize,
    mask: Vec<u8>,
    value: Vec<u8>,
}

impl Magic {
    /// Where the bytes begin, from the start of the data.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Which bits of the bytes matter; as long as [`value`](Self::value).
    pub fn mask(&self) -> &[u8] {
        &self.mask
    }

    /// What these bits are.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// How many bits it compares: of several that match, the one with the most says the most.
    pub fn bits(&self) -> u32 {
        self.mask.iter().map(|byte| byte.count_ones()).sum()
    }

    /// How many of the first bytes of the data it needs.
    pub fn needs(&self) -> usize {
        self.offset + self.value.len()
    }

    /// Whether data that begin with `head` have these bytes. They don't if `head` is too short.
    pub fn matches(&self, head: &[u8]) -> bool {
        let Some(bytes) = head.get(self.offset..self.needs()) else {
            return false;
        };
        let mut all = bytes.iter().zip(&self.mask).zip(&self.value);
        all.all(|((byte, mask), value)| byte & mask == *value)
    }

    /// The value of a line of metadata; `None` if it is none, or matches nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (offset, mask, value) = (words.next()?, words.next()?, words.next()?);
        let offset: usize = offset.parse().ok()?;
        let (mask, value) = (bytes(mask)?, bytes(value)?);
        let fits = !value.is_empty()
            && mask.len() == value.len()
            && value.len() <= limits::MAGIC
            && offset <= limits::MAGIC_OFFSET
            && mask
                .iter()
                .zip(&value)
                .all(|(mask, value)| value & !mask == 0)
            && mask.iter().any(|byte| *byte != 0);
        (fits && words.next().is_none()).then_some(Magic {
            offset,
            mask,
            value,
        })
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| Some(digit.to_digit(16)? as u8))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect())
}

impl fmt::Display for Magic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.offset)?;
        self.mask
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(" ")?;
        self.value
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Magic;

    #[test]
    fn it_compares_the_masked_bytes_in_their_place() {
        let zstd = Magic::parse("0 ffffffff 28b52ffd").unwrap();
        assert!(zstd.matches(b"\x28\xb5\x2f\xfd...") && !zstd.matches(b"\x28\xb5\x2f\xfe..."));
        assert!(!zstd.matches(b"\x28\xb5\x2f"), "too short");
        // Skippable frames: 0x184D2A5?, little-endian.
        let skippable = Magic::parse("0 f0ffffff 502a4d18").unwrap();
        assert!(skippable.matches(b"\x5e\x2a\x4d\x18") && !skippable.matches(b"\x6e\x2a\x4d\x18"));
        let tar = Magic::parse("257 ffffffffff 7573746172").unwrap();
        let mut head = [0; 262];
        assert!(!tar.matches(&head));
        head[257..].copy_from_slice(b"ustar");
        assert!(tar.matches(&head) && !tar.matches(&head[..261]));
        assert_eq!((tar.needs(), tar.bits(), skippable.bits()), (262, 40, 28));
        for magic in [zstd, skippable, tar] {
            assert_eq!(Magic::parse(&magic.to_string()), Some(magic));
        }
    }

    #[test]
    fn what_matches_nothing_or_anything_is_none() {
        for bad in [
            "",
            "0",
            "0 ff",
            "0 ff 00 00",
            "0 ff 0000",
            "0 0f f0",
            "0 00 00",
            "0  ",
            "0 f 0",
            "0 fg 00",
            "-1 ff 00",
            "99999999999 ff 00",
        ] {
            assert_eq!(Magic::parse(bad), None, "{bad}");
        }
    }
}
