//! The shared objects that this process has mapped, as the dynamic linker lists them.

use std::ffi::{CStr, CString, c_int, c_void};
use std::mem::MaybeUninit;

/// The size of a page on x86-64, in bytes: a segment's mapping is rounded to it.
const PAGE: usize = 4096;

/// The address and name of an object. No two mapped objects share both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    base: usize,
    name: CString,
}

impl Place {
    /// The address of the object's first byte.
    pub(crate) fn base(&self) -> usize {
        self.base
    }

    /// The name of the object's file, without the folder. The dynamic linker has none for the
    /// program.
    pub(crate) fn file_name(&self) -> String {
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

/// The object that contains `address`.
pub(crate) fn place_of(address: *const ()) -> Option<Place> {
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

/// The addresses of all objects that are mapped at one moment.
#[derive(Debug)]
pub(crate) struct Objects(Vec<usize>);

impl Objects {
    pub(crate) fn now() -> Self {
        // Enough for most programs.
        let mut bases = Vec::with_capacity(32);
        each(&mut |object| {
            bases.push(object.base);
            true
        });
        Objects(bases)
    }

    /// Whether an open object was one of these. Also `true` if the system does not say, or if the
    /// object has the address of another one that has been closed since.
    ///
    /// # Safety
    /// `handle` must be from dlopen(3), and open.
    pub(crate) unsafe fn had(&self, handle: *mut c_void) -> bool {
        let mut map: *const LinkMap = std::ptr::null();
        // SAFETY: the caller promises that `handle` is open; with this request, dlinfo(3) writes
        // one pointer, to `map`.
        let told = unsafe { libc::dlinfo(handle, libc::RTLD_DI_LINKMAP, (&raw mut map).cast()) };
        if told != 0 || map.is_null() {
            return true;
        }
        // SAFETY: dlinfo(3) returned the object's `link_map`, which is valid while the object is
        // open. Its first field is `base`.
        let map = unsafe { &*map };
        self.0.contains(&map.base)
    }
}

/// The first field of glibc's description of an open object: `struct link_map` of `link.h`.
#[repr(C)]
struct LinkMap {
    base: usize,
}

/// All objects that are mapped, with the bytes of address space that each takes.
pub(crate) fn mapped() -> std::collections::HashMap<Place, u64> {
    let mut all = std::collections::HashMap::new();
    each(&mut |object| {
        let bytes: usize = object.mappings().map(|(start, end)| end - start).sum();
        all.insert(object.place(), bytes as u64);
        true
    });
    all
}

/// The address at which the object that contains `address` is mapped: a number that identifies
/// the object.
pub(crate) fn image_base(address: *const ()) -> Option<usize> {
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
        let bytes = mapped()[&own];
        let file = std::fs::metadata("/proc/self/exe").unwrap().len();
        assert!(bytes > 0 && bytes < 2 * file, "{bytes} of {file}");
    }

    #[test]
    fn an_open_object_is_told_from_one_that_was_not_there() {
        let open = || {
            // SAFETY: glibc's own library, which this program has mapped.
            unsafe { libc::dlopen(c"libc.so.6".as_ptr(), libc::RTLD_LAZY) }
        };
        let now = Objects::now();
        let none = Objects(Vec::new());
        // SAFETY: opened just now, and never closed.
        assert!(unsafe { now.had(open()) });
        // SAFETY: opened just now, and never closed.
        assert!(!unsafe { none.had(open()) });
    }
}
