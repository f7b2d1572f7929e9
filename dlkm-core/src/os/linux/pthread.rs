//! Threads that run an image's code, counted from before they start until after their last
//! destructor.
//!
//! An image has its own `pthread_create` and `pthread_setspecific` ([`__catch_threads`]), to which
//! everything that is linked into it binds: its copy of std, and libraries in C. They are hidden,
//! so that no other object sees them. The host's copy of the runtime then does what was asked for,
//! and records in the thread whose code it runs.
//!
//! `pthread_setspecific` is there because the thread runs a key's destructor after its start
//! routine has returned, and std has such a key for `thread::current()`. A host's thread that
//! called a module may have it too. Destructors of `thread_local!` need no counting: glibc
//! counts them, and keeps their image mapped.

use std::ffi::{CStr, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use crate::primitive::{AtomicUsize, OnceLock, Release};

/// The start routine of `pthread_create`. It may unwind: `pthread_exit` does.
pub type Routine = unsafe extern "C-unwind" fn(*mut c_void) -> *mut c_void;

/// The four arguments of `pthread_create`.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub thread: *mut libc::pthread_t,
    pub attributes: *const libc::pthread_attr_t,
    pub routine: Routine,
    pub argument: *mut c_void,
}

type Create = unsafe extern "C" fn(
    *mut libc::pthread_t,
    *const libc::pthread_attr_t,
    Routine,
    *mut c_void,
) -> c_int;

unsafe extern "C" {
    // Declared with our own type of the routine. In an image this would be the image's own
    // function; there nothing calls it.
    fn pthread_create(
        thread: *mut libc::pthread_t,
        attributes: *const libc::pthread_attr_t,
        routine: Routine,
        argument: *mut c_void,
    ) -> c_int;
}

/// The definitions that an image's code binds to instead of the system's.
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

/// The argument of the new thread's start.
struct Block {
    routine: Routine,
    argument: *mut c_void,
    count: &'static AtomicUsize,
}

/// Starts a thread that counts itself out of `count` at its very end. The caller has counted it
/// in; if it can't be started, this counts it out again. In the host only.
///
/// # Safety
/// As for `pthread_create`. Also, `count` must stay mapped while it is not 0.
pub unsafe fn create(start: &Start, count: &'static AtomicUsize) -> c_int {
    let block = Box::into_raw(Box::new(Block {
        routine: start.routine,
        argument: start.argument,
        count,
    }));
    // SAFETY: the caller promises what `pthread_create` needs; `run` takes ownership of the block.
    let status = unsafe { pthread_create(start.thread, start.attributes, run, block.cast()) };
    if status != 0 {
        // SAFETY: `block` is from `into_raw` above, and no thread was started that takes it.
        drop(unsafe { Box::from_raw(block) });
        count_out(count);
    }
    status
}

/// The start of each thread that an image starts. It is the host's code, so it needs nothing of
/// the image after its routine has returned.
///
/// # Safety
/// `block` must be a `Block` from `Box::into_raw`, which this takes.
unsafe extern "C-unwind" fn run(block: *mut c_void) -> *mut c_void {
    // SAFETY: `create` passed a block from `into_raw` to this thread alone.
    let block = *unsafe { Box::from_raw(block.cast::<Block>()) };
    stay(block.count);
    // SAFETY: the caller of `pthread_create` promised that the routine may be called with the
    // argument. No value in this frame needs to be dropped, so `pthread_exit` may unwind it.
    unsafe { (block.routine)(block.argument) }
}

/// The images whose code a thread runs until its end.
///
/// # Invariants
/// 1. A thread's value of [`key`] is null or a list from `Box::into_raw`, which only that thread
///    accesses and which `at_end` frees.
/// 2. The key is never deleted, and its destructor `at_end` is code of the host, which is never
///    unloaded.
struct Images {
    /// How many more rounds of destructors the system runs.
    rounds: u32,
    counts: Vec<&'static AtomicUsize>,
}

/// `PTHREAD_DESTRUCTOR_ITERATIONS` of glibc's `bits/local_lim.h`: how many times the system runs
/// the destructors of keys that are set.
const ROUNDS: u32 = 4;

/// The key of [`Images`]; `None` if the system has no more keys.
fn key() -> Option<libc::pthread_key_t> {
    static KEY: OnceLock<Option<libc::pthread_key_t>> = OnceLock::new();
    *KEY.get_or_init(|| {
        let mut key = 0;
        // SAFETY: `key` is writable, and `at_end` is code of the host, which is never unloaded.
        let status = unsafe { libc::pthread_key_create(&raw mut key, Some(at_end)) };
        (status == 0).then_some(key)
    })
}

/// Makes the calling thread, which is counted in, count itself out of `count` at its end. If the
/// system can't do that, the thread is never counted out, and the image stays. Returns `false` if
/// the thread was going to do so already: then it is counted once too often.
fn stay(count: &'static AtomicUsize) -> bool {
    let Some(key) = key() else { return true };
    // SAFETY: the key exists and is never deleted (`Images` invariant 2).
    let known = unsafe { libc::pthread_getspecific(key) }.cast::<Images>();
    // SAFETY: null, or this thread's list (`Images` invariant 1), and no other borrow of it is
    // live: `at_end` does not call code that calls this while it has one.
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
    // SAFETY: the key exists and is never deleted (`Images` invariant 2); `at_end` takes
    // ownership of the list.
    let status = unsafe { libc::pthread_setspecific(key, images.cast()) };
    if status != 0 {
        // SAFETY: from `into_raw` above, and the system did not take it.
        drop(unsafe { Box::from_raw(images) });
    }
    true
}

/// Runs in each round of destructors, and counts the thread out in the last one, after the
/// images' destructors.
///
/// # Safety
/// Only the system may call it, as the destructor of [`key`], with a value of that key.
unsafe extern "C" fn at_end(images: *mut c_void) {
    let Some(key) = key() else { return };
    let images = images.cast::<Images>();
    // SAFETY: this thread's list (`Images` invariant 1), and this is the only borrow.
    let rounds = unsafe { &mut (*images).rounds };
    *rounds -= 1;
    if *rounds > 0 {
        // SAFETY: the key exists and is never deleted (`Images` invariant 2), and the next round
        // takes ownership of the list. It can't fail: the thread has had a value for this key.
        unsafe { libc::pthread_setspecific(key, images.cast()) };
        return;
    }
    // SAFETY: from `into_raw` in `stay`, and the system has set the key's value to null before it
    // called this (`Images` invariant 1).
    let images = unsafe { Box::from_raw(images) };
    images.counts.into_iter().for_each(count_out);
}

fn count_out(count: &AtomicUsize) {
    // Release: pairs with the Acquire in `ThreadCounts::running`. The image may be unmapped after
    // this.
    count.fetch_sub(1, Release);
}

/// Sets the thread's value of a key for an image. The caller has counted this call in. The thread
/// stays counted until its end if the value is not null and the thread was not counted before;
/// otherwise this counts the call out again. In the host only.
///
/// # Safety
/// As for `pthread_setspecific`. Also, `count` must stay mapped while it is not 0.
pub unsafe fn set_specific(
    count: &'static AtomicUsize,
    key: libc::pthread_key_t,
    value: *const c_void,
) -> c_int {
    // No destructor is called for null.
    let stays = !value.is_null() && stay(count);
    // SAFETY: the caller promises what `pthread_setspecific` needs.
    let status = unsafe { libc::pthread_setspecific(key, value) };
    if !stays {
        count_out(count);
    }
    status
}

/// Keeps the image that contains `address` mapped forever. Returns `false` if the system does not
/// know the image.
pub fn pin(address: *const ()) -> bool {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: dladdr(3) only compares `address`, and `info` is writable memory of the type that
    // it fills.
    if unsafe { libc::dladdr(address.cast(), info.as_mut_ptr()) } == 0 {
        return false;
    }
    // SAFETY: dladdr(3) did not return 0, so it has filled the whole structure.
    let file = unsafe { info.assume_init() }.dli_fname;
    let flags = libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
    // SAFETY: `file` is the name of an object that is mapped, and with NOLOAD no constructor runs.
    !unsafe { libc::dlopen(file, flags) }.is_null()
}

/// The system's own `pthread_create`, for an image whose threads no kernel counts.
///
/// # Safety
/// As for `pthread_create`.
pub unsafe fn create_uncounted(start: &Start) -> c_int {
    let Some(create) = system(c"pthread_create") else {
        return libc::EAGAIN;
    };
    // SAFETY: POSIX gives the system's function of that name this type.
    let create = unsafe { std::mem::transmute::<*mut c_void, Create>(create) };
    // SAFETY: the caller promises what `pthread_create` needs.
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
pub unsafe fn set_specific_uncounted(key: libc::pthread_key_t, value: *const c_void) -> c_int {
    type Set = unsafe extern "C" fn(libc::pthread_key_t, *const c_void) -> c_int;
    let Some(set) = system(c"pthread_setspecific") else {
        return libc::ENOMEM;
    };
    // SAFETY: POSIX gives the system's function of that name this type.
    let set = unsafe { std::mem::transmute::<*mut c_void, Set>(set) };
    // SAFETY: the caller promises what `pthread_setspecific` needs.
    unsafe { set(key, value) }
}

/// A function that the program sees. An image's own functions are hidden, so this does not find
/// them.
fn system(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: `name` ends with a NUL, and dlsym(3) only searches for it.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

/// The number by which the system, and std's panic messages, know the running thread.
pub fn thread_number() -> libc::pid_t {
    // SAFETY: gettid(2) reads and changes nothing of the process.
    unsafe { libc::gettid() }
}
