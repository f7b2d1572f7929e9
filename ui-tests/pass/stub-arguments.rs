#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[module]
pub trait Arguments {
    #[stub]
    fn none() -> Result<u8, LoadError>;

    #[stub]
    fn unnamed(_: u8, _: u8, _named: u8) -> Result<[u8; 3], LoadError>;

    #[stub]
    fn raw(r#type: u8, r#fn: u8) -> Result<[u8; 2], LoadError>;

    #[stub]
    fn trailing(
        /* a comment */ a: u8, // and another
        b: u8,
    ) -> Result<[u8; 2], LoadError>;

    #[allow(clippy::too_many_arguments)]
    #[stub]
    fn many(
        a: u8,
        b: u16,
        c: u32,
        d: u64,
        e: u128,
        f: i8,
        g: f32,
        h: f64,
        i: bool,
        j: char,
        k: (u8, u8),
        l: [u64; 8],
    ) -> Result<String, LoadError>;

    #[stub]
    fn attributed(#[allow(unused)] a: u8) -> Result<u8, LoadError>;
}

pub struct Driver;

#[module]
impl Arguments for Driver {
    fn none() -> Result<u8, LoadError> {
        Ok(1)
    }

    fn unnamed(a: u8, b: u8, c: u8) -> Result<[u8; 3], LoadError> {
        Ok([a, b, c])
    }

    fn raw(r#type: u8, r#fn: u8) -> Result<[u8; 2], LoadError> {
        Ok([r#type, r#fn])
    }

    fn trailing(a: u8, b: u8) -> Result<[u8; 2], LoadError> {
        Ok([a, b])
    }

    fn many(
        a: u8,
        b: u16,
        c: u32,
        d: u64,
        e: u128,
        f: i8,
        g: f32,
        h: f64,
        i: bool,
        j: char,
        k: (u8, u8),
        l: [u64; 8],
    ) -> Result<String, LoadError> {
        Ok(format!(
            "{a} {b} {c} {d} {e} {f} {g} {h} {i} {j} {k:?} {l:?}"
        ))
    }

    // The module's own function may destructure its arguments.
    fn attributed(mut a: u8) -> Result<u8, LoadError> {
        a += 1;
        Ok(a)
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(arguments::none().unwrap(), 1);
    assert_eq!(arguments::unnamed(1, 2, 3).unwrap(), [1, 2, 3]);
    assert_eq!(arguments::raw(1, 2).unwrap(), [1, 2]);
    assert_eq!(arguments::trailing(1, 2).unwrap(), [1, 2]);
    let all = arguments::many(1, 2, 3, 4, 5, -6, 7.5, 8.5, true, 'j', (1, 2), [0; 8]);
    assert_eq!(
        all.unwrap(),
        "1 2 3 4 5 -6 7.5 8.5 true j (1, 2) [0, 0, 0, 0, 0, 0, 0, 0]"
    );
    assert_eq!(arguments::attributed(1).unwrap(), 2);
}
