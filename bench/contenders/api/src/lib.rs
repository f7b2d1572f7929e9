//! The interfaces whose stubs are measured. Each adds two numbers.

use dlkm_rt::{LoadError, module, switch};

/// Load-only.
#[module]
pub trait Resident {
    /// Strong.
    #[stub(or = wrong)]
    fn add(a: u64, b: u64) -> u64;

    /// Strong, with the load's error as its own.
    #[stub]
    fn try_add(a: u64, b: u64) -> Result<u64, LoadError>;

    /// Weak.
    #[wstub(or = wrong)]
    fn weak_add(a: u64, b: u64) -> u64;
}

/// Unloadable.
#[module]
pub trait Transient {
    /// Strong.
    #[ustub(or = wrong)]
    fn add(a: u64, b: u64) -> u64;

    /// Weak.
    #[wstub(or = wrong)]
    fn weak_add(a: u64, b: u64) -> u64;
}

/// A switch table, load-only.
#[switch]
pub trait Adder {
    /// Strong.
    #[stub(or = wrong)]
    fn add(a: u64, b: u64) -> u64;
}

/// A switch table, unloadable.
#[switch]
pub trait Holder {
    /// Strong.
    #[ustub(or = wrong)]
    fn add(a: u64, b: u64) -> u64;
}

/// Load-only, its module is linked into the host.
#[module]
pub trait Linked {
    /// Strong.
    #[stub(or = wrong)]
    fn add(a: u64, b: u64) -> u64;
}

/// Unloadable, its module is linked into the host.
#[module]
pub trait LinkedUnloadable {
    /// Strong.
    #[ustub(or = wrong)]
    fn add(a: u64, b: u64) -> u64;
}

/// Load-only, and there is no module.
#[module]
pub trait Absent {
    /// Strong, with a fallback.
    #[stub(or = plus)]
    fn add(a: u64, b: u64) -> u64;

    /// Strong, with the load's error as its own.
    #[stub]
    fn try_add(a: u64, b: u64) -> Result<u64, LoadError>;

    /// Weak.
    #[wstub(or = plus)]
    fn weak_add(a: u64, b: u64) -> u64;
}

/// Unloadable, and there is no module.
#[module]
pub trait AbsentUnloadable {
    /// Strong, with a fallback.
    #[ustub(or = plus)]
    fn add(a: u64, b: u64) -> u64;

    /// Weak.
    #[wstub(or = plus)]
    fn weak_add(a: u64, b: u64) -> u64;
}

/// Calls the stubs of the other interfaces from inside a module.
#[module]
pub trait Inside {
    /// Adds up the numbers below `count` through stub number `which` of `STUBS`.
    #[stub]
    fn sum(which: usize, count: u64) -> Result<u64, LoadError>;
}

/// Makes the sum wrong if a stub did not find its module.
fn wrong(_: u64, _: u64) -> u64 {
    0
}

fn plus(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}

/// Adds up the numbers below `count` through `add`. A function of its own for each `add`, which
/// is inlined into it; nothing else is in the loop.
#[inline(never)]
pub fn sum(count: u64, add: impl Fn(u64, u64) -> u64) -> u64 {
    let mut sum = 0;
    for number in 0..count {
        sum = add(sum, number);
    }
    sum
}

/// The result of `sum` if each call adds.
pub fn expected(count: u64) -> u64 {
    count * count.saturating_sub(1) / 2
}

/// `sum` through one stub.
pub type Sum = fn(u64) -> u64;

/// Defines `STUBS`, each stub's loop, in the crate that uses the macro: the host and a module's
/// image have loops of their own.
#[macro_export]
macro_rules! stubs {
    () => {
        /// Each stub's name, and its loop.
        pub static STUBS: &[(&str, $crate::Sum)] = &[
            ("strong", |n| $crate::sum(n, $crate::resident::add)),
            ("strong, not inlined", |n| {
                $crate::sum(n, $crate::outlined::strong)
            }),
            ("strong, result `Ok`", |n| {
                $crate::sum(n, |a, b| {
                    $crate::resident::try_add(a, b).unwrap_or_default()
                })
            }),
            ("unloadable", |n| $crate::sum(n, $crate::transient::add)),
            ("unloadable, not inlined", |n| {
                $crate::sum(n, $crate::outlined::unloadable)
            }),
            ("weak", |n| $crate::sum(n, $crate::resident::weak_add)),
            ("weak, not inlined", |n| {
                $crate::sum(n, $crate::outlined::weak)
            }),
            ("weak, not loaded", |n| {
                $crate::sum(n, $crate::absent::weak_add)
            }),
            ("weak of an unloadable", |n| {
                $crate::sum(n, $crate::transient::weak_add)
            }),
            ("weak of an unloadable, not loaded", |n| {
                $crate::sum(n, $crate::absent_unloadable::weak_add)
            }),
            ("strong, no module: fallback", |n| {
                $crate::sum(n, $crate::absent::add)
            }),
            ("strong, no module: `Err`", |n| {
                $crate::sum(n, |a, b| match $crate::absent::try_add(a, b) {
                    Ok(_) => 0,
                    Err(_) => a + b,
                })
            }),
            ("unloadable, no module: fallback", |n| {
                $crate::sum(n, $crate::absent_unloadable::add)
            }),
            ("strong, module linked in", |n| {
                $crate::sum(n, $crate::linked::add)
            }),
            ("unloadable, module linked in", |n| {
                $crate::sum(n, $crate::linked_unloadable::add)
            }),
        ];
    };
}

/// Stubs behind one more call, as in a library that wraps an interface.
pub mod outlined {
    /// `#[stub]`.
    #[inline(never)]
    pub fn strong(a: u64, b: u64) -> u64 {
        crate::resident::add(a, b)
    }

    /// `#[ustub]`.
    #[inline(never)]
    pub fn unloadable(a: u64, b: u64) -> u64 {
        crate::transient::add(a, b)
    }

    /// `#[wstub]` of a load-only interface.
    #[inline(never)]
    pub fn weak(a: u64, b: u64) -> u64 {
        crate::resident::weak_add(a, b)
    }
}
