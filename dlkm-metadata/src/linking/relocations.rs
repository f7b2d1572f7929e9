//! The relocations: what the dynamic linker writes into the image.

use std::ops::{Range, RangeInclusive};

use object::elf;

use super::dynamic::{ARRAYS, Dynamic};
use super::segments::Segments;
use super::table::{damaged, half, word};
use crate::error::ReadError;
use crate::limits;
use crate::parts::{Buffer, Source};

/// The size of a relocation, in bytes.
const ENTRY: usize = 24;

/// The size of an entry of the short form of relocations, in bytes.
const SHORT: usize = 8;

/// An image's relocations, which have not been checked. They are the largest of the tables, and are
/// read in parts.
pub(crate) struct Relocations<'a> {
    segments: &'a Segments,
    /// How many symbols there are.
    symbols: u32,
    /// Where they are, and how many bytes they have: those of data, those of calls, and those in
    /// the short form.
    data: Option<(u64, u64)>,
    calls: Option<(u64, u64)>,
    short: Option<(u64, u64)>,
    /// How many of the first ones are relative, which the dynamic linker does not look at again.
    relative: u64,
    /// Places of functions that are called before the image is used, or after.
    arrays: [Range<u64>; 2],
}

impl<'a> Relocations<'a> {
    pub(super) fn of(
        segments: &'a Segments,
        dynamic: &Dynamic<'_>,
        symbols: u32,
    ) -> Result<Self, ReadError> {
        let tags = [elf::DT_RELA, elf::DT_RELASZ, elf::DT_RELAENT];
        let data = dynamic.relocations(tags, ENTRY as u64)?;
        let calls = match (dynamic.get(elf::DT_JMPREL), dynamic.get(elf::DT_PLTRELSZ)) {
            (None, None) => None,
            (Some(at), Some(size))
                if dynamic.get(elf::DT_PLTREL) == Some(elf::DT_RELA.0 as u64)
                    && size.is_multiple_of(ENTRY as u64) =>
            {
                Some((at, size))
            }
            _ => return Err(damaged("its relocations of calls have no size")),
        };
        let relative = dynamic.get(elf::DT_RELACOUNT).unwrap_or(0);
        if relative > data.map_or(0, |(_, size)| size / ENTRY as u64) {
            return Err(damaged("it has fewer relocations than it says"));
        }
        let tags = [elf::DT_RELR, elf::DT_RELRSZ, elf::DT_RELRENT];
        Ok(Relocations {
            segments,
            symbols,
            data,
            calls,
            short: dynamic.relocations(tags, SHORT as u64)?,
            relative,
            arrays: ARRAYS.map(|(array, size)| {
                let (at, size) = (dynamic.get(array), dynamic.get(size));
                at.zip(size).map_or(0..0, |(at, size)| at..at + size)
            }),
        })
    }

    /// Reads and checks all relocations.
    ///
    /// # Errors
    /// The dynamic linker would write to a place that is not the image's data, or write something
    /// that its format does not say.
    pub(crate) fn check(&self, source: Source<'_>, buffer: &mut Buffer) -> Result<(), ReadError> {
        let mut checked = Checked::new(self);
        for table in self.tables() {
            checked.last_is_chosen = false;
            if let Some(table) = table {
                self.each::<ENTRY>(table, source, buffer, &mut |part| {
                    checked.are_possible(part)
                })?;
            }
        }
        if checked.gaps && !checked.last_is_chosen {
            return Err(impossible());
        }
        let Some(short) = self.short else {
            // Each word of the lists of functions is an address, so it has a relocation.
            let words = self.arrays.iter();
            let words = words.map(|array| (array.end - array.start) / 8);
            return match words.sum::<u64>() == checked.called {
                true => Ok(()),
                false => Err(damaged("its list of first or last functions is misplaced")),
            };
        };
        let mut next = 0_u64;
        let mut is_possible = |entry: &[u8; SHORT]| {
            let entry = word(entry, 0);
            // An address, or 63 marks for the words that follow.
            let (from, words) = match entry & 1 {
                0 => (entry, 1),
                _ => (next, 63),
            };
            let marked = |at: u64| entry & 1 == 0 || entry >> (at + 1) & 1 == 1;
            next = from.saturating_add(words * 8);
            let is_writable = |at: u64| self.segments.is_writable(from.saturating_add(at * 8));
            (0..words).all(|at| !marked(at) || is_writable(at))
        };
        let mut are_possible = |part: &[[u8; SHORT]]| part.iter().all(&mut is_possible);
        self.each::<SHORT>(short, source, buffer, &mut are_possible)
    }

    /// Those of data and those of calls. Usually the linker has put them side by side, and they are
    /// read as one table.
    fn tables(&self) -> [Option<(u64, u64)>; 2] {
        if let (Some((at, size)), Some((next, more))) = (self.data, self.calls)
            && more > 0
            && at.checked_add(size) == Some(next)
        {
            let whole = size.saturating_add(more);
            if self.segments.offset(at, whole).is_some() {
                return [None, Some((at, whole))];
            }
        }
        [self.data, self.calls]
    }

    /// Calls `are_possible` with the entries of a table.
    fn each<const SIZE: usize>(
        &self,
        (at, size): (u64, u64),
        source: Source<'_>,
        buffer: &mut Buffer,
        are_possible: &mut dyn FnMut(&[[u8; SIZE]]) -> bool,
    ) -> Result<(), ReadError> {
        let offset = self.segments.offset(at, size);
        let Some(offset) = offset.filter(|_| size <= limits::RELOCATIONS) else {
            return Err(damaged("its relocations are not within the file"));
        };
        match source.stream(offset, size, buffer, are_possible)? {
            true => Ok(()),
            false => Err(impossible()),
        }
    }
}

#[cold]
fn impossible() -> ReadError {
    damaged("a relocation is impossible")
}

/// Addresses from the first one.
#[derive(Clone, Copy)]
struct Span {
    first: u64,
    count: u64,
}

impl Span {
    fn contains(self, address: u64) -> bool {
        address.wrapping_sub(self.first) < self.count
    }
}

/// What the relocations have been so far.
struct Checked<'a> {
    of: &'a Relocations<'a>,
    /// All addresses of the image, and the end, where an array may end.
    image: RangeInclusive<u64>,
    /// From the first place of a function that is called to the last.
    called_in: Range<u64>,
    /// Around the last relocation: the places for a word in its segment, up to those of functions
    /// that are called.
    words: Span,
    /// That segment.
    last: Range<u64>,
    /// How many of the first ones must be relative.
    relative: u64,
    /// How many relocations the places of functions have.
    called: u64,
    /// The place of the last pointer to a function of another object.
    call: Option<u64>,
    /// Whether there are gaps between these places.
    gaps: bool,
    /// Whether the last relocation is that of a function that is chosen by another function.
    last_is_chosen: bool,
}

impl<'a> Checked<'a> {
    fn new(of: &'a Relocations<'a>) -> Self {
        let lists = of.arrays.iter().filter(|array| !array.is_empty());
        let first = lists.clone().map(|array| array.start).min().unwrap_or(0);
        let end = lists.map(|array| array.end).max().unwrap_or(0);
        Checked {
            of,
            image: of.segments.span(),
            called_in: first..end,
            words: Span { first: 0, count: 0 },
            last: 0..0,
            relative: of.relative,
            called: 0,
            call: None,
            gaps: false,
            last_is_chosen: false,
        }
    }

    fn are_possible(&mut self, part: &[[u8; ENTRY]]) -> bool {
        let image = Span {
            first: *self.image.start(),
            // With the end. Addresses are far below the largest number: `limits::SPAN`.
            count: self.image.end() - self.image.start() + 1,
        };
        let mut words = self.words;
        for (at, entry) in part.iter().enumerate() {
            let (place, kind, addend) = (word(entry, 0), word(entry, 8), word(entry, 16));
            // Nearly all: an address in the image, which is not that of a function to call. In one
            // condition, as each of its parts nearly always holds.
            let is_ordinary = (kind == u64::from(elf::R_X86_64_RELATIVE.0))
                & words.contains(place)
                & image.contains(addend);
            if !is_ordinary {
                if !self.is_rare(entry, (at as u64) < self.relative) {
                    return false;
                }
                words = self.words;
            }
        }
        self.relative = self.relative.saturating_sub(part.len() as u64);
        self.last_is_chosen = part
            .last()
            .is_some_and(|last| half(last, 8) == elf::R_X86_64_IRELATIVE.0);
        true
    }

    #[cold]
    fn is_rare(&mut self, entry: &[u8; ENTRY], is_first: bool) -> bool {
        let (at, symbol, addend) = (word(entry, 0), half(entry, 12), word(entry, 16));
        let kind = elf::RelocationType(half(entry, 8));
        if is_first && kind != elf::R_X86_64_RELATIVE {
            return false;
        }
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
        if !self.is_writable(at, size) || symbol >= self.of.symbols {
            return false;
        }
        let called = self.of.arrays.iter().any(|array| array.contains(&at));
        self.called += u64::from(called);
        match kind {
            // They are an array, which also has the functions that are chosen when an image is
            // loaded: these follow the others.
            elf::R_X86_64_JUMP_SLOT => {
                let before = self.call.replace(at);
                self.gaps |= before.is_some_and(|before| at.wrapping_sub(before) > 8);
                at.is_multiple_of(8) && before.is_none_or(|before| before < at)
            }
            elf::R_X86_64_GLOB_DAT => at.is_multiple_of(8),
            elf::R_X86_64_RELATIVE if !called => self.image.contains(&addend),
            elf::R_X86_64_RELATIVE | elf::R_X86_64_IRELATIVE => self.of.segments.is_code(addend),
            _ => true,
        }
    }

    /// Relocations of one segment follow each other.
    fn is_writable(&mut self, at: u64, size: u64) -> bool {
        let within = |range: &Range<u64>| {
            let end = at.checked_add(size);
            range.start <= at && end.is_some_and(|end| end <= range.end)
        };
        if !within(&self.last) {
            self.last = self.of.segments.writable_around(at);
        }
        if !self.words.contains(at) {
            let called = &self.called_in;
            let (mut first, mut end) = (self.last.start, self.last.end.saturating_sub(7));
            if at < called.start {
                end = end.min(called.start);
            } else {
                first = first.max(called.end);
            }
            self.words = Span {
                first,
                count: end.saturating_sub(first),
            };
        }
        within(&self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::super::segments::Segment;
    use super::*;

    /// Code, then two segments of data, with a gap between them.
    fn segments() -> Segments {
        let segment = |kind: elf::ProgramType, flags: u32, address: u64, size: u64| Segment {
            kind: kind.0,
            flags,
            offset: address,
            address,
            in_file: size,
            in_memory: size,
            align: 4096,
        };
        let all = [
            segment(elf::PT_LOAD, 5, 0, 0x1000),
            segment(elf::PT_LOAD, 6, 0x1000, 0x800),
            segment(elf::PT_LOAD, 6, 0x3000, 0x800),
            segment(elf::PT_DYNAMIC, 6, 0x3000, 0x100),
            segment(elf::PT_GNU_STACK, 6, 0, 0),
        ];
        Segments::new(all.into_iter(), 0x3800).unwrap()
    }

    /// Numbers that look random, the same in each run.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (self.0 >> 33) % end
        }

        fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
            all[self.below(all.len() as u64) as usize]
        }
    }

    #[test]
    fn the_short_way_finds_what_the_long_way_finds() {
        const EDGES: [u64; 12] = [
            0,
            0x1000,
            0x1100,
            0x1120,
            0x1200,
            0x1210,
            0x1800,
            0x3000,
            0x3800,
            1 << 40,
            1 << 63,
            u64::MAX,
        ];
        const USUAL: [u64; 8] = [
            0x1000, 0x10f8, 0x1110, 0x1120, 0x1208, 0x17f0, 0x3000, 0x37f0,
        ];
        let segments = segments();
        let (mut numbers, mut possible) = (Numbers(1), 0);
        for _ in 0..50_000 {
            let of = Relocations {
                segments: &segments,
                symbols: 2,
                data: None,
                calls: None,
                short: None,
                relative: numbers.below(4),
                arrays: numbers
                    .one_of(&[[(0, 0); 2], [(0x1100, 0x1120), (0x1200, 0x1210)]])
                    .map(|(start, end)| start..end),
            };
            let part: Vec<[u8; ENTRY]> = (0..numbers.below(6))
                .map(|_| {
                    let near = |numbers: &mut Numbers| {
                        let at = numbers.one_of(&EDGES);
                        at.wrapping_add(numbers.below(20)).wrapping_sub(10)
                    };
                    let mut usually = || numbers.below(8) > 0;
                    let [usual_place, usual_kind, usual_addend] =
                        std::array::from_fn(|_| usually());
                    let place = match usual_place {
                        true => numbers.one_of(&USUAL) + numbers.below(10),
                        false => near(&mut numbers),
                    };
                    let kind = match usual_kind {
                        true => u64::from(elf::R_X86_64_RELATIVE.0),
                        // With a symbol, or without.
                        false => numbers.below(40) | numbers.below(3) << 32,
                    };
                    let addend = match usual_addend {
                        true => numbers.below(0x1000),
                        false => near(&mut numbers),
                    };
                    let mut entry = [0; ENTRY];
                    let (words, _) = entry.as_chunks_mut();
                    for (word, number) in words.iter_mut().zip([place, kind, addend]) {
                        *word = u64::to_le_bytes(number);
                    }
                    entry
                })
                .collect();
            let (mut short, mut long) = (Checked::new(&of), Checked::new(&of));
            let all = part.iter().zip(0..);
            let mut all = all.map(|(entry, at)| long.is_rare(entry, at < of.relative));
            let expected = all.all(|possible| possible);
            assert_eq!(short.are_possible(&part), expected, "{part:?}");
            if expected {
                possible += 1;
                let found = |checked: &Checked<'_>| (checked.called, checked.call, checked.gaps);
                assert_eq!(found(&short), found(&long), "{part:?}");
            }
        }
        assert!((5_000..45_000).contains(&possible), "{possible}");
    }
}
