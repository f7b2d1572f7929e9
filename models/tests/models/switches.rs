//! Calls through an entry of a switch table, against the registration of the entry and an unload of
//! its module.

use dlkm_models::{Bounds, LoadError, check, memory, module, switch, thread, world};

use crate::world::{ANSWER, done_or_busy};

/// A table with one module.
#[switch(name = "w", crate = dlkm_models)]
pub(crate) trait Switched {
    /// A call of thread `who`, 1 to 3.
    #[ustub]
    fn call(who: usize) -> Result<u64, LoadError>;

    /// As `call`, if the module is loaded.
    #[wstub(or = nothing)]
    fn weak(who: usize) -> Option<u64>;
}

fn nothing(_: usize) -> Option<u64> {
    None
}

struct Driver;

#[module(name = "s", keys = ["key"], crate = dlkm_models, load = load, unload = unload)]
impl Switched for Driver {
    fn call(who: usize) -> Result<u64, LoadError> {
        Ok(work(who))
    }

    fn weak(who: usize) -> Option<u64> {
        Some(work(who))
    }
}

/// Writes what the unload hook reads, reads what the load hook wrote.
fn work(who: usize) -> u64 {
    let memory = memory::of("s");
    memory.write(who, 1);
    memory.read(0)
}

fn load(_: &dlkm_models::LoadArg) -> Result<(), dlkm_models::HookError> {
    memory::of("s").write(0, ANSWER);
    Ok(())
}

fn unload(_: &dlkm_models::LoadArg) -> Result<(), dlkm_models::HookError> {
    let memory = memory::of("s");
    (0..4).for_each(|index| {
        memory.read(index);
    });
    Ok(())
}

#[test]
fn a_call_through_an_entry_survives_an_unload() {
    check("call of an entry | unload", Bounds::stops(3), || {
        let kernel = world::boot();
        let entry = wsw::get("key").unwrap();
        kernel.load("s").unwrap();
        let unloader = thread::spawn(move || done_or_busy(kernel.unload("s")));
        assert_eq!(entry.call(1).unwrap(), ANSWER);
        unloader.join();
    });
}

#[test]
fn later_calls_through_an_entry_survive_an_unload() {
    check("two calls of an entry | unload", Bounds::stops(3), || {
        let kernel = world::boot();
        let entry = wsw::get("key").unwrap();
        kernel.load("s").unwrap();
        let unloader = thread::spawn(move || done_or_busy(kernel.unload("s")));
        // The first binds the slot if it is not, and makes the thread's record known.
        assert_eq!(entry.call(1).unwrap(), ANSWER);
        assert_eq!(entry.call(1).unwrap(), ANSWER);
        unloader.join();
    });
}

#[test]
fn a_weak_call_through_an_entry_survives_an_unload() {
    check("weak call of an entry | unload", Bounds::stops(3), || {
        let kernel = world::boot();
        let entry = wsw::get("key").unwrap();
        kernel.load("s").unwrap();
        let unloader = thread::spawn(move || done_or_busy(kernel.unload("s")));
        assert!(matches!(entry.weak(1), None | Some(ANSWER)));
        unloader.join();
    });
}

#[test]
fn an_entry_that_is_made_during_an_unload_is_unbound_with_it() {
    check("registration, call | unload", Bounds::stops(2), || {
        let kernel = world::boot();
        kernel.load("s").unwrap();
        let caller = thread::spawn(|| wsw::get("key").unwrap().call(1).unwrap());
        done_or_busy(kernel.unload("s"));
        assert_eq!(caller.join(), ANSWER);
    });
}

#[test]
fn two_threads_register_one_entry() {
    check("registration | registration", Bounds::stops(3), || {
        world::boot();
        let other = thread::spawn(|| wsw::get("key").unwrap().number());
        assert_eq!(wsw::get("key").unwrap().number(), 0);
        assert_eq!(other.join(), 0);
        assert_eq!(wsw::entries().unwrap().len(), 1);
    });
}
