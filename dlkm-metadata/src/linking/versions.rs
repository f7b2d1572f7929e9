//! The versions of symbols.

use object::elf;

use super::dynamic::Dynamic;
use super::hashes;
use super::image::Image;
use super::symbols::Strings;
use super::table::{damaged, half};
use crate::error::ReadError;
use crate::limits;
use crate::texts::{self, Placed};

const WHAT: &str = "table of versions";

/// Checks which versions the symbols have, and where these versions come from.
pub(super) fn check(
    image: &Image<'_>,
    dynamic: &Dynamic<'_>,
    symbols: u32,
    strings: &Strings<'_>,
) -> Result<(), ReadError> {
    let mut all = dynamic.all(elf::DT_NEEDED);
    let mut versions = Versions {
        image,
        dynamic,
        strings,
        first: std::array::from_fn(|_| all.next()),
        needed: None,
        largest: 1,
        left: limits::VERSIONS,
    };
    if let Some(at) = dynamic.get(elf::DT_VERNEED) {
        versions.check_needed(at)?;
    }
    if let Some(at) = dynamic.get(elf::DT_VERDEF) {
        versions.check_defined(at)?;
    }
    let Some(at) = dynamic.get(elf::DT_VERSYM) else {
        return match versions.left {
            limits::VERSIONS => Ok(()),
            _ => Err(damaged("it has versions, and its symbols have none")),
        };
    };
    let table = image.read(at, u64::from(symbols) * 2, WHAT)?;
    let all = table.as_chunks::<2>().0.iter();
    // The highest bit hides a symbol.
    match all.fold(0, |most, one| number(one, 0).max(most)) <= versions.largest {
        true => Ok(()),
        false => Err(damaged("a symbol has a version that is not in its tables")),
    }
}

/// The number of a version, without the bit that hides.
fn number(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]]) & 0x7fff
}

/// Records, each with the distance to the next one; 0 is the end.
struct Versions<'a> {
    image: &'a Image<'a>,
    dynamic: &'a Dynamic<'a>,
    strings: &'a Strings<'a>,
    /// Where the names of the first libraries are.
    first: [Option<u64>; 16],
    /// The names of the libraries, sorted, if they had to be compared.
    needed: Option<Vec<Placed<'a>>>,
    /// The largest number of a version.
    largest: u16,
    /// How many records may follow.
    left: u32,
}

impl<'a> Versions<'a> {
    /// For each library a record, with the versions that are needed of it.
    fn check_needed(&mut self, mut at: u64) -> Result<(), ReadError> {
        loop {
            let library = self.image.read(at, 16, WHAT)?;
            if !self.is_needed(half(&library, 4).into())? {
                return Err(damaged(
                    "it needs versions of a library that it does not need",
                ));
            }
            let mut version_at = self.forward(at, half(&library, 8))?;
            loop {
                let version = self.image.read(version_at, 16, WHAT)?;
                let name = self.strings.at(half(&version, 8).into())?;
                if half(&version, 0) != hashes::of_name(name) {
                    return Err(damaged("the hash of a version is not that of its name"));
                }
                self.largest = self.largest.max(number(&version, 6));
                match half(&version, 12) {
                    0 => break,
                    distance => version_at = self.forward(version_at, distance)?,
                }
            }
            match half(&library, 12) {
                0 => return Ok(()),
                distance => at = self.forward(at, distance)?,
            }
        }
    }

    /// Whether the text at an offset is the name of a library that the image needs.
    fn is_needed(&mut self, name: u64) -> Result<bool, ReadError> {
        // Linkers write each text once. These have been checked.
        if self.first.contains(&Some(name)) {
            return Ok(true);
        }
        let name = self.strings.at(name)?;
        let needed = match &mut self.needed {
            Some(needed) => needed,
            none => {
                let all = self.dynamic.all(elf::DT_NEEDED);
                let all = all.map(|at| Ok((self.strings.at(at)?, 0)));
                let mut all = all.collect::<Result<Vec<_>, ReadError>>()?;
                texts::sort(&mut all);
                none.insert(all)
            }
        };
        Ok(needed.binary_search(&(name, 0)).is_ok())
    }

    /// The versions that the image itself has.
    fn check_defined(&mut self, mut at: u64) -> Result<(), ReadError> {
        loop {
            let version = self.image.read(at, 20, WHAT)?;
            self.largest = self.largest.max(number(&version, 4));
            let name_at = self.forward(at, half(&version, 12))?;
            let name = self.image.read(name_at, 8, WHAT)?;
            self.strings.at(half(&name, 0).into())?;
            match half(&version, 16) {
                0 => return Ok(()),
                distance => at = self.forward(at, distance)?,
            }
        }
    }

    fn forward(&mut self, at: u64, distance: u32) -> Result<u64, ReadError> {
        match (at.checked_add(distance.into()), self.left.checked_sub(1)) {
            (Some(next), Some(left)) => {
                self.left = left;
                Ok(next)
            }
            _ => Err(damaged("its tables of versions have no end")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::segments::{Segment, Segments};
    use super::super::symbols;
    use super::*;
    use crate::parts::{BUFFER, Parts, Source};

    /// Checks an image that needs the library of one name, and a version of the library whose name is
    /// at `library` in the same texts.
    fn check_names(texts: &[u8], needed: u64, library: u32) -> Result<(), ReadError> {
        const VERSION: &[u8] = b"V1";
        let mut file = vec![0; 0x1000];
        let mut write = |at: usize, bytes: &[u8]| file[at..][..bytes.len()].copy_from_slice(bytes);
        let (version, size) = (texts.len() as u32, texts.len() as u64 + 3);
        write(0x200, texts);
        write(0x200 + texts.len(), VERSION);
        // A record with one version, which follows it.
        for (at, half) in [
            (4, library),
            (8, 16),
            (16, hashes::of_name(VERSION)),
            (24, version),
        ] {
            write(0x300 + at, &half.to_le_bytes());
        }
        let entries = [
            (elf::DT_NEEDED, needed),
            (elf::DT_STRTAB, 0x200),
            (elf::DT_STRSZ, size),
            (elf::DT_VERNEED, 0x300),
            (elf::DT_VERSYM, 0x400),
        ];
        for (at, (tag, value)) in (0x100..).step_by(16).zip(entries) {
            write(at, &tag.0.to_le_bytes());
            write(at + 8, &value.to_le_bytes());
        }
        let segment = |kind: elf::ProgramType, address, size| Segment {
            kind: kind.0,
            flags: elf::PF_R.0,
            offset: address,
            address,
            in_file: size,
            in_memory: size,
            align: 4096,
        };
        let all = [
            segment(elf::PT_LOAD, 0, 0x1000),
            segment(elf::PT_DYNAMIC, 0x100, 0x100),
            segment(elf::PT_GNU_STACK, 0, 0),
        ];
        let segments = Segments::new(all.into_iter(), 0x1000)?;
        let read = |bytes: &mut [u8], at: u64| {
            bytes.copy_from_slice(&file[at as usize..][..bytes.len()]);
            Ok(())
        };
        let mut buffer = BUFFER;
        let image = Image {
            segments: &segments,
            parts: &Parts::of(Source::new(0x1000, &read), &mut buffer)?,
        };
        let dynamic = Dynamic::read(&image)?;
        let strings = symbols::strings(&image, &dynamic)?;
        check(&image, &dynamic, 0, &strings)
    }

    #[test]
    fn a_library_is_found_by_its_name_wherever_the_name_is() {
        let texts = b"\0one\0two\0one\0";
        check_names(texts, 1, 1).unwrap();
        // A tool has written it a second time.
        check_names(texts, 1, 9).unwrap();
        check_names(texts, 9, 1).unwrap();
        for (needed, library) in [(1, 5), (5, 1), (1, 2), (1, 0)] {
            let error = check_names(texts, needed, library).unwrap_err();
            let text = "it needs versions of a library that it does not need";
            assert!(error.to_string().contains(text), "{error}");
        }
    }
}
