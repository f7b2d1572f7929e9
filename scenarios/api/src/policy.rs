//! Panic policies: `on_panic`.

use dlkm_rt::{LoadError, module};

/// Its module is unloaded after a panic.
#[module(name = "fragile", on_panic = unload)]
pub trait Fragile {
    /// Counts one up; panics at `limit`.
    #[ustub]
    fn count_to(limit: u64) -> Result<u64, LoadError>;

    /// Calls `body` from inside the module.
    #[ustub(or = not_run)]
    fn around(body: &mut dyn FnMut()) -> bool;

    /// The count so far, from a call that takes no hold.
    #[stub]
    fn pin() -> Result<u64, LoadError>;

    /// The count so far; 0 where the module is not loaded.
    #[wstub(or = none)]
    fn so_far() -> u64;
}

fn not_run(_: &mut dyn FnMut()) -> bool {
    false
}

fn none() -> u64 {
    0
}

/// Its functions fall back when they panic, as when there is no module.
#[module(name = "forgiving", on_panic = fallback)]
pub trait Forgiving {
    /// `a / b`; an error if that panics.
    #[ustub]
    fn divide(a: u64, b: u64) -> Result<u64, LoadError>;

    /// Appends `length` letters to `text`. Returns the new length.
    #[ustub(or = append_nothing)]
    fn append(text: &mut String, length: usize, letter: char) -> usize;

    /// The byte at `at`; 0 if there is none.
    #[wstub(or = no_byte)]
    fn byte(bytes: &[u8], at: usize) -> u8;
}

fn append_nothing(text: &mut String, length: usize, letter: char) -> usize {
    text.push('!');
    text.push(letter);
    length
}

fn no_byte(_: &[u8], _: usize) -> u8 {
    0
}
