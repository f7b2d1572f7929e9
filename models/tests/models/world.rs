//! The modules of the models, and what they check when their code runs.

use std::cell::Cell;
use std::sync::Arc;

use dlkm_models::{Held, HookError, LoadArg, LoadError, UnloadError, WANTED, memory, module, next};

/// What the load hook writes and calls return.
pub(crate) const ANSWER: u64 = 7;

/// A module that may be unloaded.
#[module(name = "m", crate = dlkm_models)]
pub(crate) trait Api {
    /// A call of thread `who`, 1 to 3.
    #[ustub]
    fn call(who: usize) -> Result<u64, LoadError>;

    /// As `call`, if the module is loaded.
    #[wstub(or = nothing)]
    fn weak(who: usize) -> Option<u64>;

    /// Something to hold.
    #[ustub]
    fn hold() -> Result<Held<Arc<u64>>, LoadError>;
}

fn nothing(_: usize) -> Option<u64> {
    None
}

/// The same interface in another crate: other stubs, the same records.
pub(crate) mod again {
    use super::*;

    #[allow(dead_code, reason = "its stubs are wanted, not the trait")]
    #[module(name = "m", crate = dlkm_models)]
    pub(crate) trait Api {
        #[ustub]
        fn call(who: usize) -> Result<u64, LoadError>;
    }
}

struct Driver;

#[module(name = "m", crate = dlkm_models, load = load, unload = unload)]
impl Api for Driver {
    fn call(who: usize) -> Result<u64, LoadError> {
        Ok(work(who))
    }

    fn weak(who: usize) -> Option<u64> {
        Some(work(who))
    }

    fn hold() -> Result<Held<Arc<u64>>, LoadError> {
        Ok(Held::new(Arc::new(memory::of("m").read(0))))
    }
}

/// Writes what the unload hook reads, reads what the load hook wrote.
fn work(who: usize) -> u64 {
    let memory = memory::of("m");
    memory.write(who, 1);
    memory.read(0)
}

fn load(_: &LoadArg) -> Result<(), HookError> {
    memory::of("m").write(0, ANSWER);
    Ok(())
}

fn unload(_: &LoadArg) -> Result<(), HookError> {
    let memory = memory::of("m");
    for index in 0..4 {
        memory.read(index);
    }
    match REFUSES.get() {
        true => Err(WANTED.into()),
        false => Ok(()),
    }
}

std::thread_local! {
    /// Whether the unload hook of `m` refuses, and the load hook of `f` fails.
    pub(crate) static REFUSES: Cell<bool> = const { Cell::new(false) };

    /// Whether the load hook of the next version of `u` was called.
    pub(crate) static BEGAN: Cell<bool> = const { Cell::new(false) };

    /// How often the unload hook of its old version was.
    pub(crate) static ENDED: Cell<u32> = const { Cell::new(0) };
}

/// A module whose load may fail.
#[module(name = "f", crate = dlkm_models)]
pub(crate) trait Failing {
    #[ustub]
    fn try_it() -> Result<u64, LoadError>;
}

struct Fails;

#[module(name = "f", crate = dlkm_models, load = fail)]
impl Failing for Fails {
    fn try_it() -> Result<u64, LoadError> {
        Ok(memory::of("f").read(0))
    }
}

fn fail(_: &LoadArg) -> Result<(), HookError> {
    memory::of("f").write(0, ANSWER);
    match REFUSES.get() {
        true => Err(WANTED.into()),
        false => Ok(()),
    }
}

/// A module that panics, and that the next call then loads again.
#[module(name = "p", crate = dlkm_models, on_panic = unload)]
pub(crate) trait Panics {
    /// Panics the first time.
    #[ustub]
    fn once(who: usize) -> Result<u64, LoadError>;
}

struct Panicking;

#[module(name = "p", crate = dlkm_models, load = ready)]
impl Panics for Panicking {
    fn once(who: usize) -> Result<u64, LoadError> {
        let memory = memory::of("p");
        assert!(!REFUSES.replace(false), "{WANTED}");
        memory.write(who, 1);
        Ok(memory.read(0))
    }
}

fn ready(_: &LoadArg) -> Result<(), HookError> {
    memory::of("p").write(0, ANSWER);
    Ok(())
}

/// A module whose load hook leaves a value with others, here in [`LEFT`].
#[module(name = "r", crate = dlkm_models)]
pub(crate) trait Registers {
    /// Something to hold.
    #[ustub]
    fn another() -> Result<Held<Arc<u64>>, LoadError>;
}

struct Registering;

#[module(name = "r", crate = dlkm_models, load = leave)]
impl Registers for Registering {
    fn another() -> Result<Held<Arc<u64>>, LoadError> {
        Ok(Held::new(Arc::new(memory::of("r").read(0))))
    }
}

fn leave(_: &LoadArg) -> Result<(), HookError> {
    let memory = memory::of("r");
    memory.write(0, ANSWER);
    LEFT.set(Some(Held::new(Arc::new(memory.read(0)))));
    Ok(())
}

std::thread_local! {
    /// What the load hook of `r` left.
    pub(crate) static LEFT: Cell<Option<Held<Arc<u64>>>> = const { Cell::new(None) };
}

/// What the next version of `u` answers.
pub(crate) const NEW: u64 = 8;

/// A module that has a next version.
#[module(name = "u", crate = dlkm_models)]
pub(crate) trait Upgraded {
    #[ustub]
    fn serve(who: usize) -> Result<u64, LoadError>;

    #[wstub(or = nothing)]
    fn perhaps(who: usize) -> Option<u64>;

    /// Its own answer, and that of a call of `serve` from inside it.
    #[ustub]
    fn outer(who: usize) -> Result<[u64; 2], LoadError>;

    /// Something to hold.
    #[ustub]
    fn keep() -> Result<Held<Arc<u64>>, LoadError>;
}

struct Old;

#[module(name = "u", crate = dlkm_models, version = "1.0.0", load = begin, unload = end)]
impl Upgraded for Old {
    fn serve(who: usize) -> Result<u64, LoadError> {
        Ok(of_version("u", who))
    }

    fn perhaps(who: usize) -> Option<u64> {
        Some(of_version("u", who))
    }

    fn outer(who: usize) -> Result<[u64; 2], LoadError> {
        let inner = u::serve(who)?;
        Ok([of_version("u", who), inner])
    }

    fn keep() -> Result<Held<Arc<u64>>, LoadError> {
        Ok(Held::new(Arc::new(memory::of("u").read(0))))
    }
}

struct New;

#[module(name = "u", crate = dlkm_models::next, version = "2.0.0", load = begin_new, unload = end_new)]
impl Upgraded for New {
    fn serve(who: usize) -> Result<u64, LoadError> {
        Ok(of_version(&next::name("u"), who))
    }

    fn perhaps(who: usize) -> Option<u64> {
        Some(of_version(&next::name("u"), who))
    }

    fn outer(who: usize) -> Result<[u64; 2], LoadError> {
        let inner = u::serve(who)?;
        Ok([of_version(&next::name("u"), who), inner])
    }

    fn keep() -> Result<Held<Arc<u64>>, LoadError> {
        Ok(Held::new(Arc::new(memory::of(&next::name("u")).read(0))))
    }
}

/// Like `work`, for a version of `u`.
fn of_version(name: &str, who: usize) -> u64 {
    let memory = memory::of(name);
    memory.write(who, 1);
    memory.read(0)
}

fn begin(_: &LoadArg) -> Result<(), HookError> {
    memory::of("u").write(0, ANSWER);
    Ok(())
}

fn begin_new(_: &LoadArg) -> Result<(), HookError> {
    BEGAN.set(true);
    memory::of(&next::name("u")).write(0, NEW);
    match REFUSES.get() {
        true => Err(WANTED.into()),
        false => Ok(()),
    }
}

fn end(_: &LoadArg) -> Result<(), HookError> {
    ENDED.set(ENDED.get() + 1);
    read_all("u")
}

fn end_new(_: &LoadArg) -> Result<(), HookError> {
    read_all(&next::name("u"))
}

fn read_all(name: &str) -> Result<(), HookError> {
    let memory = memory::of(name);
    for index in 0..4 {
        memory.read(index);
    }
    Ok(())
}

/// Whether an unload succeeded. It may only be refused because of a call in flight.
pub(crate) fn done_or_busy(result: Result<(), UnloadError>) -> bool {
    match result {
        Ok(()) => true,
        Err(UnloadError::Busy { dependants, .. }) if dependants.is_empty() => false,
        Err(other) => panic!("{other}"),
    }
}

/// Comes after the end of all threads: no call is in flight, the module serves, and is unloaded.
pub(crate) fn at_rest() {
    assert_eq!(dlkm_models::world::in_flight("m"), 0);
    assert_eq!(m::call(1).unwrap(), ANSWER);
    assert_eq!(dlkm_models::world::in_flight("m"), 0);
    let kernel = dlkm_models::Kernel::get().unwrap();
    kernel.unload("m").unwrap();
    assert!(!memory::is_mapped("m"));
}
