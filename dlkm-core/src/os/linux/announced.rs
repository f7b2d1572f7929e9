//! An address that each object of a process can find, even one that shares no symbol with the object
//! that announces it: a note says where in that object the address is.

use std::arch::asm;
use std::sync::atomic::AtomicPtr;

use super::objects;
use crate::primitive::{Acquire, Release};

/// The address that this object announces; null if it announces none.
static CELL: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

/// The owner and the type of the note.
const OWNER: &[u8] = b"dlkm\0";
const TYPE: u32 = 1;

/// Announces `address` to the process, and places the note. Only an object that calls this has the note.
#[inline(never)]
pub fn announce(address: *const ()) {
    // SAFETY: it places data and runs no code. The content of the note is the distance from itself to
    // `CELL`, so that the dynamic linker need not write to it.
    unsafe {
        asm!(
            ".pushsection .note.dlkm,\"a\",@note",
            ".balign 4",
            ".long 5",
            ".long 8",
            ".long {kind}",
            ".asciz \"dlkm\"",
            ".balign 4",
            ".quad {cell} - .",
            ".popsection",
            kind = const TYPE,
            cell = sym CELL,
            options(nomem, nostack, preserves_flags),
        );
    }
    // Release: pairs with the Acquire in `announced`.
    CELL.store(address.cast_mut(), Release);
}

/// The address that the first of the process's objects announces, if one does.
///
/// # Safety
/// Each object with such a note must have placed it by [`announce`].
pub unsafe fn announced() -> Option<*const ()> {
    let mut found = None;
    objects::each_note(OWNER, TYPE, &mut |content| {
        let (start, distance) = (content.as_ptr(), content.try_into().map(i64::from_ne_bytes));
        let Ok(distance) = distance else { return true };
        let cell: *const AtomicPtr<()> = start.wrapping_offset(distance as isize).cast();
        // SAFETY: as the caller promises, `CELL` of the object with the note, which is mapped during
        // the walk.
        let address = unsafe { &*cell }.load(Acquire);
        // Acquire: pairs with the Release in `announce`.
        found = (!address.is_null()).then_some(address.cast_const());
        found.is_none()
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_is_found() {
        static HERE: u8 = 0;
        let here = (&raw const HERE).cast();
        announce(here);
        // SAFETY: this program has one note, that of `announce`.
        assert_eq!(unsafe { announced() }, Some(here));
        // Here is no `Door`, for which other tests of this program would take it.
        announce(std::ptr::null());
        // SAFETY: as before.
        assert_eq!(unsafe { announced() }, None);
    }
}
