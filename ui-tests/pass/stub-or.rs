// Where a fallback may be declared, and when it is called.
#![deny(warnings)]

use dlkm_rt::{BootOptions, ModuleRoot, module};

mod fallback {
    pub(crate) fn zero(_: u8) -> u8 {
        0
    }

    pub mod deep {
        pub fn zero(_: u8) -> u8 {
            100
        }
    }
}

pub struct Never;

impl Never {
    fn zero(_: u8) -> u8 {
        101
    }
}

fn generic<T: Default>(_: T) -> T {
    T::default()
}

const fn constant(_: u8) -> u8 {
    102
}

const POINTER: fn(u8) -> u8 = |_| 103;

mod api {
    use super::{Never, fallback};

    #[super::module]
    pub trait Or {
        #[wstub(or = self::near)]
        fn weak(a: u8) -> u8;

        #[stub(or = super::fallback::zero)]
        fn strong(a: u8) -> u8;

        #[ustub(or = crate::fallback::deep::zero)]
        fn unloadable(a: u8) -> u8;

        #[ustub(or = fallback::deep::zero)]
        fn relative(a: u8) -> u8;

        #[wstub(or = Never::zero)]
        fn associated(a: u8) -> u8;

        #[wstub(or = super::generic)]
        fn generic(a: u8) -> u8;

        #[wstub(or = super::constant)]
        fn constant(a: u8) -> u8;

        #[wstub(or = super::POINTER)]
        fn pointer(a: u8) -> u8;

        #[wstub(or = ::std::convert::identity)]
        fn foreign(a: u8) -> u8;

        /// A fallback beside a `Result`: no error is made.
        #[stub(or = never_fails)]
        fn result(a: u8) -> Result<u8, String>;

        /// Does not fit any other type.
        #[wstub(or = Some)]
        fn variant(a: u8) -> Option<u8>;

        #[wstub(or = crate::absent)]
        fn gone(a: u8) -> u8;
    }

    fn near(_: u8) -> u8 {
        104
    }

    fn never_fails(_: u8) -> Result<u8, String> {
        Ok(105)
    }
}

/// No module provides it.
fn absent(_: u8) -> u8 {
    106
}

#[module]
trait Absent {
    #[stub(or = absent)]
    fn strong(a: u8) -> u8;

    #[ustub(or = absent)]
    fn unloadable(a: u8) -> u8;

    #[wstub(or = absent)]
    fn weak(a: u8) -> u8;
}

pub struct Driver;

#[module]
impl api::Or for Driver {
    fn weak(a: u8) -> u8 {
        a
    }

    fn strong(a: u8) -> u8 {
        a
    }

    fn unloadable(a: u8) -> u8 {
        a
    }

    fn relative(a: u8) -> u8 {
        a
    }

    fn associated(a: u8) -> u8 {
        a
    }

    fn generic(a: u8) -> u8 {
        a
    }

    fn constant(a: u8) -> u8 {
        a
    }

    fn pointer(a: u8) -> u8 {
        a
    }

    fn foreign(a: u8) -> u8 {
        a + 1
    }

    fn result(a: u8) -> Result<u8, String> {
        Err(a.to_string())
    }

    fn variant(_: u8) -> Option<u8> {
        None
    }

    fn gone(a: u8) -> u8 {
        a
    }
}

fn all() -> [u8; 10] {
    use api::or;

    [
        or::weak(9),
        or::associated(9),
        or::generic(9),
        or::constant(9),
        or::pointer(9),
        or::foreign(9),
        or::gone(9),
        or::strong(9),
        or::unloadable(9),
        or::relative(9),
    ]
}

fn main() {
    assert_eq!(all(), [104, 101, 0, 102, 103, 9, 106, 0, 100, 100]);
    assert_eq!(api::or::result(9), Ok(105));
    assert_eq!(api::or::variant(9), Some(9));

    let late = BootOptions::new().static_on_first_call();
    late.boot(ModuleRoot::none()).unwrap();
    assert_eq!(api::or::weak(9), 104, "a weak stub loads nothing");
    assert_eq!(api::or::strong(9), 9);
    assert_eq!(all(), [9, 9, 9, 9, 9, 10, 9, 9, 9, 9]);
    assert_eq!(api::or::result(9), Err("9".into()));
    assert_eq!(api::or::variant(9), None);

    assert_eq!(
        [absent::strong(1), absent::unloadable(1), absent::weak(1)],
        [106; 3]
    );
}
