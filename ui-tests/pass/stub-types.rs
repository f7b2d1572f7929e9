#![deny(warnings)]

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};

use dlkm_rt::{Interface, module};

pub const LENGTH: usize = 4;

#[derive(Interface)]
pub struct Outer;

impl Outer {
    pub const HALF: usize = 2;
}

pub trait Has {
    type Item;
    const SIZE: usize;
}

impl Has for Outer {
    type Item = u16;
    const SIZE: usize = 3;
}

pub const fn twice(of: usize) -> usize {
    2 * of
}

pub mod api {
    use super::*;

    #[derive(Debug, Interface)]
    pub struct Failure(pub String);

    impl From<dlkm_rt::LoadError> for Failure {
        fn from(error: dlkm_rt::LoadError) -> Self {
            Failure(error.to_string())
        }
    }

    pub type Result<T, E = Failure> = std::result::Result<T, E>;

    pub mod deep {
        pub const HOLD: usize = 2;

        #[derive(Clone, Copy, Debug, PartialEq, dlkm_rt::Interface)]
        pub enum Kind {
            One,
        }
    }

    pub const INTERFACE: usize = 1;

    #[module]
    pub trait Types {
        #[stub]
        fn copy(from: &mut dyn Read, to: &mut (dyn Write + Send)) -> Result<u64>;

        #[stub]
        fn tuple(a: (), b: (u8,), c: (u8, (u16, &str))) -> Result<(u8, u16)>;

        #[stub]
        fn lengths(
            a: [u8; LENGTH],
            b: [u8; super::LENGTH],
            c: [u8; self::deep::HOLD],
            d: [u8; Outer::HALF],
            e: [u8; <super::Outer as super::Has>::SIZE],
            f: [u8; super::twice(2)],
            g: [u8; INTERFACE],
            h: [[u8; 2]; {
                let half = 1;
                half + half
            }],
        ) -> Result<usize>;

        #[stub]
        fn paths(
            a: self::deep::Kind,
            b: super::Outer,
            c: crate::Outer,
            d: ::std::string::String,
            e: <super::Outer as super::Has>::Item,
            f: <Outer as Has>::Item,
            g: <self::super::Outer as self::super::Has>::Item,
        ) -> self::Result<deep::Kind, self::Failure>;

        #[stub]
        fn calls(
            a: &dyn Fn(u8) -> u8,
            b: &dyn Fn(u8) -> u8,
            c: &mut (dyn FnMut(u8) -> u8 + Send),
            d: &mut dyn FnMut(u8),
        ) -> Result<u8>;

        #[stub]
        fn makes(a: u8) -> Result<(fn(u8) -> u8, Box<dyn FnOnce(u8) -> u8 + Send>)>;

        #[stub]
        fn owned(
            a: Vec<String>,
            b: Option<Box<[u8]>>,
            c: BTreeMap<u8, &str>,
            d: std::sync::Arc<std::sync::Mutex<u8>>,
        ) -> Result<String>;

        #[stub]
        fn pointers(a: *const u8, b: *mut u8, c: &&u8) -> Result<bool>;

        #[stub(or = never)]
        fn never(a: u8) -> !;
    }

    fn never(a: u8) -> ! {
        panic!("never {a}")
    }
}

pub struct Driver;

#[module]
impl api::Types for Driver {
    fn copy(from: &mut dyn Read, to: &mut (dyn Write + Send)) -> api::Result<u64> {
        io::copy(from, to).map_err(|error| api::Failure(error.to_string()))
    }

    fn tuple(_: (), b: (u8,), c: (u8, (u16, &str))) -> api::Result<(u8, u16)> {
        Ok((b.0 + c.0, c.1.0 + c.1.1.len() as u16))
    }

    fn lengths(
        a: [u8; 4],
        b: [u8; 4],
        c: [u8; 2],
        d: [u8; 2],
        e: [u8; 3],
        f: [u8; 4],
        g: [u8; 1],
        h: [[u8; 2]; 2],
    ) -> api::Result<usize> {
        Ok(a.len() + b.len() + c.len() + d.len() + e.len() + f.len() + g.len() + h.len())
    }

    fn paths(
        a: api::deep::Kind,
        _: Outer,
        _: Outer,
        d: String,
        e: u16,
        f: u16,
        g: u16,
    ) -> api::Result<api::deep::Kind> {
        match d.len() as u16 == e + f + g {
            true => Ok(a),
            false => Err(api::Failure(d)),
        }
    }

    fn calls(
        a: &dyn Fn(u8) -> u8,
        b: &dyn Fn(u8) -> u8,
        c: &mut (dyn FnMut(u8) -> u8 + Send),
        d: &mut dyn FnMut(u8),
    ) -> api::Result<u8> {
        d(7);
        Ok(c(b(a(1))))
    }

    fn makes(a: u8) -> api::Result<(fn(u8) -> u8, Box<dyn FnOnce(u8) -> u8 + Send>)> {
        Ok((|b| b + 1, Box::new(move |b| a + b)))
    }

    fn owned(
        a: Vec<String>,
        b: Option<Box<[u8]>>,
        c: BTreeMap<u8, &str>,
        d: std::sync::Arc<std::sync::Mutex<u8>>,
    ) -> api::Result<String> {
        *d.lock().unwrap() += 1;
        Ok(format!("{a:?} {b:?} {c:?}"))
    }

    fn pointers(a: *const u8, b: *mut u8, c: &&u8) -> api::Result<bool> {
        Ok(std::ptr::eq(a, b) && std::ptr::eq(a, *c))
    }

    fn never(_: u8) -> ! {
        std::process::exit(0)
    }
}

fn main() {
    use api::types;

    assert!(types::pointers(&1, &mut 2, &&3).is_err());
    dlkm_rt::Kernel::boot(dlkm_rt::ModuleRoot::none()).unwrap();

    let mut out = Vec::new();
    assert_eq!(types::copy(&mut Cursor::new("text"), &mut out).unwrap(), 4);
    assert_eq!(out, b"text");
    assert_eq!(types::tuple((), (1,), (2, (3, "four"))).unwrap(), (3, 7));
    let sum = types::lengths(
        [0; 4],
        [0; 4],
        [0; 2],
        [0; 2],
        [0; 3],
        [0; 4],
        [0; 1],
        [[0; 2]; 2],
    );
    assert_eq!(sum.unwrap(), 22);
    let kind = types::paths(api::deep::Kind::One, Outer, Outer, "sixsix".into(), 1, 2, 3);
    assert_eq!(kind.unwrap(), api::deep::Kind::One);
    let (mut seen, ten) = (0, 10);
    let sum = types::calls(&|n| n + 1, &|n| n + ten, &mut |n| n + 100, &mut |n| {
        seen = n
    });
    assert_eq!((sum.unwrap(), seen), (112, 7));
    let (next, add) = types::makes(10).unwrap();
    assert_eq!(add(next(1)), 12);
    let shared = std::sync::Arc::new(std::sync::Mutex::new(1));
    let text = types::owned(
        vec!["a".into()],
        None,
        BTreeMap::from([(1, "b")]),
        shared.clone(),
    );
    assert_eq!(text.unwrap(), r#"["a"] None {1: "b"}"#);
    assert_eq!(*shared.lock().unwrap(), 2);
    let mut byte = 1;
    let place = &raw mut byte;
    assert!(types::pointers(place, place, &&byte).is_ok());
    types::never(1)
}
