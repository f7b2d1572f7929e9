//! Whether an image links the shared libstd. All such images of a process share one copy of std,
//! with one panic hook, where each must have its own. `-C prefer-dynamic` brings it, and so does a
//! dependency of crate type `dylib`.

use object::Endianness;
use object::elf::{DT_NEEDED, DT_NULL, DT_STRTAB, PT_DYNAMIC, PT_LOAD, ProgramHeader64};
use object::read::elf::ProgramHeader;

use crate::error::ReadError;
use crate::limits;

/// The file name of the shared libstd that the image links. `bytes` returns those at an offset and
/// of a size, as far as the file goes.
///
/// What is damaged here is the dynamic linker's to report.
pub(crate) fn find(
    bytes: &dyn Fn(u64, u64) -> Result<Vec<u8>, ReadError>,
    segments: &[ProgramHeader64<Endianness>],
    endian: Endianness,
) -> Result<Option<String>, ReadError> {
    let kind = |kind| move |one: &&ProgramHeader64<Endianness>| one.p_type(endian) == kind;
    let Some(dynamic) = segments.iter().find(kind(PT_DYNAMIC)) else {
        return Ok(None);
    };
    let size = dynamic.p_filesz(endian).min(limits::LINKER_TABLE);
    let (mut strings, mut names) = (None, Vec::new());
    // Each entry is a tag and a value.
    for entry in bytes(dynamic.p_offset(endian), size)?.chunks_exact(16) {
        let word = |at: usize| {
            // As the processor reads it; an image of another one does not load.
            let bytes = entry[at..at + 8].try_into();
            u64::from_le_bytes(bytes.unwrap_or_default())
        };
        match word(0) {
            tag if tag == DT_NULL.0 as u64 => break,
            tag if tag == DT_NEEDED.0 as u64 => names.push(word(8)),
            tag if tag == DT_STRTAB.0 as u64 => strings = Some(word(8)),
            _ => {}
        }
    }
    let offset = segments.iter().filter(kind(PT_LOAD)).find_map(|segment| {
        let within = strings?.checked_sub(segment.p_vaddr(endian))?;
        let inside = within < segment.p_filesz(endian);
        inside.then(|| segment.p_offset(endian).checked_add(within))?
    });
    let (Some(offset), Some(first), Some(last)) = (offset, names.iter().min(), names.iter().max())
    else {
        return Ok(None);
    };
    // In one step if they are beside each other, as some linkers put them.
    let near = (last - first <= NEAR).then(|| offset.checked_add(*first));
    let near = near.flatten().map(|at| bytes(at, last - first + LONGEST));
    let near = near.transpose()?;
    for name in &names {
        let alone;
        let text = match &near {
            Some(near) => near.get((name - first) as usize..).unwrap_or_default(),
            None => {
                let Some(at) = offset.checked_add(*name) else {
                    continue;
                };
                alone = bytes(at, LONGEST)?;
                &alone[..]
            }
        };
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        if text.starts_with(b"libstd-") && text.ends_with(b".so") {
            let text = &text[..text.len().min(LONGEST as usize)];
            return Ok(Some(String::from_utf8_lossy(text).into_owned()));
        }
    }
    Ok(None)
}

/// How far apart names may be to be read in one step.
const NEAR: u64 = 1024;

/// Longer than any name of libstd: `libstd-` and sixteen digits.
const LONGEST: u64 = 64;
