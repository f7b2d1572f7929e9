// Stubs and fallbacks with each other's names, and with those of the prelude and of generated items.
#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[module]
pub trait Names {
    #[wstub(or = same)]
    fn same(a: u8) -> u8;

    #[ustub(or = other)]
    fn same_as_other(a: u8) -> u8;

    #[ustub(or = self::other)]
    fn other(a: u8) -> u8;

    #[wstub(or = hold)]
    fn held(a: u8) -> u8;

    #[ustub(or = load_other)]
    fn loaded(a: u8) -> u8;

    #[wstub(or = drop)]
    fn dropped(a: u8);

    #[stub]
    fn drop(a: u8) -> Result<u8, LoadError>;

    #[stub]
    fn main() -> Result<u8, LoadError>;

    #[stub]
    fn r#type() -> Result<u8, LoadError>;

    #[stub]
    fn dlkm_glue() -> Result<u8, LoadError>;

    #[stub]
    fn names() -> Result<u8, LoadError>;
}

fn same(_: u8) -> u8 {
    101
}

fn other(_: u8) -> u8 {
    102
}

fn hold(_: u8) -> u8 {
    103
}

fn load_other(_: u8) -> u8 {
    104
}

fn drop(_: u8) {}

pub struct Driver;

#[module]
impl Names for Driver {
    fn same(a: u8) -> u8 {
        a
    }

    fn same_as_other(a: u8) -> u8 {
        a
    }

    fn other(a: u8) -> u8 {
        a
    }

    fn held(a: u8) -> u8 {
        a
    }

    fn loaded(a: u8) -> u8 {
        a
    }

    fn dropped(_: u8) {}

    fn drop(a: u8) -> Result<u8, LoadError> {
        Ok(a)
    }

    fn main() -> Result<u8, LoadError> {
        Ok(1)
    }

    fn r#type() -> Result<u8, LoadError> {
        Ok(3)
    }

    fn dlkm_glue() -> Result<u8, LoadError> {
        Ok(4)
    }

    fn names() -> Result<u8, LoadError> {
        Ok(5)
    }
}

fn main() {
    names::dropped(0);
    let before = [
        names::same(9),
        names::same_as_other(9),
        names::other(9),
        names::held(9),
        names::loaded(9),
    ];
    assert_eq!(before, [101, 102, 102, 103, 104]);

    Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(names::drop(9).unwrap(), 9);
    names::dropped(0);
    let after = [
        names::same(9),
        names::same_as_other(9),
        names::other(9),
        names::held(9),
        names::loaded(9),
    ];
    assert_eq!(after, [9; 5]);
    assert_eq!(names::main().unwrap(), 1);
    assert_eq!(names::r#type().unwrap(), 3);
    assert_eq!(names::dlkm_glue().unwrap(), 4);
    assert_eq!(names::names().unwrap(), 5);
}
