//! The segments: what is mapped where, and what may be read of it.

use std::ops::RangeInclusive;

use object::elf;

use super::table::damaged;
use crate::error::ReadError;
use crate::limits;

/// The size of a page on x86-64, in bytes.
const PAGE: u64 = 4096;

/// A program header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) kind: u32,
    pub(crate) flags: u32,
    pub(crate) offset: u64,
    pub(crate) address: u64,
    pub(crate) in_file: u64,
    pub(crate) in_memory: u64,
    pub(crate) align: u64,
}

impl Segment {
    fn has(&self, flag: elf::ProgramFlags) -> bool {
        self.flags & flag.0 != 0
    }

    /// Where it ends in memory. [`Segments::new`] has checked the sum.
    fn end(&self) -> u64 {
        self.address + self.in_memory
    }

    fn is(&self, kind: elf::ProgramType) -> bool {
        self.kind == kind.0
    }

    /// The offset in the file of `size` bytes at `address`.
    fn offset_of(&self, address: u64, size: u64) -> Option<u64> {
        let within = address.checked_sub(self.address)?;
        let fits = within.checked_add(size)? <= self.in_file;
        fits.then(|| self.offset + within)
    }

    /// Whether these bytes, of the file or not, are in it.
    fn covers(&self, address: u64, size: u64) -> bool {
        let end = address.checked_add(size);
        address >= self.address && end.is_some_and(|end| end <= self.end())
    }
}

/// The segments of an image, which can be mapped.
pub(crate) struct Segments {
    /// Those that are mapped, by address.
    loads: Vec<Segment>,
    pub(super) dynamic: Segment,
    /// The size of the thread-local data, in bytes.
    pub(super) thread_local: u64,
}

impl Segments {
    /// Those of a file of this length.
    pub(crate) fn new(
        all: impl Iterator<Item = Segment> + Clone,
        length: u64,
    ) -> Result<Self, ReadError> {
        let of = |kind: elf::ProgramType| all.clone().filter(move |segment| segment.is(kind));
        // Usually four or five.
        let mut loads = Vec::with_capacity(6);
        loads.extend(of(elf::PT_LOAD));
        mappable(&loads, length)?;
        let mut dynamic = of(elf::PT_DYNAMIC);
        let (Some(dynamic), None) = (dynamic.next(), dynamic.next()) else {
            return Err(damaged("it has no dynamic section, or several"));
        };
        let mut image = Segments {
            loads,
            dynamic,
            thread_local: 0,
        };
        image.check_dynamic()?;
        image.check_thread_local(of(elf::PT_TLS))?;
        image.check_others(all.clone())?;
        // Without a word about it the stack must be executable, by the ABI.
        if !of(elf::PT_GNU_STACK).any(|stack| !stack.has(elf::PF_X)) {
            return Err(ReadError::Unsuitable(
                "it asks for stacks with executable code; link it with `-z noexecstack`".to_owned(),
            ));
        }
        Ok(image)
    }

    fn check_dynamic(&self) -> Result<(), ReadError> {
        let dynamic = &self.dynamic;
        let load = self.same_place(dynamic);
        if load.is_none_or(|load| dynamic.has(elf::PF_W) && !load.has(elf::PF_W)) {
            return Err(damaged(
                "its dynamic section is in no segment that is mapped",
            ));
        }
        Ok(())
    }

    fn check_thread_local(
        &mut self,
        mut all: impl Iterator<Item = Segment>,
    ) -> Result<(), ReadError> {
        let Some(block) = all.next() else {
            return Ok(());
        };
        let fits = block.in_file <= block.in_memory
            && block.in_memory <= limits::THREAD_LOCAL
            && (block.align == 0 || block.align.is_power_of_two() && block.align <= PAGE)
            && (block.in_file == 0 || self.same_place(&block).is_some());
        if !fits || all.next().is_some() {
            return Err(damaged("its thread-local data does not fit"));
        }
        self.thread_local = block.in_memory;
        Ok(())
    }

    /// Segments that lie within those that are mapped.
    fn check_others(&self, all: impl Iterator<Item = Segment>) -> Result<(), ReadError> {
        for segment in all {
            let read = [
                elf::PT_PHDR,
                elf::PT_NOTE,
                elf::PT_GNU_PROPERTY,
                elf::PT_GNU_EH_FRAME,
            ];
            let misplaced = read.iter().any(|kind| segment.is(*kind))
                && (segment.in_file > segment.in_memory || self.same_place(&segment).is_none());
            // Made unwritable after the relocations, in whole pages.
            let unprotected = segment.is(elf::PT_GNU_RELRO)
                && !self.loads.iter().any(|load| {
                    let end = segment.address.checked_add(segment.in_memory);
                    load.has(elf::PF_W)
                        && segment.address >= load.address
                        && end.is_some_and(|end| end <= load.end().next_multiple_of(PAGE))
                });
            if misplaced || unprotected {
                return Err(outside(segment.kind));
            }
        }
        Ok(())
    }

    /// The mapped segment in which another one lies, in the file and in memory.
    fn same_place(&self, other: &Segment) -> Option<&Segment> {
        self.loads
            .iter()
            .find(|load| load.offset_of(other.address, other.in_file) == Some(other.offset))
    }

    /// Where in the file these bytes of the image are.
    pub(crate) fn offset(&self, address: u64, size: u64) -> Option<u64> {
        let mut loads = self.loads.iter();
        loads.find_map(|load| load.offset_of(address, size))
    }

    /// How many bytes of the file follow `address` in its segment.
    pub(super) fn rest(&self, address: u64) -> u64 {
        let load = self.loads.iter().find(|load| load.covers(address, 0));
        load.map_or(0, |load| {
            load.in_file.saturating_sub(address - load.address)
        })
    }

    /// The segment around an address, if it is writable; otherwise an empty range.
    pub(super) fn writable_around(&self, address: u64) -> std::ops::Range<u64> {
        let mut loads = self.loads.iter();
        let load = loads.find(|load| load.has(elf::PF_W) && load.covers(address, 1));
        load.map_or(0..0, |load| load.address..load.end())
    }

    /// Whether a word there can be written.
    pub(super) fn is_writable(&self, address: u64) -> bool {
        let range = self.writable_around(address);
        range.end.saturating_sub(address) >= 8 && !range.is_empty()
    }

    pub(super) fn is_code(&self, address: u64) -> bool {
        let mut loads = self.loads.iter();
        loads.any(|load| load.has(elf::PF_X) && load.covers(address, 1))
    }

    /// The addresses of the image, and its end.
    pub(super) fn span(&self) -> RangeInclusive<u64> {
        let first = self.loads.first().map_or(0, |load| load.address);
        first..=self.loads.last().map_or(0, Segment::end)
    }

    /// Whether an address is in the image, or at the end of a segment, where an array may end.
    pub(super) fn contains(&self, address: u64) -> bool {
        self.loads.iter().any(|load| load.covers(address, 0))
    }
}

#[cold]
fn outside(kind: u32) -> ReadError {
    damaged(&format!(
        "its segment of type {kind:#x} is not within one that is mapped"
    ))
}

/// Checks the segments that are mapped: in the order of their addresses, with no page in two of
/// them.
fn mappable(loads: &[Segment], length: u64) -> Result<(), ReadError> {
    let mut before = 0;
    for load in loads {
        if load
            .offset
            .checked_add(load.in_file)
            .is_none_or(|end| end > length)
        {
            let what = "a segment reaches past its end";
            return Err(ReadError::Truncated(what.to_owned()));
        }
        let end = load.address.checked_add(load.in_memory);
        let shape = load.in_file <= load.in_memory
            && load.align.is_power_of_two()
            && load.align >= PAGE
            && load
                .address
                .wrapping_sub(load.offset)
                .is_multiple_of(load.align)
            && end.is_some_and(|end| end <= limits::SPAN);
        if !shape {
            return Err(damaged("a segment can't be mapped"));
        }
        if load.address / PAGE * PAGE < before {
            return Err(damaged("its segments overlap, or are not in order"));
        }
        let (reads, writes, runs) = (
            load.has(elf::PF_R),
            load.has(elf::PF_W),
            load.has(elf::PF_X),
        );
        if !reads || writes && runs || !writes && load.in_file != load.in_memory {
            return Err(damaged("a segment has flags that don't fit its content"));
        }
        before = load.end().next_multiple_of(PAGE);
    }
    if loads.is_empty() {
        return Err(damaged("it has no segment to map"));
    }
    // There are few of them, and nearly always they are in this order in the file too.
    let overlaps = |one: &Segment, other: &Segment| {
        one.offset < other.offset + other.in_file && other.offset < one.offset + one.in_file
    };
    let mut others = loads;
    while let [one, rest @ ..] = others {
        others = rest;
        if one.in_file > 0
            && others
                .iter()
                .any(|other| other.in_file > 0 && overlaps(one, other))
        {
            return Err(damaged("a part of it is in two segments"));
        }
    }
    Ok(())
}
