// Arguments with the names of generated locals and items.
#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[module]
pub trait Names {
    #[stub]
    fn strong(frame: u8, code: u8, error: u8, fallback: u8) -> Result<[u8; 4], LoadError>;

    #[ustub(or = otherwise)]
    fn unloadable(_hold: u8, frame: u8, code: u8, fallback: u8) -> [u8; 4];

    #[wstub(or = otherwise)]
    fn weak(hold: u8, slot: u8, function: u8, dlkm_glue: u8) -> [u8; 4];

    #[stub]
    fn unnamed(_: u8, arg0: u8, arg1: u8, _: u8) -> Result<[u8; 4], LoadError>;

    #[stub]
    fn raw(r#type: u8, r#match: u8, result: u8, index: u8) -> Result<[u8; 4], LoadError>;
}

fn otherwise(_: u8, _: u8, _: u8, _: u8) -> [u8; 4] {
    [0; 4]
}

pub struct Driver;

#[module]
impl Names for Driver {
    fn strong(a: u8, b: u8, c: u8, d: u8) -> Result<[u8; 4], LoadError> {
        Ok([a, b, c, d])
    }

    fn unloadable(a: u8, b: u8, c: u8, d: u8) -> [u8; 4] {
        [a, b, c, d]
    }

    fn weak(a: u8, b: u8, c: u8, d: u8) -> [u8; 4] {
        [a, b, c, d]
    }

    fn unnamed(a: u8, b: u8, c: u8, d: u8) -> Result<[u8; 4], LoadError> {
        Ok([a, b, c, d])
    }

    fn raw(a: u8, b: u8, c: u8, d: u8) -> Result<[u8; 4], LoadError> {
        Ok([a, b, c, d])
    }
}

fn main() {
    const FOUR: [u8; 4] = [1, 2, 3, 4];
    assert_eq!(names::unloadable(1, 2, 3, 4), [0; 4]);
    Kernel::boot(ModuleRoot::none()).unwrap();
    // Twice: the first call goes through the unbound stub.
    for _ in 0..2 {
        assert_eq!(names::strong(1, 2, 3, 4).unwrap(), FOUR);
        assert_eq!(names::unloadable(1, 2, 3, 4), FOUR);
        assert_eq!(names::weak(1, 2, 3, 4), FOUR);
        assert_eq!(names::unnamed(1, 2, 3, 4).unwrap(), FOUR);
        assert_eq!(names::raw(1, 2, 3, 4).unwrap(), FOUR);
    }
}
