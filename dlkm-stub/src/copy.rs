//! The copy of the real library that a stub library opens: it calls its own functions directly.

use std::mem;

use object::LittleEndian as LE;
use object::elf;

use crate::elf::Elf;
use crate::error::Fault;

type Entry = elf::Dyn64<LE>;

/// What has been done to a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It had the flag already.
    None,
    /// It has the flag now.
    Flag,
    /// There is no room for the flag, so its calls of its own functions go through the stub library.
    NoRoom,
}

/// Sets `DF_SYMBOLIC` in a library: it then looks for symbols in itself first. Otherwise it would find
/// the stub library's, which comes first in the process.
///
/// No byte moves. The flag goes into the entry `DT_FLAGS`, or into the first unused entry behind the
/// last that counts, of which linkers leave several. Without one, it takes the place of an entry that
/// only makes loading faster.
pub(crate) fn make_symbolic(data: &mut [u8]) -> Result<Change, Fault> {
    let elf = Elf::parse(data)?;
    let (offset, count) = elf.dynamic_place;
    if elf.dynamic(elf::DT_SYMBOLIC).is_some() {
        return Ok(Change::None);
    }
    let flags = elf.dynamic(elf::DT_FLAGS).unwrap_or(0);
    if flags & elf::DF_SYMBOLIC.0 != 0 {
        return Ok(Change::None);
    }
    let start = usize::try_from(offset).map_err(|_| Fault::Damaged("the dynamic segment"))?;
    let tags: Vec<i64> = (0..count)
        .map(|index| word(data, start + index * mem::size_of::<Entry>()).cast_signed())
        .collect();
    let last = tags.iter().position(|tag| *tag == elf::DT_NULL.0);
    let entries = &tags[..last.unwrap_or(count)];
    let find = |tag: elf::DynamicTag| entries.iter().position(|other| *other == tag.0);
    let has_spare = last.is_some_and(|last| tags[last..].iter().take(2).eq(&[0, 0]));
    let (place, tag, value) = match (find(elf::DT_FLAGS), find(elf::DT_RELACOUNT)) {
        (Some(place), _) => (place, elf::DT_FLAGS, flags | elf::DF_SYMBOLIC.0),
        (None, _) if has_spare => (entries.len(), elf::DT_FLAGS, elf::DF_SYMBOLIC.0),
        (None, Some(place)) => (place, elf::DT_SYMBOLIC, 0),
        (None, None) => return Ok(Change::NoRoom),
    };
    let at = start + place * mem::size_of::<Entry>();
    data[at..at + 8].copy_from_slice(&tag.0.to_le_bytes());
    data[at + 8..at + 16].copy_from_slice(&value.to_le_bytes());
    Ok(Change::Flag)
}

/// The word at a place that `Elf::parse` has found to be inside of the file.
fn word(data: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&data[at..at + 8]);
    u64::from_le_bytes(bytes)
}
