//! Calls and unloads.

use dlkm_models::{Bounds, HookError, LoadArg, LoadError, UnloadError, check, memory, module, thread, world};

/// A module.
#[module(name = "m", crate = dlkm_models)]
pub trait Api {
    /// A call of thread `who`.
    #[ustub]
    fn call(who: usize) -> Result<u64, LoadError>;
}

struct Driver;

#[module(name = "m", crate = dlkm_models, load = init, unload = exit)]
impl Api for Driver {
    fn call(who: usize) -> Result<u64, LoadError> {
        let memory = memory::of("m");
        memory.write(who, 1);
        Ok(memory.read(0))
    }
}

fn init(_: &LoadArg) -> Result<(), HookError> {
    memory::of("m").write(0, 7);
    Ok(())
}

fn exit(_: &LoadArg) -> Result<(), HookError> {
    let memory = memory::of("m");
    for who in 0..4 {
        memory.read(who);
    }
    Ok(())
}

#[test]
fn a_call_against_an_unload() {
    check("call | unload", Bounds::stops(2), || {
        let kernel = world::boot();
        kernel.load("m").unwrap();
        let caller = thread::spawn(|| assert_eq!(m::call(1).unwrap(), 7));
        match kernel.unload("m") {
            Ok(()) | Err(UnloadError::Busy { .. }) => {}
            other => panic!("{other:?}"),
        }
        caller.join();
        assert_eq!(world::in_flight("m"), 0);
    });
}
