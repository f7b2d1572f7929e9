//! Which frame will catch an exception of this image, and how to unwind this image's frames alone.
//!
//! An exception ends the process where another image's copy of std catches it. So an image must
//! know before it raises one. The unwinder has no function for this question, but its first phase
//! is easy to do: for each frame, from the innermost outward, it asks the frame's personality
//! routine whether the frame has a handler. The routine's address is in the frame's description,
//! whose format is that of DWARF's call frame information, as the Linux Standard Base describes it
//! (LSB Core, Exception Frames, <https://refspecs.linuxfoundation.org/lsb.shtml>).

use std::any::Any;
use std::ffi::{c_int, c_void};

use super::frames::walk_frames;
use super::objects::image_base;
use super::own_panic::{Exception, payload, personality};

/// A frame of another image that will catch an exception of this one.
#[derive(Clone, Copy, Debug)]
pub struct Catcher {
    /// The lowest address of that frame.
    pub floor: usize,
    /// The lowest address of the first frame on the way that is not this image's.
    edge: usize,
}

type Personality = unsafe extern "C" fn(c_int, c_int, u64, *mut Exception, *mut c_void) -> c_int;

/// A stop function of `_Unwind_ForcedUnwind`.
type Stop = unsafe extern "C-unwind" fn(
    c_int,
    c_int,
    u64,
    *mut Exception,
    *mut c_void,
    *mut c_void,
) -> c_int;

/// What `_Unwind_Find_FDE` reports of a function besides its description.
#[repr(C)]
struct Bases {
    text: *mut c_void,
    data: *mut c_void,
    function: *mut c_void,
}

unsafe extern "C-unwind" {
    fn _Unwind_Backtrace(
        visit: unsafe extern "C-unwind" fn(*mut c_void, *mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIPInfo(context: *mut c_void, before: *mut c_int) -> usize;
    fn _Unwind_GetCFA(context: *mut c_void) -> usize;
    fn _Unwind_Find_FDE(pc: *mut c_void, bases: *mut Bases) -> *const u8;
    fn _Unwind_ForcedUnwind(exception: *mut Exception, stop: Stop, argument: *mut c_void) -> c_int;
}

const VERSION: c_int = 1;
const SEARCH: c_int = 1; // _UA_SEARCH_PHASE
const FOUND: c_int = 6; // _URC_HANDLER_FOUND
const CONTINUE_UNWIND: c_int = 8; // _URC_CONTINUE_UNWIND
const CONTINUE: c_int = 0; // _URC_NO_REASON
const END: c_int = 5; // _URC_NORMAL_STOP

/// The frame of another image that would catch `exception` if it were raised here. `None` if a
/// frame of this image would, or none, or if a frame on the way can't be read.
///
/// # Safety
/// `exception` must be an exception of this image's std.
pub unsafe fn foreign_catcher(exception: *mut Exception) -> Option<Catcher> {
    let mut search = Search {
        exception,
        own: None,
        found: None,
    };
    // SAFETY: `step` has the signature of _Unwind_Trace_Fn, and `search`, which it uses, outlives
    // the call.
    unsafe { _Unwind_Backtrace(step, (&raw mut search).cast()) };
    let (instruction, floor) = search.found?;
    // Only now: this waits for the dynamic linker's lock.
    let own = image_base(foreign_catcher as *const ())?;
    let is_foreign = |instruction: usize| image_base(instruction as *const ()) != Some(own);
    if !is_foreign(instruction) {
        return None;
    }
    let mut edge = floor;
    walk_frames(&mut |frame| {
        let foreign = is_foreign(frame.instruction.saturating_sub(1));
        if foreign {
            edge = frame.floor;
        }
        !foreign
    });
    Some(Catcher { floor, edge })
}

struct Search {
    exception: *mut Exception,
    /// The personality routine of this image's std: that of the innermost frame that has one.
    own: Option<Personality>,
    /// Where a frame catches that may be another image's: an address in its function, and the
    /// lowest address of the frame.
    found: Option<(usize, usize)>,
}

unsafe extern "C-unwind" fn step(context: *mut c_void, argument: *mut c_void) -> c_int {
    // SAFETY: `argument` is the address of the local `search` in `foreign_catcher`, which outlives
    // the walk, and nothing else uses it during the walk.
    let search = unsafe { &mut *argument.cast::<Search>() };
    let mut before = 0;
    // SAFETY: the unwinder passed `context`, which is valid until this function returns, and
    // `before` is writable.
    let instruction = unsafe { _Unwind_GetIPInfo(context, &raw mut before) };
    // The address after a call may be the start of another function. 0 is the caller of the outermost
    // function, which only a program in another language shows: one of Rust's catches before.
    let Some(within) = instruction.checked_sub(usize::from(before == 0)) else {
        return END;
    };
    // SAFETY: the address is that of the frame of `context`.
    let routine = match unsafe { routine_of(within) } {
        Some(Some(routine)) => routine,
        Some(None) => return CONTINUE,
        None => return END,
    };
    let own = *search.own.get_or_insert(routine);
    // SAFETY: the caller of `foreign_catcher` passed an exception of this image's std.
    let class = unsafe { (*search.exception).class };
    // SAFETY: the frame's description names the routine. In the search phase it only reads the
    // frame's tables, and returns an answer.
    match unsafe { routine(VERSION, SEARCH, class, search.exception, context) } {
        CONTINUE_UNWIND => CONTINUE,
        FOUND if is_one_of(routine, [own, personality]) => END,
        FOUND => {
            // SAFETY: the unwinder passed `context`, which is valid until this function returns.
            let floor = unsafe { _Unwind_GetCFA(context) };
            search.found = Some((within, floor));
            END
        }
        // An error, which the unwinder will meet too.
        _ => END,
    }
}

fn is_one_of(routine: Personality, own: [Personality; 2]) -> bool {
    own.iter().any(|own| std::ptr::fn_addr_eq(*own, routine))
}

/// The personality routine of the function that contains `instruction`. `Some(None)` if it has
/// none, `None` if the function is not described, as the outermost one, or in a form that can't be
/// read.
///
/// # Safety
/// The function must be running.
unsafe fn routine_of(instruction: usize) -> Option<Option<Personality>> {
    let mut bases = Bases {
        text: std::ptr::null_mut(),
        data: std::ptr::null_mut(),
        function: std::ptr::null_mut(),
    };
    // SAFETY: the function only compares the address with its tables, and fills `bases`.
    let function = unsafe { _Unwind_Find_FDE(instruction as *mut c_void, &raw mut bases) };
    if function.is_null() {
        return None;
    }
    // SAFETY: `_Unwind_Find_FDE` returned a description, which is mapped like its function, and
    // that is running.
    unsafe { personality_of(function) }
}

/// The personality routine in a function's description. `Some(None)` if it has none, `None` if the
/// description has a form that compilers do not write on this processor.
///
/// # Safety
/// `function` must be a frame description entry from the unwinder.
unsafe fn personality_of(function: *const u8) -> Option<Option<Personality>> {
    // SAFETY: the caller promises an entry, which is part of a well-formed section.
    let mut entry = unsafe { Reader::new(function) };
    if entry.word() == u32::MAX {
        // The 64-bit form.
        return None;
    }
    // The distance from here back to the common part of several entries.
    let here = entry.0;
    let common = here.wrapping_sub(entry.word() as usize);
    // SAFETY: the common part is in the same section.
    let mut common = unsafe { Reader::new(common) };
    common.word(); // the length
    common.word(); // the mark of a common part
    let version = common.byte();
    // SAFETY: a text that tells which data follows is in the common part.
    let mut letters = unsafe { Reader::new(common.0) };
    while common.byte() != 0 {}
    match letters.byte() {
        0 => return Some(None),
        b'z' => {}
        _ => return None,
    }
    common.leb128(); // the code alignment
    common.leb128(); // the data alignment
    match version {
        1 => {
            common.byte();
        }
        _ => common.leb128(),
    }
    common.leb128(); // the length of the data that the letters stand for
    loop {
        match letters.byte() {
            0 => return Some(None),
            b'P' => {
                let address = common.pointer()?;
                // SAFETY: null, or the address of a personality routine, which has this type.
                return Some(unsafe {
                    std::mem::transmute::<*const (), Option<Personality>>(address)
                });
            }
            b'R' | b'L' => {
                common.byte();
            }
            b'S' | b'B' => {}
            _ => return None,
        }
    }
}

/// Reads the unwinder's tables.
///
/// # Invariants
/// 1. It is in an entry or a common part of a well-formed section. Who uses it reads the fields of
///    the format in their order, so what it reads is there.
struct Reader(*const u8);

impl Reader {
    /// # Safety
    /// `start` must be the start of an entry or a common part, or of a field of one.
    unsafe fn new(start: *const u8) -> Self {
        Reader(start)
    }

    fn take<T: Copy>(&mut self) -> T {
        // SAFETY: `Reader` invariant 1; the fields that are read as a `T` are numbers.
        let value = unsafe { self.0.cast::<T>().read_unaligned() };
        self.0 = self.0.wrapping_add(size_of::<T>());
        value
    }

    fn byte(&mut self) -> u8 {
        self.take()
    }

    fn word(&mut self) -> u32 {
        self.take()
    }

    /// Skips a number.
    fn leb128(&mut self) {
        while self.byte() & 0x80 != 0 {}
    }

    /// An encoded pointer, which may be null. `None` if its encoding is another one than those of
    /// functions' addresses on x86-64.
    fn pointer(&mut self) -> Option<*const ()> {
        const INDIRECT: u8 = 0x80;
        let encoding = self.byte();
        let place = self.0.addr();
        let base = match encoding & 0x70 {
            0x00 => 0,
            0x10 => place,
            _ => return None,
        };
        let value = match encoding & 0x0f {
            0x00 | 0x04 | 0x0c => self.take::<usize>(),
            0x03 => self.take::<u32>() as usize,
            0x0b => self.take::<i32>() as usize,
            _ => return None,
        };
        if value == 0 {
            return Some(std::ptr::null());
        }
        let address = base.wrapping_add(value) as *const ();
        if encoding & INDIRECT == 0 {
            return Some(address);
        }
        // SAFETY: the encoding says that there is a pointer, which the linker has filled in.
        Some(unsafe { address.cast::<*const ()>().read_unaligned() })
    }
}

/// Unwinds this image's frames up to the first frame of another image, with their destructors, and
/// calls `then` there with the payload of the exception. The stack below that frame is gone then.
///
/// # Safety
/// `exception` must be an exception of this image's std that is about to be raised, and `catcher`
/// what `foreign_catcher` has just returned for it.
pub unsafe fn unwind_own(
    exception: *mut Exception,
    catcher: Catcher,
    then: fn(Box<dyn Any + Send>, Catcher) -> !,
) -> ! {
    // On the heap, because this frame is gone when it is used.
    let end = Box::into_raw(Box::new(End { catcher, then }));
    // SAFETY: the caller promises an exception that is about to be raised. `stop` does not let the
    // unwinder past the first frame of another image.
    unsafe { _Unwind_ForcedUnwind(exception, stop, end.cast()) };
    // It returns only if the unwinder can't read its tables, which it could just now.
    std::process::abort()
}

struct End {
    catcher: Catcher,
    then: fn(Box<dyn Any + Send>, Catcher) -> !,
}

/// Called for each frame before the unwinder runs its destructors.
unsafe extern "C-unwind" fn stop(
    _version: c_int,
    _actions: c_int,
    _class: u64,
    exception: *mut Exception,
    context: *mut c_void,
    end: *mut c_void,
) -> c_int {
    let end = end.cast::<End>();
    // SAFETY: the unwinder passed `context`, which is valid until this function returns.
    let floor = unsafe { _Unwind_GetCFA(context) };
    // SAFETY: `end` is from `Box::into_raw` in `unwind_own`, and freed below.
    if floor < unsafe { (*end).catcher.edge } {
        return CONTINUE;
    }
    // SAFETY: from `Box::into_raw` in `unwind_own`. This is reached once, because `then` does not
    // return.
    let End { catcher, then } = *unsafe { Box::from_raw(end) };
    // SAFETY: an exception of this image's std, which nothing else uses any more.
    then(unsafe { payload(exception) }, catcher)
}
