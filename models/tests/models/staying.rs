//! Images that stay mapped because something of them may be left behind, against an unload.

use dlkm_metadata::write::{Obstacle, Unmap};
use dlkm_models::private::{
    Code, Declaration, StubTable, Stubs, Way, distributed_slice, resolve, resolve_weak, stubs,
};
use dlkm_models::world::{IMAGES, ImageStubs};
use dlkm_models::{Bounds, LoadError, check, memory, module, thread, world};

/// A module that calls `m`.
#[module(name = "c", crate = dlkm_models)]
pub(crate) trait Calling {
    #[ustub]
    fn nothing() -> Result<(), LoadError>;
}

struct Caller;

#[module(name = "c", crate = dlkm_models)]
impl Calling for Caller {
    fn nothing() -> Result<(), LoadError> {
        Ok(())
    }
}

#[allow(dead_code, reason = "its declaration is wanted")]
mod declared {
    use super::*;

    #[module(name = "m", crate = dlkm_models)]
    pub(super) trait Api {
        #[ustub]
        fn call(who: usize) -> Result<u64, LoadError>;

        #[wstub(or = nothing)]
        fn weak(who: usize) -> Option<u64>;
    }

    fn nothing(_: usize) -> Option<u64> {
        None
    }

    pub(super) const DECLARATION: Declaration = m::dlkm_glue::DECLARATION;
    pub(super) const TYPES: &[u8] = m::dlkm_glue::TYPES;
}

/// The stubs in the image of `c`. No call goes through them: the models ask the kernel themselves.
static STUBS: Stubs<2> = stubs(&[
    Way::Unloadable(no_call as *const ()),
    Way::Weak(no_weak as *const ()),
]);

fn no_call(_: usize) -> Result<u64, LoadError> {
    unreachable!("no call goes through the stubs")
}

fn no_weak(_: usize) -> Option<u64> {
    unreachable!("no call goes through the stubs")
}

#[distributed_slice(IMAGES)]
#[linkme(crate = dlkm_models::private::linkme)]
static IMAGE: ImageStubs = ImageStubs {
    module: "c",
    interfaces: &TABLES,
};

static TABLES: [StubTable; 1] = [StubTable {
    declaration: Declaration {
        unmap: Unmap {
            provider: None,
            caller: Some(Obstacle {
                function: "call",
                does: "takes a borrow",
            }),
        },
        ..declared::DECLARATION
    },
    types: declared::TYPES,
    hold: &STUBS.hold,
    stubs: &STUBS.all,
    kinds: &STUBS.kinds,
    entry: None,
    waits: Some(|_| Code::new(no_weak as *const ())),
    reach: None,
}];

/// A thread of `c` that does not hold it asks for a function, while `c` is unloaded.
fn asks(name: &str, ask: fn() -> bool) {
    check(name, Bounds::stops(3), move || {
        let kernel = world::boot();
        kernel.load("m").unwrap();
        kernel.load("c").unwrap();
        let other = thread::spawn(ask);
        kernel.unload("c").unwrap();
        let may_call = other.join();
        assert_eq!(memory::is_mapped("c"), may_call);
        kernel.unload("m").unwrap();
        assert!(!memory::is_mapped("m"));
    });
}

#[test]
fn a_caller_stays_if_its_call_was_before_its_unload() {
    asks("first call of a caller | unload of the caller", || {
        resolve(&TABLES[0], 0).is_ok()
    });
}

#[test]
fn a_weak_caller_stays_if_its_call_was_before_its_unload() {
    asks("weak call of a caller | unload of the caller", || {
        resolve_weak(&TABLES[0], 1).is_ok()
    });
}

#[test]
fn an_unload_reaches_the_stubs_of_another_module() {
    let name = "first call of a caller | unload of the module that it calls";
    check(name, Bounds::stops(3), || {
        let kernel = world::boot();
        kernel.load("c").unwrap();
        let other = thread::spawn(|| resolve(&TABLES[0], 0).is_ok());
        let gone = kernel.unload("m").is_ok();
        assert!(other.join());
        let again = kernel.unload("m").is_ok();
        assert!(gone || again);
        assert!(!memory::is_mapped("m"));
        assert!(world::is_unbound(&TABLES[0]));
    });
}
