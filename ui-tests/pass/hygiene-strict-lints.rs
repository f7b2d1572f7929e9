//! A crate with strict lints.
#![deny(
    warnings,
    missing_docs,
    unsafe_code,
    unreachable_pub,
    unused,
    nonstandard_style
)]
#![deny(rust_2018_idioms, let_underscore, keyword_idents, future_incompatible)]
#![deny(
    missing_debug_implementations,
    missing_copy_implementations,
    single_use_lifetimes
)]
#![deny(
    unused_qualifications,
    unused_results,
    unused_lifetimes,
    unused_extern_crates
)]
#![deny(
    trivial_casts,
    trivial_numeric_casts,
    elided_lifetimes_in_paths,
    unit_bindings
)]
#![deny(
    absolute_paths_not_starting_with_crate,
    macro_use_extern_crate,
    meta_variable_misuse
)]
#![deny(
    unsafe_op_in_unsafe_fn,
    explicit_outlives_requirements,
    redundant_lifetimes
)]
#![deny(
    ambiguous_negative_literals,
    non_ascii_idents,
    variant_size_differences
)]

use dlkm_rt::{Errno, Interface, Kernel, LoadArg, LoadError, ModuleRoot, module};

/// Shared memory.
#[module(name = "shm")]
pub trait Shm {
    /// Strong.
    ///
    /// # Errors
    /// No module.
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;

    /// Unloadable.
    #[ustub(or = not_attached)]
    fn shmat<'a>(name: &'a str, other: &str) -> &'a str;

    /// Weak.
    #[wstub(or = nothing)]
    fn shmexit(pid: u32);
}

fn not_attached<'a>(name: &'a str, _other: &str) -> &'a str {
    name
}

fn nothing(_pid: u32) {}

#[module]
trait Private {
    #[stub]
    fn look(at: Hidden) -> Result<Hidden, LoadError>;
}

#[derive(Clone, Copy, Debug, PartialEq, Interface)]
struct Hidden(u8);

/// The driver.
#[derive(Clone, Copy, Debug)]
pub struct Driver;

#[module(load = init, unload = fini, save = save)]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }

    fn shmat<'a>(name: &'a str, other: &str) -> &'a str {
        &name[other.len()..]
    }

    fn shmexit(_pid: u32) {}
}

#[module]
impl Private for Driver {
    fn look(at: Hidden) -> Result<Hidden, LoadError> {
        Ok(Hidden(at.0 + 1))
    }
}

#[module]
mod both {
    use dlkm_rt::{Errno, LoadArg, Tunable, TunableChoice, tunable};

    /// What a write does.
    #[derive(Clone, Copy, Debug, TunableChoice)]
    enum Policy {
        /// Later.
        WriteBack,
        /// At once.
        WriteThrough,
    }

    /// A word.
    #[tunable(dynamic, changed = chosen, desc = "what a write does")]
    static POLICY: Tunable<Policy> = Tunable::new(Policy::WriteBack);

    #[tunable(range = 1..=9)]
    static DEPTH: Tunable<u8> = Tunable::new(Policy::WriteThrough as u8 + 4);

    #[tunable]
    static TITLE: Tunable<&str> = Tunable::new("title");

    fn chosen(_: &Policy) -> Result<(), Errno> {
        drop((DEPTH.get(), TITLE.get(), POLICY.get()));
        Ok(())
    }

    #[allow(dead_code)]
    fn unused(_: &LoadArg) -> Result<(), Errno> {
        Ok(())
    }
}

fn init(_: &LoadArg) -> Result<(), Errno> {
    Ok(())
}

fn fini(_: &LoadArg) -> Result<(), Errno> {
    Ok(())
}

fn save(_: &LoadArg) -> Result<::std::vec::Vec<u8>, Errno> {
    Ok(::std::vec::Vec::new())
}

fn main() {
    assert!(Kernel::boot(ModuleRoot::none()).is_ok());
    assert_eq!(shm::shmget(7).ok(), Some(7));
    assert_eq!(shm::shmat("segment", "seg"), "ment");
    shm::shmexit(1);
    assert_eq!(private::look(Hidden(1)).ok(), Some(Hidden(2)));
}
