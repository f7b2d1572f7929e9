//! Where an image lies in memory, and which part of it is BSS: as its ELF headers there say.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// The size of the header of ELF64, and of an entry of its program header table.
const HEADER: usize = 64;
const ENTRY: usize = 56;

/// A segment that is loaded: the type `PT_LOAD`.
const LOAD: u32 = 1;

/// Memory that no part of the file fills: zeros at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bss {
    pub(crate) address: usize,
    pub(crate) size: usize,
}

/// The BSS of the image at an address of this process; `None` if it has none.
///
/// It is read from the process's memory, and not from the file, which may be another one by now. The
/// memory may be unmapped meanwhile, which is an error and no fault.
pub(crate) fn bss(base: usize) -> io::Result<Option<Bss>> {
    let memory = File::open("/proc/self/mem")?;
    let read = |at: usize, bytes: &mut [u8]| {
        let at = base.checked_add(at).ok_or(io::ErrorKind::InvalidData)?;
        memory.read_exact_at(bytes, at as u64)
    };
    let mut header = [0; HEADER];
    read(0, &mut header)?;
    if !header.starts_with(b"\x7fELF\x02\x01") || half(&header, 54) != ENTRY {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let (table, count) = (word(&header, 32), half(&header, 56));
    let (mut first, mut found) = (None, None::<Bss>);
    for index in 0..count {
        let mut entry = [0; ENTRY];
        let at = table.checked_add(index * ENTRY);
        read(at.ok_or(io::ErrorKind::InvalidData)?, &mut entry)?;
        if entry[..4] != LOAD.to_le_bytes() {
            continue;
        }
        let (address, filled, all) = (word(&entry, 16), word(&entry, 32), word(&entry, 40));
        // The base is the address of the first byte, which need not be 0 in the file.
        let first = *first.get_or_insert(address & !0xfff);
        let size = all.saturating_sub(filled);
        // A linker fills up the part before it too, which becomes read-only.
        if size > found.map_or(0, |bss| bss.size) {
            let address = base.wrapping_add(address.wrapping_add(filled).wrapping_sub(first));
            found = Some(Bss { address, size });
        }
    }
    Ok(found)
}

fn half(bytes: &[u8], at: usize) -> usize {
    usize::from(bytes[at]) | usize::from(bytes[at + 1]) << 8
}

fn word(bytes: &[u8], at: usize) -> usize {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    usize::try_from(u64::from_le_bytes(word)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Zeros, which need no place in the file.
    static ZEROS: [std::sync::atomic::AtomicU64; 4096] =
        [const { std::sync::atomic::AtomicU64::new(0) }; 4096];

    #[test]
    fn the_bss_of_this_program_contains_its_zeros() {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let own = std::env::current_exe().unwrap().display().to_string();
        let line = maps.lines().find(|line| line.ends_with(&own)).unwrap();
        let base = usize::from_str_radix(line.split('-').next().unwrap(), 16).unwrap();
        let bss = bss(base).unwrap().expect("zeros");
        let zeros = std::ptr::from_ref(&ZEROS).addr();
        let end = zeros + size_of_val(&ZEROS);
        assert!(
            bss.address <= zeros && end <= bss.address + bss.size,
            "{bss:x?}"
        );
    }

    #[test]
    fn an_address_of_no_image_is_an_error() {
        let text =
            *b"This is not an image, and is long enough to have the header of one, with blanks.";
        assert!(bss(std::ptr::from_ref(&text).addr()).is_err());
        assert!(bss(0).is_err());
        assert!(bss(usize::MAX).is_err());
    }
}
