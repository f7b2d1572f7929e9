//! Threads that run an image's code, counted from before they start until after their last
//! destructor.
//!
//! An image has its own `pthread_create` and `pthread_setspecific` ([`__catch_threads`]), to which
//! all that is linked into it binds: its copy of std, and libraries in C. Hidden, so that nobody
//! else sees them. The host's copy of the runtime then does what was asked for, and notes in the
//! thread whose code the thread runs.
//!
//! `pthread_setspecific`, since a key's destructor is code that the thread runs when its start
//! routine has returned, and std has such a key for `thread::current()`. A thread of the host's
//! that called a module may have it too. Destructors of `thread_local!` need nothing of us: glibc
//! counts them, and keeps their image mapped.

use std::ffi::{CStr, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use crate::primitive::{AtomicUsize, OnceLock, Release};

/// What `pthread_create` is given. May be unwound through: `pthread_exit` does.
pub(crate) type Routine = unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_void;

/// The four arguments of `pthread_create`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    pub(crate) thread: *mut libc::pthread_t,
    pub(crate) attributes: *const libc::pthread_attr_t,
    pub(crate) routine: Routine,
    pub(crate) argument: *mut c_void,
}

type Create = unsafe extern "C" fn(
    *mut libc::pthread_t,
    *const libc::pthread_attr_t,
    Routine,
    *mut c_void,
) -> c_int;

unsafe extern "C" {
    // With our own type of the routine. In an image this is the image's own; there nobody calls it.
    fn pthread_create(
        thread: *mut libc::pthread_t,
        attributes: *const libc::pthread_attr_t,
        routine: Routine,
        argument: *mut c_void,
    ) -> c_int;
}

/// The definitions that an image's code binds to, in front of the system's.
#[doc(hidden)]
#[macro_export]
macro_rules! __catch_threads {
    () => {
        $crate::private::std::arch::global_asm!(
            ".pushsection .text.dlkm_threads,\"ax\",@progbits",
            ".globl pthread_create",
            ".hidden pthread_create",
            ".type pthread_create,@function",
            "pthread_create:",
            "jmp {create}",
            ".size pthread_create, . - pthread_create",
            ".globl pthread_setspecific",
            ".hidden pthread_setspecific",
            ".type pthread_setspecific,@function",
            "pthread_setspecific:",
            "jmp {set}",
            ".size pthread_setspecific, . - pthread_setspecific",
            ".popsection",
            create = sym $crate::private::create_thread,
            set = sym $crate::private::set_specific,
        );
    };
}

/// What the new thread is told.
struct Block {
    routine: Routine,
    argument: *mut c_void,
    count: &'static AtomicUsize,
}

/// Starts a thread that counts itself out of `count` at its very end. It is counted in by the
/// caller; if it can't be started, it is counted out again. In the host only.
///
/// # Safety
/// As for `pthread_create`. `count` stays mapped while it is not 0.
pub(crate) unsafe fn create(start: &Start, count: &'static AtomicUsize) -> c_int {
    let block = Box::into_raw(Box::new(Block {
        routine: start.routine,
        argument: start.argument,
        count,
    }));
    // SAFETY: the caller's promise; `run` takes the block.
    let status = unsafe { pthread_create(start.thread, start.attributes, run, block.cast()) };
    if status != 0 {
        // SAFETY: from `into_raw` above, and no thread has it.
        drop(unsafe { Box::from_raw(block) });
        count_out(count);
    }
    status
}

/// The start of each thread that an image starts. It is code of the host, so nothing of the image
/// is needed when its routine has returned.
unsafe extern "C-unwind" fn run(block: *mut c_void) -> *mut c_void {
    // SAFETY: `create` made it for this thread.
    let block = *unsafe { Box::from_raw(block.cast::<Block>()) };
    stay(block.count);
    // SAFETY: what whoever called `pthread_create` promised. Nothing here waits to be dropped,
    // so `pthread_exit` may unwind this frame.
    unsafe { (block.routine)(block.argument) }
}

/// The images whose code a thread runs up to its end.
struct Images {
    /// How many more rounds of destructors the system makes.
    rounds: u32,
    counts: Vec<&'static AtomicUsize>,
}

/// `PTHREAD_DESTRUCTOR_ITERATIONS` of glibc's `bits/local_lim.h`: how often the system looks for
/// keys that destructors have set anew.
const ROUNDS: u32 = 4;

/// The key of [`Images`]; `None` if the system has no more keys.
fn key() -> Option<libc::pthread_key_t> {
    static KEY: OnceLock<Option<libc::pthread_key_t>> = OnceLock::new();
    *KEY.get_or_init(|| {
        let mut key = 0;
        // SAFETY: `key` is writable, and `at_end` is of the host, which stays.
        let status = unsafe { libc::pthread_key_create(&raw mut key, Some(at_end)) };
        (status == 0).then_some(key)
    })
}

/// Has the calling thread, which is counted in, count itself out of `count` at its end. Where the
/// system can't do that, it is never counted out, and the image stays. `false` if it was to do so
/// already: then it is counted once too often.
fn stay(count: &'static AtomicUsize) -> bool {
    let Some(key) = key() else { return true };
    // SAFETY: the key is ours and is never deleted.
    let known = unsafe { libc::pthread_getspecific(key) }.cast::<Images>();
    // SAFETY: null, or this thread's own list, which `at_end` frees and nobody else has.
    if let Some(images) = unsafe { known.as_mut() } {
        let fresh = !images.counts.iter().any(|one| ptr::eq(*one, count));
        if fresh {
            images.counts.push(count);
        }
        return fresh;
    }
    let images = Box::into_raw(Box::new(Images {
        rounds: ROUNDS,
        counts: vec![count],
    }));
    // SAFETY: as above; `at_end` takes the list.
    let status = unsafe { libc::pthread_setspecific(key, images.cast()) };
    if status != 0 {
        // SAFETY: from `into_raw` above, and nobody has it.
        drop(unsafe { Box::from_raw(images) });
    }
    true
}

/// Runs in each round of destructors, and counts the thread out in the last one: by then those of
/// the images are over.
unsafe extern "C" fn at_end(images: *mut c_void) {
    let Some(key) = key() else { return };
    let images = images.cast::<Images>();
    // SAFETY: `stay` made it for this thread, and this is the only borrow.
    let rounds = unsafe { &mut (*images).rounds };
    *rounds -= 1;
    if *rounds > 0 {
        // SAFETY: our own key, and the list is handed on to the next round. It can't fail: the
        // thread has had a value of this key.
        unsafe { libc::pthread_setspecific(key, images.cast()) };
        return;
    }
    // SAFETY: from `into_raw` in `stay`; the system has forgotten it.
    let images = unsafe { Box::from_raw(images) };
    images.counts.into_iter().for_each(count_out);
}

fn count_out(count: &AtomicUsize) {
    // Release: with the Acquire in `ThreadCounts::running`. The image may be gone after this.
    count.fetch_sub(1, Release);
}

/// Sets a thread's value of a key for an image. `count` is counted in for this call; it stays so
/// until the thread's end, if it was not yet for this thread and there is a value. In the host
/// only.
///
/// # Safety
/// As for [`create`], and for `pthread_setspecific`.
pub(crate) unsafe fn set_specific(
    count: &'static AtomicUsize,
    key: libc::pthread_key_t,
    value: *const c_void,
) -> c_int {
    // No destructor is called for null.
    let stays = !value.is_null() && stay(count);
    // SAFETY: the caller's promise.
    let status = unsafe { libc::pthread_setspecific(key, value) };
    if !stays {
        count_out(count);
    }
    status
}

/// Keeps the image that `address` is in mapped for ever. `false` if the system does not know it.
pub(crate) fn pin(address: *const ()) -> bool {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: dladdr(3) only compares `address`, and `info` is writable memory of its type.
    if unsafe { libc::dladdr(address.cast(), info.as_mut_ptr()) } == 0 {
        return false;
    }
    // SAFETY: dladdr fills the whole structure where it returns other than 0.
    let file = unsafe { info.assume_init() }.dli_fname;
    let flags = libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
    // SAFETY: the name is that of an object that is mapped, so no constructor runs.
    !unsafe { libc::dlopen(file, flags) }.is_null()
}

/// The system's own `pthread_create`, for an image that no kernel counts threads of.
///
/// # Safety
/// As for `pthread_create`.
pub(crate) unsafe fn create_uncounted(start: &Start) -> c_int {
    let Some(create) = system(c"pthread_create") else {
        return libc::EAGAIN;
    };
    // SAFETY: the system's function of that name has this type.
    let create = unsafe { std::mem::transmute::<*mut c_void, Create>(create) };
    // SAFETY: the caller's promise.
    unsafe {
        create(
            start.thread,
            start.attributes,
            start.routine,
            start.argument,
        )
    }
}

/// The system's own `pthread_setspecific`.
///
/// # Safety
/// As for `pthread_setspecific`.
pub(crate) unsafe fn set_specific_uncounted(
    key: libc::pthread_key_t,
    value: *const c_void,
) -> c_int {
    type Set = unsafe extern "C" fn(libc::pthread_key_t, *const c_void) -> c_int;
    let Some(set) = system(c"pthread_setspecific") else {
        return libc::ENOMEM;
    };
    // SAFETY: the system's function of that name has this type.
    let set = unsafe { std::mem::transmute::<*mut c_void, Set>(set) };
    // SAFETY: the caller's promise.
    unsafe { set(key, value) }
}

/// A function that the program sees: an image's own are hidden from this.
fn system(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: it only looks for the name.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}
