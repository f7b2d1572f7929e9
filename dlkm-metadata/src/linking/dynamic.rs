//! The dynamic section: where all other tables are.

use std::borrow::Cow;

use object::elf;

use super::image::Image;
use super::segments::Segments;
use super::table::{damaged, word};
use crate::error::ReadError;
use crate::limits;

/// The size of an entry, in bytes.
const ENTRY: usize = 16;

/// The entries that the dynamic linker uses.
pub(super) struct Dynamic<'a> {
    /// The section, up to its end.
    bytes: Cow<'a, [u8]>,
    /// The values of known tags, by `place_of`.
    values: [u64; PLACES],
    /// Which of these tags there are: a bit for each.
    there: u128,
}

/// Tags that may occur several times.
const REPEATED: [elf::DynamicTag; 3] = [elf::DT_NEEDED, elf::DT_AUXILIARY, elf::DT_FILTER];

/// Tags whose value is the place of a text.
pub(super) const TEXTS: [elf::DynamicTag; 8] = [
    elf::DT_NEEDED,
    elf::DT_AUXILIARY,
    elf::DT_FILTER,
    elf::DT_SONAME,
    elf::DT_RPATH,
    elf::DT_RUNPATH,
    elf::DT_AUDIT,
    elf::DT_DEPAUDIT,
];

/// The tags that a dynamic linker knows, in ranges from the first to the last: those of all systems,
/// GNU's, and those of the processor.
const KNOWN: [[u64; 2]; 5] = [
    [0, 40],
    [0x6fff_fff0, 0x6fff_ffff],
    [0x6fff_fef5, 0x6fff_feff],
    [0x6fff_fdf4, 0x6fff_fdff],
    [0x7000_0000, 0x7000_0003],
];

/// How many these are.
const PLACES: usize = {
    let (mut places, mut at) = (0, 0);
    while at < KNOWN.len() {
        let [first, last] = KNOWN[at];
        places += (last - first) as usize + 1;
        at += 1;
    }
    places
};

// A bit of `Dynamic::there` stands for each.
const _: () = assert!(PLACES <= 128);

/// The number of a known tag, below `PLACES`.
fn place_of(tag: u64) -> Option<usize> {
    let mut places = 0;
    for [first, last] in KNOWN {
        if (first..=last).contains(&tag) {
            return Some(places + (tag - first) as usize);
        }
        places += (last - first) as usize + 1;
    }
    None
}

impl<'a> Dynamic<'a> {
    pub(super) fn read(image: &Image<'a>) -> Result<Self, ReadError> {
        let place = &image.segments.dynamic;
        let size = place.in_file.min((limits::DYNAMIC * ENTRY) as u64);
        let mut dynamic = Dynamic {
            bytes: image.read(place.address, size, "dynamic section")?,
            values: [0; PLACES],
            there: 0,
        };
        let repeated = REPEATED.map(number_of);
        let null = number_of(elf::DT_NULL);
        let mut end = None;
        for (at, entry) in dynamic.bytes.as_chunks().0.iter().enumerate() {
            let (tag, value) = fields(entry);
            if tag == null {
                end = Some(at * ENTRY);
                break;
            }
            let Some(place) = place_of(tag).filter(|_| !repeated.contains(&tag)) else {
                // The dynamic linker ignores a tag that it does not know.
                continue;
            };
            if dynamic.there >> place & 1 == 1 {
                return Err(damaged("its dynamic section says something twice"));
            }
            dynamic.there |= 1 << place;
            dynamic.values[place] = value;
        }
        let Some(end) = end else {
            return Err(damaged("its dynamic section has no end"));
        };
        match &mut dynamic.bytes {
            Cow::Borrowed(bytes) => *bytes = &bytes[..end],
            Cow::Owned(bytes) => bytes.truncate(end),
        }
        dynamic.check(image.segments)?;
        Ok(dynamic)
    }

    /// The value of a tag that occurs once.
    pub(super) fn get(&self, tag: elf::DynamicTag) -> Option<u64> {
        let place = place_of(number_of(tag))?;
        (self.there >> place & 1 == 1).then(|| self.values[place])
    }

    /// The values of a tag, in their order.
    pub(super) fn all(&self, tag: elf::DynamicTag) -> impl Iterator<Item = u64> {
        let wanted = number_of(tag);
        let entries = self.bytes.as_chunks().0.iter().map(fields);
        entries.filter_map(move |(tag, value)| (tag == wanted).then_some(value))
    }

    /// The address and the size of a table of relocations, whose entries must have the size `entry`;
    /// `None` if there is no such table.
    pub(super) fn relocations(
        &self,
        [address, size, entry_size]: [elf::DynamicTag; 3],
        entry: u64,
    ) -> Result<Option<(u64, u64)>, ReadError> {
        let Some(address) = self.get(address) else {
            return Ok(None);
        };
        match (self.get(size), self.get(entry_size)) {
            (Some(size), Some(told)) if told == entry && size.is_multiple_of(entry) => {
                Ok(Some((address, size)))
            }
            _ => Err(damaged("its relocations have no size")),
        }
    }

    fn check(&self, image: &Segments) -> Result<(), ReadError> {
        let flags = self.get(elf::DT_FLAGS).unwrap_or(0);
        if self.get(elf::DT_TEXTREL).is_some() || flags & elf::DF_TEXTREL.0 != 0 {
            return Err(ReadError::Unsuitable(
                "it has relocations in its code; compile all of it with `-fPIC`".to_owned(),
            ));
        }
        for function in [elf::DT_INIT, elf::DT_FINI] {
            if self.get(function).is_some_and(|at| !image.is_code(at)) {
                return Err(damaged("its first or last function is not in its code"));
            }
        }
        for (array, size) in ARRAYS {
            let (array, size) = (self.get(array), self.get(size));
            let fits = match (array, size) {
                (Some(array), Some(size)) => {
                    size.is_multiple_of(8)
                        && array.is_multiple_of(8)
                        && image.offset(array, size).is_some()
                }
                (None, size) => size.is_none(),
                (Some(_), None) => false,
            };
            if !fits {
                return Err(damaged("its list of first or last functions is misplaced"));
            }
        }
        if self.get(elf::DT_REL).is_some() {
            return Err(damaged("its relocations are those of another processor"));
        }
        Ok(())
    }
}

/// Functions that the dynamic linker calls: tags of the place and of the size.
pub(super) const ARRAYS: [(elf::DynamicTag, elf::DynamicTag); 2] = [
    (elf::DT_INIT_ARRAY, elf::DT_INIT_ARRAYSZ),
    (elf::DT_FINI_ARRAY, elf::DT_FINI_ARRAYSZ),
];

/// A tag and its value.
fn fields(entry: &[u8; ENTRY]) -> (u64, u64) {
    (word(entry, 0), word(entry, 8))
}

fn number_of(tag: elf::DynamicTag) -> u64 {
    tag.0 as u64
}
