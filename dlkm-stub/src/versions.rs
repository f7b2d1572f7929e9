//! The version nodes that a library defines.

use std::collections::HashMap;
use std::mem;

use object::LittleEndian as LE;
use object::elf;
use object::pod::Pod;
use object::read::ReadRef;

use crate::elf::Elf;
use crate::error::Fault;

const WHAT: &str = "the table of versions";

/// Linkers write a node's name and one that it follows.
const MOST_NAMES: u16 = 64;

/// A version node, such as `ZLIB_1.2.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// The nodes that it follows.
    pub(crate) parents: Vec<String>,
}

/// The version of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SymbolVersion {
    /// Not visible outside.
    Local,
    /// The symbol has none.
    None,
    /// An index into the nodes; whether a reference without a version means this one.
    Node { node: usize, is_default: bool },
}

/// The nodes of a library, and the versions of its symbols.
pub(crate) struct Versions<'data> {
    pub(crate) nodes: Vec<Node>,
    /// The node of each number by which symbols name it.
    by_number: HashMap<u16, usize>,
    of_symbols: Option<&'data [elf::Versym<LE>]>,
}

impl<'data> Versions<'data> {
    pub(crate) fn read(elf: &Elf<'data>, symbols: usize) -> Result<Self, Fault> {
        let of_symbols = match elf.dynamic(elf::DT_VERSYM) {
            Some(address) => Some(elf.table(address, symbols, WHAT)?),
            None => None,
        };
        let (nodes, by_number) = match elf.dynamic(elf::DT_VERDEF) {
            Some(address) => nodes(elf, elf.bytes_from(address, WHAT)?)?,
            None => Default::default(),
        };
        Ok(Versions {
            nodes,
            by_number,
            of_symbols,
        })
    }

    pub(crate) fn of_symbol(&self, symbol: usize) -> Result<SymbolVersion, Fault> {
        let Some(all) = self.of_symbols else {
            return Ok(SymbolVersion::None);
        };
        let version = all.get(symbol).ok_or(Fault::Damaged(WHAT))?.0.get(LE);
        if version.is_local() {
            return Ok(SymbolVersion::Local);
        }
        if version.is_global() {
            return Ok(SymbolVersion::None);
        }
        let index = version.index().0;
        let node = self.by_number.get(&index);
        Ok(SymbolVersion::Node {
            node: *node.ok_or(Fault::Damaged(WHAT))?,
            is_default: version.0 & elf::VERSYM_HIDDEN.0 == 0,
        })
    }
}

fn nodes(elf: &Elf<'_>, table: &[u8]) -> Result<(Vec<Node>, HashMap<u16, usize>), Fault> {
    let count = elf.dynamic(elf::DT_VERDEFNUM);
    let count = count.ok_or(Fault::Damaged(WHAT))?;
    let mut nodes: Vec<Node> = Vec::new();
    let mut by_number = HashMap::new();
    let mut at = 0;
    for _ in 0..count {
        let one: &elf::Verdef<LE> = entry(table, at)?;
        if !one.vd_flags.get(LE).contains(elf::VER_FLG_BASE) {
            let mut names = names(elf, table, at, one)?.into_iter();
            // Two nodes of one number, or more than there are numbers.
            if by_number
                .insert(one.vd_ndx.get(LE).0, nodes.len())
                .is_some()
            {
                return Err(Fault::Damaged(WHAT));
            }
            nodes.push(Node {
                name: names.next().ok_or(Fault::Damaged(WHAT))?,
                parents: names.collect(),
            });
        }
        match one.vd_next.get(LE) {
            0 => break,
            next => at += u64::from(next),
        }
    }
    Ok((nodes, by_number))
}

/// The name of a node, and those of the nodes that it follows.
fn names(
    elf: &Elf<'_>,
    table: &[u8],
    at: u64,
    node: &elf::Verdef<LE>,
) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    let mut at = at + u64::from(node.vd_aux.get(LE));
    // The name, and the few nodes that it follows.
    for _ in 0..node.vd_cnt.get(LE).min(MOST_NAMES) {
        let one: &elf::Verdaux<LE> = entry(table, at)?;
        names.push(elf.string(one.vda_name.get(LE).into())?.to_owned());
        match one.vda_next.get(LE) {
            0 => break,
            next => at += u64::from(next),
        }
    }
    Ok(names)
}

fn entry<T: Pod>(table: &[u8], at: u64) -> Result<&T, Fault> {
    debug_assert!(mem::align_of::<T>() <= 4);
    table.read_at(at).map_err(|()| Fault::Damaged(WHAT))
}

/// From which files a program needs which versions.
pub(crate) struct Needed {
    /// The index of a version, and the soname of the file.
    files: HashMap<u16, String>,
}

/// Reads from which files a program needs which versions.
pub(crate) fn needed(elf: &Elf<'_>) -> Result<Needed, Fault> {
    let mut files = HashMap::new();
    let (Some(address), Some(count)) = (
        elf.dynamic(elf::DT_VERNEED),
        elf.dynamic(elf::DT_VERNEEDNUM),
    ) else {
        return Ok(Needed { files });
    };
    let table = elf.bytes_from(address, WHAT)?;
    let mut at = 0;
    for _ in 0..count {
        let one: &elf::Verneed<LE> = entry(table, at)?;
        let file = elf.string(one.vn_file.get(LE).into())?;
        let mut version_at = at + u64::from(one.vn_aux.get(LE));
        for _ in 0..one.vn_cnt.get(LE) {
            let version: &elf::Vernaux<LE> = entry(table, version_at)?;
            files.insert(version.vna_other.get(LE).0, file.to_owned());
            match version.vna_next.get(LE) {
                0 => break,
                next => version_at += u64::from(next),
            }
        }
        match one.vn_next.get(LE) {
            0 => break,
            next => at += u64::from(next),
        }
    }
    Ok(Needed { files })
}

impl Needed {
    /// The soname of the file that a symbol is expected in, if its version says.
    pub(crate) fn of_symbol(&self, elf: &Elf<'_>, symbol: u32) -> Result<Option<String>, Fault> {
        let Some(table) = elf.dynamic(elf::DT_VERSYM) else {
            return Ok(None);
        };
        let address = table.checked_add(2 * u64::from(symbol));
        let address = address.ok_or(Fault::Damaged(WHAT))?;
        let version: &[elf::Versym<LE>] = elf.table(address, 1, WHAT)?;
        Ok(self.files.get(&version[0].0.get(LE).index().0).cloned())
    }
}
