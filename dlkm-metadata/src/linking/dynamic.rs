//! The dynamic section: where all other tables are.

use object::elf;

use super::segments::Segments;
use super::table::{damaged, word};
use crate::error::ReadError;
use crate::limits;

/// The size of an entry, in bytes.
const ENTRY: usize = 16;

/// The entries that the dynamic linker uses.
pub(super) struct Dynamic {
    /// Tags with their values, sorted. Only those in `REPEATED` occur several times.
    entries: Vec<(u64, u64)>,
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

impl Dynamic {
    pub(super) fn read(image: &Segments<'_>) -> Result<Self, ReadError> {
        let place = &image.dynamic;
        let size = place.in_file.min((limits::DYNAMIC * ENTRY) as u64);
        let bytes = image.read(place.address, size, "dynamic section")?;
        let all = bytes.chunks_exact(ENTRY);
        let all = all.map(|entry| (word(entry, 0), word(entry, 8)));
        let null = number_of(elf::DT_NULL);
        let mut entries: Vec<_> = all.take_while(|(tag, _)| *tag != null).collect();
        if entries.len() == bytes.len() / ENTRY {
            return Err(damaged("its dynamic section has no end"));
        }
        entries.sort_unstable();
        let repeated = REPEATED.map(number_of);
        let twice = entries
            .windows(2)
            .any(|pair| pair[0].0 == pair[1].0 && !repeated.contains(&pair[0].0));
        if twice {
            return Err(damaged("its dynamic section says something twice"));
        }
        let dynamic = Dynamic { entries };
        dynamic.check(image)?;
        Ok(dynamic)
    }

    /// The value of a tag that occurs once.
    pub(super) fn get(&self, tag: elf::DynamicTag) -> Option<u64> {
        self.all(tag).next()
    }

    /// The values of a tag.
    pub(super) fn all(&self, tag: elf::DynamicTag) -> impl Iterator<Item = u64> {
        let tag = number_of(tag);
        let first = self.entries.partition_point(|(other, _)| *other < tag);
        let from = self.entries[first..].iter();
        from.take_while(move |(other, _)| *other == tag)
            .map(|(_, value)| *value)
    }

    /// The address and the size of a table, and the size of its entries, which must be `entry`;
    /// `None` if there is no such table.
    pub(super) fn table(
        &self,
        [address, size, entry_size]: [elf::DynamicTag; 3],
        entry: u64,
        what: &str,
    ) -> Result<Option<(u64, u64)>, ReadError> {
        let Some(address) = self.get(address) else {
            return Ok(None);
        };
        match (self.get(size), self.get(entry_size)) {
            (Some(size), Some(told)) if told == entry && size.is_multiple_of(entry) => {
                Ok(Some((address, size)))
            }
            _ => Err(damaged(format!("its {what} have no size"))),
        }
    }

    fn check(&self, image: &Segments<'_>) -> Result<(), ReadError> {
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

fn number_of(tag: elf::DynamicTag) -> u64 {
    tag.0 as u64
}
