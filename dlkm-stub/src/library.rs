//! What a stub library must know of a library.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use object::LittleEndian as LE;
use object::elf;

use crate::elf::{Elf, Symbol as ElfSymbol};
use crate::error::{Error, Fault};
use crate::program::References;
use crate::versions::{Node, SymbolVersion, Versions};

/// The owner and type of the note by which a stub library is recognised.
pub(crate) const STUB_NOTE: (&str, u32) = ("dlkm", 0x7374_7562);

/// Symbols that linkers add to each library. They are no part of its interface.
const OF_LINKERS: [&str; 6] = [
    "_init",
    "_fini",
    "_edata",
    "_end",
    "__bss_start",
    "_DYNAMIC",
];

/// The functions that `runtime.c` calls, and two variables that it reads, also by other names that C
/// libraries have for them. A stub library that exported one of them would call itself.
const CALLED: [&str; 30] = [
    "dlopen",
    "dlsym",
    "dlvsym",
    "dlinfo",
    "dlerror",
    "open",
    "open64",
    "pread",
    "pread64",
    "close",
    "fstat",
    "fstat64",
    "__fxstat",
    "writev",
    "abort",
    "secure_getenv",
    "vsnprintf",
    "strerror",
    "strcmp",
    "strlen",
    "memcmp",
    "memcpy",
    "memset",
    "pthread_setcancelstate",
    "__errno_location",
    "__tls_get_addr",
    "__x86_get_cpuid_feature_leaf",
    "__libc_stack_end",
    "environ",
    "__environ",
];

/// What symbols of the generated code begin with.
const OWN_PREFIX: &str = "dlkm_stub_";

/// What a stub library must know of a library.
pub(crate) struct Library {
    /// The file, as an absolute path without links.
    pub(crate) file: PathBuf,
    pub(crate) data: Vec<u8>,
    /// The name by which programs ask for it.
    pub(crate) soname: String,
    pub(crate) nodes: Vec<Node>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) identity: Identity,
    /// The names of its own functions that it calls through their symbols, so that a program may replace
    /// them.
    pub(crate) calls: HashSet<String>,
    /// Whether it looks for the libraries that it needs in folders relative to its own.
    pub(crate) has_origin: bool,
    /// How many bytes it needs of the memory that each thread has from its start; 0 if it does not.
    pub(crate) static_tls: u64,
}

/// Without the file's content and its thousands of symbols.
impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library")
            .field("file", &self.file)
            .field("soname", &self.soname)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

/// A symbol that a library exports.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) version: SymbolVersion,
    pub(crate) kind: Kind,
    pub(crate) is_weak: bool,
    /// Its address without the library's base.
    pub(crate) value: u64,
}

/// What a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    /// A function whose address the library chooses while it is loaded (IFUNC).
    Indirect,
    Data,
    Tls,
    /// A function whose name an assembler can't write.
    Odd,
    /// A function without a version, beside one of the same name that is a default version.
    Unversioned,
}

/// How a library is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    BuildId(Vec<u8>),
    /// The size of the file, and the FNV-1a hash of its table of symbols.
    Symbols {
        size: u64,
        offset: u64,
        length: u64,
        hash: u64,
    },
}

impl Library {
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let read = |source| Error::Read {
            file: path.to_owned(),
            source,
        };
        let file = path.canonicalize().map_err(read)?;
        let data = std::fs::read(&file).map_err(read)?;
        let name = path.file_name().and_then(|name| name.to_str());
        match parse(&data, name.unwrap_or_default()) {
            Ok(parts) => Ok(Library {
                file,
                soname: parts.soname,
                nodes: parts.nodes,
                symbols: parts.symbols,
                identity: parts.identity,
                calls: parts.calls,
                has_origin: parts.has_origin,
                static_tls: parts.static_tls,
                data,
            }),
            Err(fault) => Err(Error::Library { file, fault }),
        }
    }

    /// The functions, which the stub library exports.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Symbol> {
        self.symbols
            .iter()
            .filter(|symbol| matches!(symbol.kind, Kind::Function | Kind::Indirect))
    }
}

struct Parts {
    soname: String,
    nodes: Vec<Node>,
    symbols: Vec<Symbol>,
    identity: Identity,
    calls: HashSet<String>,
    has_origin: bool,
    static_tls: u64,
}

fn parse(data: &[u8], file_name: &str) -> Result<Parts, Fault> {
    let elf = Elf::parse(data)?;
    if !elf.is_library() {
        return Err(Fault::NotShared);
    }
    let flags = elf::DynamicFlags1(elf.dynamic(elf::DT_FLAGS_1).unwrap_or(0));
    // Many programs are of the type of libraries, too.
    if flags.contains(elf::DF_1_PIE) {
        return Err(Fault::NotShared);
    }
    if flags.contains(elf::DF_1_NOOPEN) {
        return Err(Fault::NoOpen);
    }
    if is_stub(&elf) {
        return Err(Fault::Stub);
    }
    let (offset, table) = elf.symbols()?;
    let versions = Versions::read(&elf, table.len())?;
    let nodes: HashSet<&str> = versions
        .nodes
        .iter()
        .map(|node| node.name.as_str())
        .collect();
    let mut symbols = Vec::new();
    for (index, one) in table.iter().enumerate() {
        symbols.extend(symbol(&elf, &versions, &nodes, (index, one))?);
    }
    mark_unversioned(&mut symbols);
    let soname = match elf.dynamic(elf::DT_SONAME) {
        Some(at) => elf.string(at)?.to_owned(),
        None => file_name.to_owned(),
    };
    let bytes = size_of_val(table);
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let identity = match elf.note(b"GNU", elf::NT_GNU_BUILD_ID) {
        Some(id) if (1..=64).contains(&id.len()) => Identity::BuildId(id.to_owned()),
        _ => Identity::Symbols {
            size: data.len() as u64,
            offset,
            length: bytes as u64,
            hash: fnv(data.get(start..start + bytes).unwrap_or_default()),
        },
    };
    let parts = Parts {
        soname,
        nodes: versions.nodes,
        symbols,
        identity,
        calls: References::read(&elf)?.own,
        has_origin: has_origin(&elf)?,
        static_tls: static_tls(&elf),
    };
    check(&parts)?;
    Ok(parts)
}

/// A linker writes no symbol without a version if there is a default version of the same name.
fn mark_unversioned(symbols: &mut [Symbol]) {
    let defaults: HashSet<String> = symbols
        .iter()
        .filter(|one| matches!(one.version, SymbolVersion::Node { is_default, .. } if is_default))
        .map(|one| one.name.clone())
        .collect();
    for one in symbols {
        let is_function = matches!(one.kind, Kind::Function | Kind::Indirect);
        if is_function && one.version == SymbolVersion::None && defaults.contains(&one.name) {
            one.kind = Kind::Unversioned;
        }
    }
}

fn static_tls(elf: &Elf<'_>) -> u64 {
    let flags = elf::DynamicFlags(elf.dynamic(elf::DT_FLAGS).unwrap_or(0));
    match flags.contains(elf::DF_STATIC_TLS) {
        true => elf.tls_size(),
        false => 0,
    }
}

fn has_origin(elf: &Elf<'_>) -> Result<bool, Fault> {
    for tag in [elf::DT_RPATH, elf::DT_RUNPATH] {
        if let Some(at) = elf.dynamic(tag) {
            let path = elf.string(at)?;
            if ["$ORIGIN", "${ORIGIN}"]
                .iter()
                .any(|word| path.contains(word))
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether the file is a stub library.
pub(crate) fn is_stub(elf: &Elf<'_>) -> bool {
    let (owner, kind) = STUB_NOTE;
    elf.note(owner.as_bytes(), elf::NoteType(kind)).is_some()
}

fn symbol(
    elf: &Elf<'_>,
    versions: &Versions<'_>,
    nodes: &HashSet<&str>,
    (index, raw): (usize, &ElfSymbol),
) -> Result<Option<Symbol>, Fault> {
    use object::read::elf::Sym;

    let section = raw.st_shndx(LE);
    if section == elf::SHN_UNDEF || raw.st_bind() == elf::STB_LOCAL {
        return Ok(None);
    }
    let version = versions.of_symbol(index)?;
    let name = elf.string(raw.st_name(LE).into())?;
    // The name of a version node is a symbol of its own.
    let is_node = section == elf::SHN_ABS && nodes.contains(name);
    if version == SymbolVersion::Local || is_node || OF_LINKERS.contains(&name) {
        return Ok(None);
    }
    let value = raw.st_value(LE);
    let is_code = section != elf::SHN_ABS && elf.is_code(value);
    let kind = match raw.st_type() {
        elf::STT_FUNC if !is_code => return Err(Fault::Damaged("a function outside of the code")),
        elf::STT_FUNC => Kind::Function,
        elf::STT_GNU_IFUNC => Kind::Indirect,
        elf::STT_TLS => Kind::Tls,
        // Functions in assembly may have no type.
        elf::STT_NOTYPE if is_code => Kind::Function,
        _ => Kind::Data,
    };
    let kind = match kind {
        Kind::Function | Kind::Indirect if !can_be_written(name) => Kind::Odd,
        kind => kind,
    };
    Ok(Some(Symbol {
        name: name.to_owned(),
        version,
        kind,
        is_weak: raw.st_bind() == elf::STB_WEAK,
        value,
    }))
}

/// Stands for the version that a reference without a version means.
const DEFAULT: Option<usize> = Some(usize::MAX);

fn check(parts: &Parts) -> Result<(), Fault> {
    if !is_file_name(&parts.soname) {
        return Err(Fault::Name(parts.soname.clone()));
    }
    for node in &parts.nodes {
        for name in node.parents.iter().chain([&node.name]) {
            if !can_be_written(name) {
                return Err(Fault::Name(name.clone()));
            }
        }
    }
    let mut functions = 0;
    let mut names = HashSet::new();
    let mut seen = HashSet::new();
    for symbol in &parts.symbols {
        let name = symbol.name.as_str();
        if !matches!(symbol.kind, Kind::Function | Kind::Indirect) {
            continue;
        }
        functions += 1;
        if name.starts_with(OWN_PREFIX) {
            return Err(Fault::Needed(name.to_owned()));
        }
        names.insert(name);
        let (node, is_default) = match symbol.version {
            SymbolVersion::Node { node, is_default } => (Some(node), is_default),
            _ => (None, false),
        };
        if !seen.insert((name, node)) || (is_default && !seen.insert((name, DEFAULT))) {
            return Err(Fault::Clash(name.to_owned()));
        }
    }
    if functions == 0 {
        return Err(Fault::NoFunctions);
    }
    match CALLED.iter().find(|name| names.contains(*name)) {
        Some(name) => Err(Fault::Needed((*name).to_owned())),
        None => Ok(()),
    }
}

/// Whether an assembler takes the name without quotes, and a version script as it is.
fn can_be_written(name: &str) -> bool {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_other =
        |byte: u8| is_first(byte) || byte.is_ascii_digit() || matches!(byte, b'.' | b'$');
    let mut bytes = name.bytes();
    bytes.next().is_some_and(is_first) && bytes.all(is_other)
}

/// Whether the soname can be the name of a file, and a line of the messages.
fn is_file_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
        && name.len() < 200
        && name
            .chars()
            .all(|letter| letter != '/' && !letter.is_control())
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}
