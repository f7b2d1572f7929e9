//! Whether an image links the shared libstd. All such images of a process share one copy of std,
//! with one panic hook, where each must have its own. `-C prefer-dynamic` brings it, and so does a
//! dependency of crate type `dylib`.

use std::mem::size_of;

use object::Endianness;
use object::elf::{DT_NEEDED, DT_NULL, DT_STRTAB, Dyn64, PT_DYNAMIC, PT_LOAD, ProgramHeader64};
use object::read::ReadRef;
use object::read::elf::ProgramHeader;

use crate::elf::Parts;
use crate::error::ReadError;
use crate::limits;

/// The file name of the shared libstd that the image links.
pub(crate) fn find(
    parts: &Parts<'_>,
    segments: &[ProgramHeader64<Endianness>],
    endian: Endianness,
) -> Result<Option<String>, ReadError> {
    let kind = |kind| move |one: &&ProgramHeader64<Endianness>| one.p_type(endian) == kind;
    let Some(dynamic) = segments.iter().find(kind(PT_DYNAMIC)) else {
        return Ok(None);
    };
    let start = dynamic.p_offset(endian);
    let size = dynamic.p_filesz(endian).min(limits::DYNAMIC);
    let mut kept = Vec::new();
    let part = parts.get(start, size, &mut kept)?;
    let count = size as usize / size_of::<Dyn64<Endianness>>();
    // What is damaged here is the dynamic linker's to report.
    let Ok(entries) = part.read_slice_at::<Dyn64<Endianness>>(start, count) else {
        return Ok(None);
    };
    let (mut strings, mut names) = (None, Vec::new());
    for entry in entries {
        let value = entry.d_val.get(endian);
        match entry.d_tag.get(endian) {
            DT_NULL => break,
            DT_NEEDED => names.push(value),
            DT_STRTAB => strings = Some(value),
            _ => {}
        }
    }
    let Some(strings) = strings else {
        return Ok(None);
    };
    let offset = segments.iter().filter(kind(PT_LOAD)).find_map(|segment| {
        let within = strings.checked_sub(segment.p_vaddr(endian))?;
        let inside = within < segment.p_filesz(endian);
        inside.then(|| segment.p_offset(endian).checked_add(within))?
    });
    let Some(offset) = offset else {
        return Ok(None);
    };
    for name in names {
        let Some(at) = offset.checked_add(name) else {
            continue;
        };
        let part = parts.get(at, LONGEST, &mut kept)?;
        let Ok(bytes) =
            part.read_bytes_at(at, part.len().unwrap_or(at).saturating_sub(at).min(LONGEST))
        else {
            continue;
        };
        let name = bytes.split(|byte| *byte == 0).next().unwrap_or(bytes);
        if name.starts_with(b"libstd-") && name.ends_with(b".so") {
            return Ok(Some(String::from_utf8_lossy(name).into_owned()));
        }
    }
    Ok(None)
}

/// Longer than any name of libstd: `libstd-` and sixteen digits.
const LONGEST: u64 = 64;
