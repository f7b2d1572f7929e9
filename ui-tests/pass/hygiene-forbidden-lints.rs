//! A forbidden lint can't be allowed again, not even by generated code.
#![forbid(unsafe_code, missing_docs, deprecated, dead_code, unused_imports)]
#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, Tunable, TunableChoice, module, tunable};

/// Shared memory.
#[module]
pub trait Shm {
    /// Strong.
    #[stub]
    fn shmget(key: u32) -> Result<u32, LoadError>;

    /// Unloadable.
    #[ustub(or = not_attached)]
    fn shmat(name: &str) -> &str;

    /// Weak.
    #[wstub(or = nothing)]
    fn shmexit(pid: u32);
}

fn not_attached(name: &str) -> &str {
    name
}

fn nothing(_pid: u32) {}

/// What a write does.
#[derive(Clone, Copy, Debug, TunableChoice)]
pub enum Policy {
    /// Later.
    WriteBack,
    /// At once.
    WriteThrough,
}

/// A word.
#[tunable(dynamic, changed = chosen, desc = "what a write does")]
pub static POLICY: Tunable<Policy> = Tunable::new(Policy::WriteBack);

#[tunable(range = 1..=9)]
static DEPTH: Tunable<u8> = Tunable::new(Policy::WriteThrough as u8 + 4);

#[tunable]
static TITLE: Tunable<&str> = Tunable::new("title");

fn chosen(_: &Policy) -> Result<(), String> {
    drop((DEPTH.get(), TITLE.get()));
    Ok(())
}

/// The driver.
pub struct Driver;

#[module]
impl Shm for Driver {
    fn shmget(key: u32) -> Result<u32, LoadError> {
        Ok(key)
    }

    fn shmat(name: &str) -> &str {
        &name[1..]
    }

    fn shmexit(_pid: u32) {}
}

fn main() {
    assert!(Kernel::boot(ModuleRoot::none()).is_ok());
    assert_eq!(shm::shmget(7).ok(), Some(7));
    assert_eq!(shm::shmat("segment"), "egment");
    shm::shmexit(1);
}
