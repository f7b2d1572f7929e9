//! The symbols and their names.

use std::borrow::Cow;

use object::elf;

use super::dynamic::{Dynamic, TEXTS};
use super::image::Image;
use super::table::damaged;
use super::table::{half, word};
use crate::error::ReadError;
use crate::libraries::Libraries;
use crate::limits;
use crate::visible;

/// The size of a symbol, in bytes.
const SYMBOL: u64 = 24;

/// The table of texts. Each offset within it leads to a text that ends with a NUL.
pub(super) struct Strings<'a>(Cow<'a, [u8]>);

impl Strings<'_> {
    /// The text at an offset.
    #[inline(never)]
    pub(super) fn at(&self, offset: u64) -> Result<&[u8], ReadError> {
        let rest = usize::try_from(offset).ok().and_then(|at| self.0.get(at..));
        let text = rest.and_then(|rest| {
            let longest = &rest[..rest.len().min(limits::LIBRARY_NAME)];
            let end = longest.iter().position(|byte| *byte == 0)?;
            Some(&rest[..end])
        });
        text.ok_or_else(|| damaged("a name is too long, or outside its table of texts"))
    }

    fn contains(&self, offset: u64) -> bool {
        offset < self.0.len() as u64
    }
}

/// The texts; those of the dynamic section have been checked.
pub(super) fn strings<'a>(
    image: &Image<'a>,
    dynamic: &Dynamic<'_>,
) -> Result<Strings<'a>, ReadError> {
    let (Some(at), Some(size)) = (dynamic.get(elf::DT_STRTAB), dynamic.get(elf::DT_STRSZ)) else {
        return Err(damaged("it has no table of texts"));
    };
    let strings = Strings(image.read(at, size, "table of texts")?);
    if strings.0.last() != Some(&0) {
        return Err(damaged("the last text of its table has no end"));
    }
    for place in TEXTS.into_iter().flat_map(|tag| dynamic.all(tag)) {
        if strings.at(place)?.is_empty() {
            return Err(damaged("the name of a library is empty"));
        }
    }
    Ok(strings)
}

/// The libraries that the image has beside itself.
pub(super) fn libraries(
    dynamic: &Dynamic<'_>,
    strings: &Strings<'_>,
) -> Result<Libraries, ReadError> {
    let run_path = dynamic.get(elf::DT_RUNPATH).or(dynamic.get(elf::DT_RPATH));
    let Some(run_path) = run_path else {
        return Ok(Libraries::default());
    };
    let names = dynamic.all(elf::DT_NEEDED).map(|name| strings.at(name));
    let names: Result<Vec<_>, _> = names.collect();
    Ok(Libraries::new(names?.into_iter(), strings.at(run_path)?))
}

/// Checks all symbols.
pub(super) fn check(
    image: &Image<'_>,
    dynamic: &Dynamic<'_>,
    count: u32,
    strings: &Strings<'_>,
) -> Result<(), ReadError> {
    let (Some(at), Some(SYMBOL)) = (dynamic.get(elf::DT_SYMTAB), dynamic.get(elf::DT_SYMENT))
    else {
        return Err(damaged("it has no symbols"));
    };
    let table = image.read(at, u64::from(count) * SYMBOL, "table of symbols")?;
    let image = image.segments;
    // The first symbol is no symbol.
    for symbol in table.as_chunks::<{ SYMBOL as usize }>().0.iter().skip(1) {
        let (name, info) = (u64::from(half(symbol, 0)), elf::SymbolInfo(symbol[4]));
        let section = u16::from_le_bytes([symbol[6], symbol[7]]);
        if !strings.contains(name) {
            return Err(damaged(
                "the name of a symbol is outside its table of texts",
            ));
        }
        if info.st_bind() == elf::STB_GNU_UNIQUE {
            return Err(unique(strings, name));
        }
        let defined = section != elf::SHN_UNDEF.0 && section < elf::SHN_LORESERVE;
        let value = word(symbol, 8);
        let fits = match info.st_type() {
            _ if !defined => true,
            elf::STT_TLS => value <= image.thread_local,
            elf::STT_FUNC | elf::STT_GNU_IFUNC => image.is_code(value),
            _ => image.contains(value),
        };
        if !fits {
            return Err(outside(strings, name));
        }
    }
    Ok(())
}

#[cold]
fn unique(strings: &Strings<'_>, name: u64) -> ReadError {
    ReadError::Unsuitable(format!(
        "its symbol `{}` is unique in a process (STB_GNU_UNIQUE), so that two loads of the module \
         would share it; compile its C++ code with `-fno-gnu-unique`",
        shown(strings, name)
    ))
}

#[cold]
fn outside(strings: &Strings<'_>, name: u64) -> ReadError {
    let name = shown(strings, name);
    damaged(&format!("its symbol `{name}` is outside its segments"))
}

fn shown(strings: &Strings<'_>, name: u64) -> String {
    visible::bytes(strings.at(name).unwrap_or_default())
}
