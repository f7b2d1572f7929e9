//! `asker`: calls `counter` through an interface that says what stands in the way of unmapping a
//! caller's image. Which functions do is the macros' affair; here the declaration is written by
//! hand, and so are the stubs.

use dlkm_metadata::write::{Obstacle, Unmap};
use dlkm_rt::private::{
    self, Code, DLKM_INTERFACES, Declaration, StubTable, Stubs, Way, distributed_slice, linkme,
};
use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Asker for Driver {
    fn call_none() -> Result<(), LoadError> {
        Ok(())
    }

    fn call_count() -> Result<u64, LoadError> {
        let _hold = STUBS.hold.enter();
        let _first = _hold.is_none().then(|| STUBS.hold.enter_first(&TABLE));
        // SAFETY: the type of `counter::count`.
        (unsafe { STUBS.function::<Count>(0) })()
    }

    fn call_peek() -> Result<u64, LoadError> {
        let _hold = STUBS.hold.enter();
        let _first = _hold.is_none().then(|| STUBS.hold.enter_first(&TABLE));
        // SAFETY: the type of `counter::peek`.
        Ok((unsafe { STUBS.function::<Peek>(1) })())
    }
}

/// For the declaration: nothing calls its stubs.
#[allow(dead_code, reason = "its declaration is wanted")]
mod declared {
    use super::*;

    #[module(name = "counter")]
    pub(super) trait Counter {
        #[ustub]
        fn count() -> Result<u64, LoadError>;

        #[wstub(or = nothing)]
        fn peek() -> u64;
    }

    fn nothing() -> u64 {
        0
    }

    pub(super) const DECLARATION: Declaration = counter::dlkm_glue::DECLARATION;
    pub(super) const TYPES: &[u8] = counter::dlkm_glue::TYPES;
}

type Count = fn() -> Result<u64, LoadError>;
type Peek = fn() -> u64;

#[distributed_slice(DLKM_INTERFACES)]
#[linkme(crate = linkme)]
static TABLE: StubTable = StubTable {
    declaration: Declaration {
        unmap: Unmap {
            provider: None,
            caller: Some(Obstacle {
                function: "count",
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
    waits: Some(|_| Code::new(wait_peek as *const ())),
    reach: None,
};

static STUBS: Stubs<2> = private::stubs(&[
    Way::Unloadable(load_count as *const ()),
    Way::Weak(no_peek as *const ()),
]);

fn load_count() -> Result<u64, LoadError> {
    let code: Code = private::resolve(&TABLE, 0)?;
    // SAFETY: the type of `counter::count`.
    (unsafe { code.function::<Count>() })()
}

fn wait_peek() -> u64 {
    match private::resolve_weak(&TABLE, 1) {
        // SAFETY: the type of `counter::peek`.
        Ok(code) => (unsafe { code.function::<Peek>() })(),
        Err(_) => no_peek(),
    }
}

fn no_peek() -> u64 {
    u64::MAX
}
