//! The relocations: what the dynamic linker writes into the image.

use object::elf;

use super::dynamic::{ARRAYS, Dynamic};
use super::segments::Segments;
use super::table::{damaged, half, word};
use crate::error::ReadError;
use crate::limits;

/// The size of a relocation, in bytes.
const ENTRY: u64 = 24;

/// How many bytes are read at once: a multiple of all entries' sizes, in about a page.
const PART: usize = 170 * 24;

/// Checks all relocations.
pub(super) fn check(
    image: &Segments<'_>,
    dynamic: &Dynamic,
    symbols: u32,
) -> Result<(), ReadError> {
    let what = "relocations";
    let tags = [elf::DT_RELA, elf::DT_RELASZ, elf::DT_RELAENT];
    let all = dynamic.table(tags, ENTRY, what)?;
    let jumps = match (dynamic.get(elf::DT_JMPREL), dynamic.get(elf::DT_PLTRELSZ)) {
        (None, None) => None,
        (Some(at), Some(size))
            if dynamic.get(elf::DT_PLTREL) == Some(elf::DT_RELA.0 as u64)
                && size.is_multiple_of(ENTRY) =>
        {
            Some((at, size))
        }
        _ => return Err(damaged("its relocations of calls have no size")),
    };
    let arrays = ARRAYS.map(|(array, size)| {
        let (at, size) = (dynamic.get(array), dynamic.get(size));
        at.zip(size).map_or(0..0, |(at, size)| at..at + size)
    });
    let lists = arrays.iter().filter(|array| !array.is_empty());
    let first = lists.clone().map(|array| array.start).min();
    let mut checked = Checked {
        image,
        symbols,
        called_in: first.unwrap_or(0)..lists.map(|array| array.end).max().unwrap_or(0),
        arrays,
        span: image.span(),
        called: 0,
        calls: None,
        chosen: false,
        last: 0..0,
    };
    // The first ones are all relative, which the dynamic linker does not look at again.
    let mut relative = dynamic.get(elf::DT_RELACOUNT).unwrap_or(0);
    if all.is_none_or(|(_, size)| relative > size / ENTRY) {
        relative = match relative {
            0 => 0,
            _ => return Err(damaged("it has fewer relocations than it says")),
        };
    }
    // These follow those of other calls.
    if let Some((at, size)) = jumps
        && let Some(last) = size.checked_sub(ENTRY)
    {
        let entry = image.read(at.saturating_add(last), ENTRY, what)?;
        checked.chosen = half(&entry, 8) == elf::R_X86_64_IRELATIVE.0;
    }
    for (at, size) in [all, jumps].into_iter().flatten() {
        each(image, at, size, ENTRY, |entry| {
            let is_relative = half(entry, 8) == elf::R_X86_64_RELATIVE.0;
            if relative > 0 && !is_relative {
                return false;
            }
            relative = relative.saturating_sub(1);
            checked.is_possible(entry)
        })?;
    }
    let tags = [elf::DT_RELR, elf::DT_RELRSZ, elf::DT_RELRENT];
    let Some((at, size)) = dynamic.table(tags, 8, what)? else {
        // Each word of the lists of functions is an address, so it has a relocation.
        let words = checked
            .arrays
            .iter()
            .map(|array| (array.end - array.start) / 8);
        return match words.sum::<u64>() == checked.called {
            true => Ok(()),
            false => Err(damaged("its list of first or last functions is misplaced")),
        };
    };
    let mut next = 0_u64;
    each(image, at, size, 8, |entry| {
        let entry = word(entry, 0);
        // An address, or 63 marks for the words that follow.
        let (from, words) = match entry & 1 {
            0 => (entry, 1),
            _ => (next, 63),
        };
        let marked = |at: u64| entry & 1 == 0 || entry >> (at + 1) & 1 == 1;
        next = from.saturating_add(words * 8);
        (0..words).all(|at| !marked(at) || image.is_writable(from.saturating_add(at * 8)))
    })
}

struct Checked<'a> {
    image: &'a Segments<'a>,
    symbols: u32,
    /// Places of functions that are called before the image is used, or after.
    arrays: [std::ops::Range<u64>; 2],
    /// From the first of these places to the last.
    called_in: std::ops::Range<u64>,
    /// All addresses of the image, and the end, where an array may end.
    span: std::ops::RangeInclusive<u64>,
    /// How many relocations these places have.
    called: u64,
    /// The place of the last pointer to a function of another object.
    calls: Option<u64>,
    /// Whether there are functions that are chosen by other functions.
    chosen: bool,
    /// The writable range that the last relocation was in.
    last: std::ops::Range<u64>,
}

impl Checked<'_> {
    #[inline]
    fn is_possible(&mut self, entry: &[u8]) -> bool {
        let (at, kind, symbol) = (word(entry, 0), half(entry, 8), half(entry, 12));
        let addend = word(entry, 16);
        // Nearly all: an address in the image, which is not that of a function to call.
        let ordinary = kind == elf::R_X86_64_RELATIVE.0
            && symbol == 0
            && self.last.start <= at
            && at <= self.last.end.saturating_sub(8)
            && !self.called_in.contains(&at);
        (ordinary && self.span.contains(&addend)) || self.is_rare(at, kind, symbol, addend)
    }

    #[cold]
    fn is_rare(&mut self, at: u64, kind: u32, symbol: u32, addend: u64) -> bool {
        let kind = elf::RelocationType(kind);
        let size = match kind {
            elf::R_X86_64_NONE => return true,
            elf::R_X86_64_TLSDESC => 16,
            elf::R_X86_64_32 | elf::R_X86_64_PC32 | elf::R_X86_64_SIZE32 => 4,
            elf::R_X86_64_64
            | elf::R_X86_64_GLOB_DAT
            | elf::R_X86_64_JUMP_SLOT
            | elf::R_X86_64_RELATIVE
            | elf::R_X86_64_IRELATIVE
            | elf::R_X86_64_DTPMOD64
            | elf::R_X86_64_DTPOFF64
            | elf::R_X86_64_TPOFF64
            | elf::R_X86_64_SIZE64 => 8,
            _ => return false,
        };
        if !self.is_writable(at, size) || symbol >= self.symbols {
            return false;
        }
        let called = self.arrays.iter().any(|array| array.contains(&at));
        self.called += u64::from(called);
        match kind {
            // They are an array, which also has the functions that are chosen when an image is
            // loaded.
            elf::R_X86_64_JUMP_SLOT => {
                let before = self.calls.replace(at);
                let gap = if self.chosen { u64::MAX } else { 8 };
                at.is_multiple_of(8)
                    && before.is_none_or(|before| before < at && at - before <= gap)
            }
            elf::R_X86_64_GLOB_DAT => at.is_multiple_of(8),
            elf::R_X86_64_RELATIVE if !called => self.span.contains(&addend),
            elf::R_X86_64_RELATIVE | elf::R_X86_64_IRELATIVE => self.image.is_code(addend),
            _ => true,
        }
    }
}

impl Checked<'_> {
    /// Relocations of one segment follow each other.
    fn is_writable(&mut self, at: u64, size: u64) -> bool {
        let within = |range: &std::ops::Range<u64>| {
            let end = at.checked_add(size);
            range.start <= at && end.is_some_and(|end| end <= range.end)
        };
        if !within(&self.last) {
            self.last = self.image.writable_around(at);
        }
        within(&self.last)
    }
}

/// Calls `is_possible` with each entry of a table of relocations.
fn each(
    image: &Segments<'_>,
    at: u64,
    size: u64,
    entry: u64,
    mut is_possible: impl FnMut(&[u8]) -> bool,
) -> Result<(), ReadError> {
    let offset = image.offset(at, size);
    let Some(mut offset) = offset.filter(|_| size <= limits::RELOCATIONS) else {
        return Err(damaged("its relocations are not within the file"));
    };
    let mut part = [0; PART];
    let mut left = size;
    while left > 0 {
        let length = usize::try_from(left).map_or(PART, |left| left.min(PART));
        let part = &mut part[..length];
        image.read_at(offset, part)?;
        if !part.chunks_exact(entry as usize).all(&mut is_possible) {
            return Err(damaged("a relocation is impossible"));
        }
        offset += length as u64;
        left -= length as u64;
    }
    Ok(())
}
