//! The shared objects that this process has mapped, as the dynamic linker lists them.

use std::ffi::{CStr, CString, c_int, c_void};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::AtomicU8;

use dlkm_metadata::order::sort_by;

use super::LinkFile;
use crate::primitive::Release;

use crate::metadata::BuildId;

/// The size of a page on x86-64, in bytes: a segment's mapping is rounded to it.
const PAGE: usize = 4096;

/// The address and name of an object. No two mapped objects share both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    base: usize,
    name: CString,
}

impl Place {
    /// The address of the object's first byte.
    pub fn base(&self) -> usize {
        self.base
    }

    /// The name of the object's file, without the folder. The dynamic linker has none for the
    /// program.
    #[inline]
    pub fn file_name(&self) -> String {
        match self.name.to_string_lossy().rsplit('/').next() {
            None | Some("") => "program".to_owned(),
            Some(name) => name.to_owned(),
        }
    }
}

/// A mapped object, while the dynamic linker shows it.
struct Object<'a> {
    base: usize,
    name: &'a CStr,
    segments: &'a [libc::Elf64_Phdr],
}

impl Object<'_> {
    fn place(&self) -> Place {
        Place {
            base: self.base,
            name: self.name.to_owned(),
        }
    }

    /// The notes that are mapped, and only readable, with their alignment.
    fn notes(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let of_type = |wanted| {
            let segments = self.segments.iter();
            segments.filter(move |segment| segment.p_type == wanted)
        };
        of_type(libc::PT_NOTE).filter_map(move |notes| {
            let end = notes.p_vaddr.checked_add(notes.p_filesz)?;
            let mut around = of_type(libc::PT_LOAD).filter(|segment| {
                let writable = segment.p_flags & libc::PF_W != 0;
                let content = segment.p_vaddr..=segment.p_vaddr.saturating_add(segment.p_filesz);
                segment.p_flags & libc::PF_R != 0
                    && !writable
                    && content.contains(&notes.p_vaddr)
                    && content.contains(&end)
            });
            around.next()?;
            let start = self.base.wrapping_add(notes.p_vaddr as usize);
            let start = std::ptr::with_exposed_provenance(start);
            // SAFETY: within the content of a segment that the dynamic linker has mapped for reading
            // and not for writing, as checked above. The object stays mapped while `self`, which the
            // walk lends, exists.
            let bytes = unsafe { std::slice::from_raw_parts(start, notes.p_filesz as usize) };
            Some((bytes, notes.p_align))
        })
    }

    /// Start and end of the mappings of the file's segments.
    fn mappings(&self) -> impl Iterator<Item = (usize, usize)> {
        let loaded = self
            .segments
            .iter()
            .filter(|segment| segment.p_type == libc::PT_LOAD);
        loaded.map(|segment| {
            let start = self.base.wrapping_add(segment.p_vaddr as usize);
            let end = start.wrapping_add(segment.p_memsz as usize);
            (start & !(PAGE - 1), end.next_multiple_of(PAGE))
        })
    }
}

/// Calls `visit` with each object, until it returns `false`. `visit` must not open or close one.
fn each(visit: &mut dyn FnMut(&Object<'_>) -> bool) {
    #[inline]
    unsafe extern "C" fn step(
        info: *mut libc::dl_phdr_info,
        _: libc::size_t,
        argument: *mut c_void,
    ) -> c_int {
        // SAFETY: `argument` is the address of the local `visit` below, which outlives the
        // walk, and nothing else uses it during the walk.
        let visit = unsafe { &mut *argument.cast::<&mut dyn FnMut(&Object<'_>) -> bool>() };
        // SAFETY: dl_iterate_phdr(3) passes a structure of this type, which is valid until this
        // function returns.
        let info = unsafe { &*info };
        if info.dlpi_phdr.is_null() {
            return 0;
        }
        // SAFETY: `dlpi_phnum` program headers are there as long as the object is mapped, and the
        // dynamic linker unmaps no object during the walk.
        let segments =
            unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
        let name = match info.dlpi_name.is_null() {
            true => c"",
            // SAFETY: not null, so a text that ends with a NUL, and the dynamic linker keeps it as
            // long as the object is mapped, which it is during the walk.
            false => unsafe { CStr::from_ptr(info.dlpi_name) },
        };
        let more = visit(&Object {
            base: info.dlpi_addr as usize,
            name,
            segments,
        });
        c_int::from(!more)
    }
    let mut visit = visit;
    // SAFETY: `step` has the type of the callback, and `visit`, which it uses, outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(step), (&raw mut visit).cast()) };
}

/// Whether the program was linked statically with the C library. Every other program names its
/// dynamic linker, in a segment of its own. The program is the first object.
pub fn is_static_program() -> bool {
    let mut found = false;
    each(&mut |program| {
        let mut segments = program.segments.iter();
        found = segments.all(|segment| segment.p_type != libc::PT_INTERP);
        false
    });
    found
}

/// The object that contains `address`.
pub fn place_of(address: *const ()) -> Option<Place> {
    let address = address.addr();
    let mut found = None;
    each(&mut |object| {
        let mut mappings = object.mappings();
        if mappings.any(|(start, end)| (start..end).contains(&address)) {
            found = Some(object.place());
        }
        found.is_none()
    });
    found
}

/// The position of the first of `addresses` that is not in the object that contains `home`.
pub fn first_outside(home: *const (), addresses: &[*const ()]) -> Option<usize> {
    let mut outside = None;
    each(&mut |object| {
        let contains = |address: &*const ()| {
            let mut mappings = object.mappings();
            mappings.any(|(start, end)| (start..end).contains(&address.addr()))
        };
        let is_home = contains(&home);
        if is_home {
            outside = addresses.iter().position(|address| !contains(address));
        }
        !is_home
    });
    outside
}

/// The build id of the object that contains `address`, as it is in memory.
#[inline]
pub fn build_id(address: *const ()) -> Option<BuildId> {
    let address = address.addr();
    let mut found = None;
    each(&mut |object| {
        let mut mappings = object.mappings();
        let contains = mappings.any(|(start, end)| (start..end).contains(&address));
        if contains {
            found = object
                .notes()
                .find_map(|(notes, align)| BuildId::in_notes(notes, align));
        }
        !contains
    });
    found
}

/// Calls `visit` with the content of each mapped note of that owner and type, until it returns `false`.
pub(super) fn each_note(owner: &[u8], kind: u32, visit: &mut dyn FnMut(&[u8]) -> bool) {
    each(&mut |object| {
        object
            .notes()
            .all(|(notes, align)| in_notes(notes, align, owner, kind, visit).unwrap_or(true))
    });
}

/// The same for the notes of a segment, which has this alignment. `Some(false)` if `visit` wants no
/// more; `None` at the end, and where the notes are damaged.
fn in_notes(
    mut notes: &[u8],
    align: u64,
    owner: &[u8],
    kind: u32,
    visit: &mut dyn FnMut(&[u8]) -> bool,
) -> Option<bool> {
    let align = if align == 8 { 8 } else { 4 };
    loop {
        let number = |at: usize| {
            let bytes = notes.get(at..at + 4)?;
            Some(u32::from_ne_bytes(bytes.try_into().ok()?))
        };
        let (name, content) = (number(0)? as usize, number(4)? as usize);
        let start = (12 + name).next_multiple_of(align);
        let end = start.checked_add(content)?;
        let found = notes.get(start..end)?;
        if number(8)? == kind && notes.get(12..12 + name)? == owner && !visit(found) {
            return Some(false);
        }
        notes = notes.get(end.checked_next_multiple_of(align)?..)?;
    }
}

/// The first fields of glibc's description of an open object: `struct link_map` of `link.h`.
#[repr(C)]
struct LinkMap {
    _base: usize,
    name: *mut u8,
}

/// The description of an open object.
///
/// # Safety
/// `handle` must be from dlopen(3), and open as long as the result is used.
unsafe fn link_map<'a>(handle: *mut c_void) -> Option<&'a LinkMap> {
    let mut map: *const LinkMap = std::ptr::null();
    // SAFETY: the caller promises that `handle` is open; with this request, dlinfo(3) writes
    // one pointer, to `map`.
    let told = unsafe { libc::dlinfo(handle, libc::RTLD_DI_LINKMAP, (&raw mut map).cast()) };
    // SAFETY: dlinfo(3) returned the object's `link_map`, which begins with these fields, and
    // is valid while the object is open.
    unsafe { map.as_ref() }.filter(|_| told == 0)
}

/// Gives an object that was opened by the name of `file`, and is new, the name `to`: `l_name` of
/// `link.h`, where debuggers, backtraces and dladdr(3) look for the object's file. Returns
/// `Some(false)` if `to` is longer, and `None` if the object is not new.
///
/// A new object has the name by which it was opened, and no object has had that name before
/// (`LinkFile` invariant 1). If the dynamic linker has mapped the file already, it returns that
/// object, which has the name by which it was opened first. glibc keeps these names elsewhere too, and
/// compares those as before. An object is also taken for an old one if the system does not say its
/// name.
///
/// # Safety
/// `handle` must be from dlopen(3), and open.
pub(crate) unsafe fn rename(handle: *mut c_void, file: &LinkFile, to: &Path) -> Option<bool> {
    let (from, to) = (
        file.path().as_os_str().as_bytes(),
        to.as_os_str().as_bytes(),
    );
    // SAFETY: as the caller promises.
    let map = unsafe { link_map(handle) }.filter(|map| !map.name.is_null())?;
    // SAFETY: not null, so a text that ends with a NUL, as long as the object is open.
    if unsafe { CStr::from_ptr(map.name.cast()) }.to_bytes() != from {
        return None;
    }
    if to.len() > from.len() || to.is_empty() || to.contains(&0) {
        return Some(false);
    }
    // SAFETY: not null, and `from.len()` bytes and a NUL are there. glibc allocated them with
    // malloc(3) for this object alone, and frees them when the object is closed. A byte needs no
    // alignment, and an atomic may change behind a shared reference. Others only read these bytes:
    // see below.
    let bytes = unsafe { std::slice::from_raw_parts(map.name.cast::<AtomicU8>(), from.len()) };
    let mut done = false;
    // In a walk of the objects, so that no other walk reads the name meanwhile: a walk has glibc's
    // lock. A dlopen(3) or dladdr(3) of another thread may read it, up to the first NUL. It finds
    // an empty name, which is no file's, until the new one is complete; and it never reads past
    // the end of the old one, where the NUL stays.
    each(&mut |_| {
        if !clear(map.name, file.descriptor()) {
            return false;
        }
        if to.len() < from.len() {
            bytes[to.len()].store(0, Release);
        }
        for (byte, new) in bytes.iter().zip(to).skip(1) {
            byte.store(*new, Release);
        }
        // Release: a thread that reads this byte reads the others as they are now. glibc's reads have no
        // ordering, which x86-64 does not need.
        bytes[0].store(to[0], Release);
        done = true;
        false
    });
    Some(done)
}

/// Writes a zero through the system, which returns an error where this process may not write: a
/// glibc to come may protect what it keeps. The zero is from `image`: the last byte of its `e_ident`,
/// which the dynamic linker requires to be zero.
fn clear(at: *mut u8, image: c_int) -> bool {
    const PADDING: libc::off_t = 15;
    // SAFETY: pread(2) writes a byte at `at`, if that is possible; the caller may write there.
    unsafe { libc::pread(image, at.cast(), 1, PADDING) == 1 }
}

/// All objects that are mapped at one moment, from one walk, however many are looked up.
#[derive(Debug)]
pub struct AllMapped {
    objects: Vec<MappedObject>,
    /// Start and end of each mapping, sorted, and the object's position in `objects`.
    mappings: Vec<(usize, usize, usize)>,
}

/// One of [`AllMapped`].
#[derive(Debug)]
pub struct MappedObject {
    place: Place,
    bytes: u64,
}

impl MappedObject {
    /// The address of the object's first byte.
    pub fn base(&self) -> usize {
        self.place.base
    }

    /// The bytes of address space that it takes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// All objects that are mapped.
#[inline]
pub fn mapped() -> AllMapped {
    let mut all = AllMapped {
        objects: Vec::new(),
        mappings: Vec::new(),
    };
    each(&mut |object| {
        let mut bytes = 0;
        for (start, end) in object.mappings() {
            bytes += end - start;
            all.mappings.push((start, end, all.objects.len()));
        }
        all.objects.push(MappedObject {
            place: object.place(),
            bytes: bytes as u64,
        });
        true
    });
    sort_by(&mut all.mappings, Ord::cmp);
    all
}

impl AllMapped {
    /// The object that contains `address`.
    pub fn around(&self, address: usize) -> Option<&MappedObject> {
        let after = self.mappings.partition_point(|one| one.0 <= address);
        let (_, end, object) = *self.mappings.get(after.checked_sub(1)?)?;
        self.objects.get(object).filter(|_| address < end)
    }

    /// The object at that place.
    pub fn at(&self, place: &Place) -> Option<&MappedObject> {
        self.objects.iter().find(|object| object.place == *place)
    }
}

/// How many bytes at the beginning of its file an object needs that contains `address`: what
/// follows, such as debug information, is not mapped.
pub fn mapped_part(address: *const ()) -> Option<u64> {
    let address = address.addr();
    let mut found = None;
    each(&mut |object| {
        let mut mappings = object.mappings();
        if mappings.any(|(start, end)| (start..end).contains(&address)) {
            let segments = object.segments.iter();
            let loaded = segments.filter(|segment| segment.p_type == libc::PT_LOAD);
            let ends = loaded.map(|segment| segment.p_offset.saturating_add(segment.p_filesz));
            found = ends.max();
        }
        found.is_none()
    });
    found?.checked_next_multiple_of(PAGE as u64)
}

/// The address at which the object that contains `address` is mapped: a number that identifies
/// the object.
pub fn image_base(address: *const ()) -> Option<usize> {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: dladdr(3) only compares `address`, and `info` is writable memory of the type that
    // it fills.
    let found = unsafe { libc::dladdr(address.cast(), info.as_mut_ptr()) } != 0;
    // SAFETY: dladdr(3) did not return 0, so it has filled the whole structure.
    found.then(|| unsafe { info.assume_init() }.dli_fbase as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_found_by_an_address_in_it() {
        let own = place_of(place_of as *const ()).expect("this program");
        assert_eq!(place_of(mapped as *const ()).as_ref(), Some(&own));
        assert_ne!(place_of(libc::malloc as *const ()).as_ref(), Some(&own));
        assert_eq!(place_of(std::ptr::null()), None);
        let file = std::fs::metadata("/proc/self/exe").unwrap().len();
        let part = mapped_part(place_of as *const ()).expect("this program");
        // Tests have debug information.
        assert!(part > 4096 && part < file, "{part} of {file}");
        let all = mapped();
        let object = all.at(&own).expect("this program");
        let bytes = object.bytes();
        assert!(bytes > 0 && bytes < 2 * file, "{bytes} of {file}");
        for (address, expected) in [
            (place_of as *const (), Some(object.base())),
            (mapped as *const (), Some(object.base())),
            (std::ptr::null(), None),
        ] {
            let found = all.around(address.addr());
            assert_eq!(found.map(MappedObject::base), expected);
        }
        let libc = place_of(libc::malloc as *const ()).expect("glibc");
        let around = all.around((libc::malloc as *const ()).addr());
        assert_eq!(around.map(|one| &one.place), Some(&libc));
        let elsewhere = Place {
            base: own.base,
            name: c"elsewhere".to_owned(),
        };
        assert!(all.at(&elsewhere).is_none());
    }

    #[test]
    fn the_build_id_in_memory_is_that_of_the_file() {
        let own = build_id(place_of as *const ());
        let file = BuildId::read("/proc/self/exe".as_ref()).unwrap();
        assert_eq!(own, file);
        assert_eq!(build_id(std::ptr::null()), None);
        let of_libc = build_id(libc::malloc as *const ());
        assert!(of_libc.is_none() || of_libc != own);
    }

    #[test]
    fn an_open_object_is_told_from_one_that_was_not_there() {
        let glibc = super::super::file_of(libc::malloc as *const ()).expect("it is mapped");
        let folder = glibc.parent().expect("a file is in a folder");
        for (library, new) in [
            ("libc.so.6", false),
            ("libanl.so.1", true),
            ("libanl.so.1", false),
        ] {
            let path = folder.join(library);
            let file = std::fs::File::open(&path).expect("glibc has it");
            let file = LinkFile::new(file, &path).expect("there is a /proc");
            let name = CString::new(file.path().as_os_str().as_bytes()).unwrap();
            // SAFETY: glibc's own libraries.
            let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY) };
            // SAFETY: opened just now, and never closed.
            let renamed = unsafe { rename(handle, &file, &path) };
            assert_eq!(renamed, new.then_some(true), "{library}");
        }
    }
}
