//! An ELF file of x86-64 as the dynamic linker sees it: by its segments, so that it may have no
//! sections at all. Nothing in a file is believed before it is compared with the file's size.

use std::mem;

use object::LittleEndian as LE;
use object::elf;
use object::pod::Pod;
use object::read::ReadRef;
use object::read::elf::{FileHeader, GnuHashTable, HashTable, NoteIterator, ProgramHeader};

use crate::error::Fault;

pub(crate) type Symbol = elf::Sym64<LE>;
type Header = elf::FileHeader64<LE>;
type Segment = elf::ProgramHeader64<LE>;

/// The longest name that is believed, in bytes.
const LONGEST: usize = 1 << 16;

/// An ELF file of x86-64 with a dynamic segment.
pub(crate) struct Elf<'data> {
    data: &'data [u8],
    header: &'data Header,
    segments: &'data [Segment],
    /// Where the entries of the dynamic segment are in the file: the offset, and how many there are,
    /// with those behind the last that counts.
    pub(crate) dynamic_place: (u64, usize),
    dynamic: Vec<(elf::DynamicTag, u64)>,
}

impl<'data> Elf<'data> {
    pub(crate) fn parse(data: &'data [u8]) -> Result<Self, Fault> {
        if !data.starts_with(&elf::ELFMAG) {
            return Err(Fault::NotElf);
        }
        let header = identified(data)?;
        if !matches!(header.e_type(LE), elf::ET_DYN | elf::ET_EXEC) {
            return Err(Fault::NotShared);
        }
        let segments = header
            .program_headers(LE, data)
            .map_err(|_| Fault::Damaged("the table of segments"))?;
        let Some(dynamic) = segments
            .iter()
            .find(|one| one.p_type(LE) == elf::PT_DYNAMIC)
        else {
            return Err(match header.e_type(LE) {
                elf::ET_DYN => Fault::NoSymbols,
                _ => Fault::NotShared,
            });
        };
        let offset = dynamic.p_offset(LE);
        let count = usize::try_from(dynamic.p_filesz(LE)).unwrap_or(usize::MAX)
            / mem::size_of::<elf::Dyn64<LE>>();
        let entries: &[elf::Dyn64<LE>] = slice(data, offset, count, "the dynamic segment")?;
        let dynamic = entries
            .iter()
            .map(|one| (one.d_tag.get(LE), one.d_val.get(LE)))
            .take_while(|(tag, _)| *tag != elf::DT_NULL)
            .collect();
        Ok(Elf {
            data,
            header,
            segments,
            dynamic_place: (offset, count),
            dynamic,
        })
    }

    pub(crate) fn is_library(&self) -> bool {
        self.header.e_type(LE) == elf::ET_DYN
    }

    /// The value of the first entry of this kind in the dynamic segment.
    pub(crate) fn dynamic(&self, tag: elf::DynamicTag) -> Option<u64> {
        let found = self.dynamic.iter().find(|(other, _)| *other == tag);
        found.map(|(_, value)| *value)
    }

    /// Where an address is in the file.
    pub(crate) fn offset(&self, address: u64) -> Option<u64> {
        self.segments
            .iter()
            .filter(|one| one.p_type(LE) == elf::PT_LOAD)
            .find_map(|one| {
                let inside = address.checked_sub(one.p_vaddr(LE))?;
                let is_inside = inside < one.p_filesz(LE);
                is_inside.then(|| one.p_offset(LE).checked_add(inside))?
            })
    }

    /// Whether an address is that of code.
    pub(crate) fn is_code(&self, address: u64) -> bool {
        self.segments.iter().any(|one| {
            one.p_type(LE) == elf::PT_LOAD
                && one.p_flags(LE).contains(elf::PF_X)
                && address
                    .checked_sub(one.p_vaddr(LE))
                    .is_some_and(|inside| inside < one.p_memsz(LE))
        })
    }

    /// How many thread-local bytes a thread has for the file.
    pub(crate) fn tls_size(&self) -> u64 {
        let tls = self
            .segments
            .iter()
            .find(|one| one.p_type(LE) == elf::PT_TLS);
        tls.map_or(0, |one| one.p_memsz(LE))
    }

    /// A table in the file, by its address.
    pub(crate) fn table<T: Pod>(
        &self,
        address: u64,
        count: usize,
        what: &'static str,
    ) -> Result<&'data [T], Fault> {
        let offset = self.offset(address).ok_or(Fault::Damaged(what))?;
        slice(self.data, offset, count, what)
    }

    /// All bytes of the file from an address to the end of its segment.
    pub(crate) fn bytes_from(
        &self,
        address: u64,
        what: &'static str,
    ) -> Result<&'data [u8], Fault> {
        let offset = self.offset(address).ok_or(Fault::Damaged(what))?;
        let offset = usize::try_from(offset).map_err(|_| Fault::Damaged(what))?;
        self.data.get(offset..).ok_or(Fault::Damaged(what))
    }

    /// A text of the table of dynamic strings.
    pub(crate) fn string(&self, at: u64) -> Result<&'data str, Fault> {
        const WHAT: &str = "the table of dynamic strings";
        let table = self.dynamic(elf::DT_STRTAB).ok_or(Fault::Damaged(WHAT))?;
        let size = self.dynamic(elf::DT_STRSZ).ok_or(Fault::Damaged(WHAT))?;
        let size = usize::try_from(size).map_err(|_| Fault::Damaged(WHAT))?;
        let strings: &[u8] = self.table(table, size, WHAT)?;
        let start = usize::try_from(at).map_err(|_| Fault::Damaged(WHAT))?;
        let text = strings.get(start..).ok_or(Fault::Damaged(WHAT))?;
        // Names of C++ are long. Without an end, the time for all names would grow with its square.
        let length = text.iter().take(LONGEST).position(|byte| *byte == 0);
        let text = &text[..length.ok_or(Fault::Damaged(WHAT))?];
        str::from_utf8(text).map_err(|_| Fault::Damaged("a name that is no UTF-8"))
    }

    /// The dynamic symbols that the file exports and refers to, as far as its hash table tells their
    /// number, and their place in the file.
    pub(crate) fn symbols(&self) -> Result<(u64, &'data [Symbol]), Fault> {
        const WHAT: &str = "the table of dynamic symbols";
        let address = self.dynamic(elf::DT_SYMTAB).ok_or(Fault::NoSymbols)?;
        let count = self.symbol_count()?;
        let symbols = self.table(address, count, WHAT)?;
        let offset = self.offset(address).ok_or(Fault::Damaged(WHAT))?;
        Ok((offset, symbols))
    }

    fn symbol_count(&self) -> Result<usize, Fault> {
        const WHAT: &str = "the hash table of dynamic symbols";
        if let Some(address) = self.dynamic(elf::DT_HASH) {
            let table = HashTable::<Header>::parse(LE, self.bytes_from(address, WHAT)?)
                .map_err(|_| Fault::Damaged(WHAT))?;
            return Ok(table.symbol_table_length() as usize);
        }
        let address = self.dynamic(elf::DT_GNU_HASH).ok_or(Fault::NoSymbols)?;
        let bytes = self.bytes_from(address, WHAT)?;
        // The parser takes the rest of the file for the table, which must then be whole words.
        let bytes = &bytes[..bytes.len() / 4 * 4];
        let table = GnuHashTable::<Header>::parse(LE, bytes).map_err(|_| Fault::Damaged(WHAT))?;
        match table.symbol_table_length(LE) {
            Some(count) => Ok(count as usize),
            // Nothing is exported.
            None => Err(Fault::NoSymbols),
        }
    }

    /// The description of the note of this owner and type.
    pub(crate) fn note(&self, owner: &[u8], kind: elf::NoteType) -> Option<&'data [u8]> {
        self.segments
            .iter()
            .filter(|one| one.p_type(LE) == elf::PT_NOTE)
            .find_map(|one| {
                let data = one.data(LE, self.data).ok()?;
                let mut notes = NoteIterator::<Header>::new(LE, one.p_align(LE), data).ok()?;
                while let Ok(Some(note)) = notes.next() {
                    if note.name() == owner && note.n_type(LE) == kind {
                        return Some(note.desc());
                    }
                }
                None
            })
    }
}

/// The header, of a file that is for this machine.
fn identified(data: &[u8]) -> Result<&Header, Fault> {
    const WHAT: &str = "the header of the file";
    // EI_CLASS and EI_DATA.
    let class = data.get(4).copied();
    let order = data.get(5).copied();
    // Both widths and byte orders have the machine at one place.
    let machine = match (data.get(18..20), order) {
        (Some(bytes), Some(2)) => u16::from_be_bytes([bytes[0], bytes[1]]),
        (Some(bytes), _) => u16::from_le_bytes([bytes[0], bytes[1]]),
        (None, _) => return Err(Fault::Damaged(WHAT)),
    };
    let machine = elf::Machine(machine);
    if machine != elf::EM_X86_64 || class != Some(elf::ELFCLASS64.0) || order != Some(1) {
        return Err(Fault::Machine(machine_name(machine, class == Some(1))));
    }
    Header::parse(data).map_err(|_| Fault::Damaged(WHAT))
}

fn machine_name(machine: elf::Machine, is_narrow: bool) -> String {
    let name = match machine {
        elf::EM_386 => "x86",
        elf::EM_X86_64 if is_narrow => "x32",
        elf::EM_X86_64 => "x86-64 of another byte order",
        elf::EM_AARCH64 => "aarch64",
        elf::EM_ARM => "arm",
        elf::EM_RISCV => "riscv",
        elf::EM_PPC64 => "powerpc64",
        elf::EM_S390 => "s390x",
        elf::EM_LOONGARCH => "loongarch",
        _ => return format!("the ELF machine {}", machine.0),
    };
    name.to_owned()
}

fn slice<'data, T: Pod>(
    data: &'data [u8],
    offset: u64,
    count: usize,
    what: &'static str,
) -> Result<&'data [T], Fault> {
    data.read_slice_at(offset, count)
        .map_err(|()| Fault::Damaged(what))
}
