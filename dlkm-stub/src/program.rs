//! What a program, or a library that it uses, refers to.

use std::collections::HashSet;
use std::mem;
use std::path::Path;

use object::LittleEndian as LE;
use object::elf;
use object::read::elf::Sym;

use crate::elf::{Elf, Symbol};
use crate::error::{Error, Fault};
use crate::versions;

/// The names that a program or library refers to, and those that it defines.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// It refers to these, and another file may define them: the name, and the soname of the file that it
    /// expects them in, as far as a version says.
    pub(crate) wanted: HashSet<(String, Option<String>)>,
    /// It refers to these by a symbol, and defines them itself.
    pub(crate) own: HashSet<String>,
    /// It defines these for others.
    pub(crate) defined: HashSet<String>,
}

impl References {
    /// Those of a program in a file.
    pub(crate) fn of_file(file: &Path) -> Result<Self, Error> {
        let data = std::fs::read(file).map_err(|source| Error::Read {
            file: file.to_owned(),
            source,
        })?;
        let read = Elf::parse(&data).and_then(|elf| References::read(&elf));
        match read {
            Ok(found) => Ok(found),
            // It is linked statically.
            Err(Fault::NoSymbols | Fault::NotShared) => Ok(References::default()),
            Err(fault) => Err(Error::Library {
                file: file.to_owned(),
                fault,
            }),
        }
    }

    pub(crate) fn read(elf: &Elf<'_>) -> Result<Self, Fault> {
        const WHAT: &str = "the relocations";
        let mut found = References::default();
        let files = versions::needed(elf)?;
        for (table, size) in [
            (elf::DT_RELA, elf::DT_RELASZ),
            (elf::DT_JMPREL, elf::DT_PLTRELSZ),
        ] {
            let (Some(address), Some(size)) = (elf.dynamic(table), elf.dynamic(size)) else {
                continue;
            };
            let count = usize::try_from(size).map_err(|_| Fault::Damaged(WHAT))?
                / mem::size_of::<elf::Rela64<LE>>();
            let relocations: &[elf::Rela64<LE>] = elf.table(address, count, WHAT)?;
            for one in relocations {
                let index = one.r_sym(LE, false);
                if index == 0 {
                    continue;
                }
                let symbol = symbol(elf, index)?;
                let name = elf.string(symbol.st_name(LE).into())?.to_owned();
                // The program has the place of a variable that it copies, and so defines it.
                let is_copy = one.r_type(LE, false) == elf::R_X86_64_COPY;
                if is_copy || symbol.st_shndx(LE) == elf::SHN_UNDEF {
                    let file = files.of_symbol(elf, index)?;
                    found.wanted.insert((name, file));
                } else {
                    found.own.insert(name);
                }
            }
        }
        match elf.symbols() {
            Ok((_, symbols)) => {
                for one in symbols {
                    let is_defined =
                        one.st_shndx(LE) != elf::SHN_UNDEF && one.st_bind() != elf::STB_LOCAL;
                    if is_defined {
                        found
                            .defined
                            .insert(elf.string(one.st_name(LE).into())?.to_owned());
                    }
                }
            }
            Err(Fault::NoSymbols) => {}
            Err(fault) => return Err(fault),
        }
        Ok(found)
    }
}

fn symbol<'data>(elf: &Elf<'data>, index: u32) -> Result<&'data Symbol, Fault> {
    const WHAT: &str = "the table of dynamic symbols";
    let table = elf.dynamic(elf::DT_SYMTAB).ok_or(Fault::Damaged(WHAT))?;
    let place = u64::from(index) * size_of::<Symbol>() as u64;
    let address = table.checked_add(place).ok_or(Fault::Damaged(WHAT))?;
    elf.table::<Symbol>(address, 1, WHAT).map(|found| &found[0])
}
