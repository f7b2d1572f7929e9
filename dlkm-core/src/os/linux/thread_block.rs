//! The address of a thread's own memory. The thread pointer of x86-64 is the segment register
//! `fs`, and the word it points to is its own address (ELF Handling For Thread-Local Storage,
//! 3.4.6). Thread-local data of the program itself is below it, at the same distance in all
//! threads.

use std::arch::asm;
use std::ffi::{c_int, c_void};

/// The address that is `distance` bytes from the running thread's pointer. At distance 0 are two words that
/// stay as long as the thread: its pointer, which is positive as a signed number since user space is the
/// lower half of all addresses, and a pointer of the system's (`tcbhead_t` in glibc and `pthread` in musl).
#[inline(always)]
pub fn at_distance<T>(distance: isize) -> *const T {
    let address: usize;
    // The addition is part of it, so that the compiler needs one register for the sum.
    // SAFETY: it reads the word at fs:0, which each thread has and which never changes, so `pure`
    // and `nomem` hold.
    unsafe {
        asm!(
            "add {}, fs:0",
            inlateout(reg) distance => address,
            options(pure, nomem, nostack)
        );
    }
    std::ptr::with_exposed_provenance(address)
}

/// The distance, in bytes, of `address`, which is thread-local data of the running thread, from
/// the thread's pointer, if it is the same in all threads. It is if the data belongs to the
/// program itself; a shared object's data may be anywhere.
pub fn distance(address: *const ()) -> Option<isize> {
    let mut search = Search {
        address: address.expose_provenance(),
        found: false,
    };
    // SAFETY: `first` has the type of the callback, and `search` outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(first), (&raw mut search).cast()) };
    let base = at_distance::<()>(0).addr();
    search
        .found
        .then(|| search.address.wrapping_sub(base).cast_signed())
}

struct Search {
    address: usize,
    found: bool,
}

/// Looks at the first object only, which is the program (dl_iterate_phdr(3)).
///
/// # Safety
/// `info` must be from dl_iterate_phdr(3), and `search` the address of a `Search` that nothing else
/// uses during the call.
unsafe extern "C" fn first(
    info: *mut libc::dl_phdr_info,
    _size: usize,
    search: *mut c_void,
) -> c_int {
    // SAFETY: `distance` passed the address of its own `Search`, which it does not use during the
    // call.
    let search = unsafe { &mut *search.cast::<Search>() };
    // SAFETY: dl_iterate_phdr(3) passes a structure of this type, which is valid until this
    // function returns.
    let info = unsafe { &*info };
    // SAFETY: `dlpi_phnum` program headers are there as long as the object is mapped, and the
    // program always is.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    let start = info.dlpi_tls_data.addr();
    let length = headers
        .iter()
        .find(|header| header.p_type == libc::PT_TLS)
        .map_or(0, |header| header.p_memsz as usize);
    search.found = start != 0 && (start..start + length).contains(&search.address);
    STOP
}

const STOP: c_int = 1;
