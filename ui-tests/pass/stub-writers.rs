// The export puts a shield in front of a writer of std, and leaves other arguments alone.
#![deny(warnings)]

use std::fmt;
use std::io::{self, Write as Bytes};

use dlkm_rt::{Interface, Kernel, LoadError, ModuleRoot, module};

pub mod own {
    /// Like std's by its name only.
    #[dlkm_rt::interface]
    pub trait Write {
        fn write(&mut self, text: &str) -> usize;
    }
}

pub type Output = dyn io::Write;

#[derive(Debug, Interface)]
pub struct Failure(pub String);

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Failure(error.to_string())
    }
}

#[module]
pub trait Writers {
    #[ustub]
    fn bytes(to: &mut dyn io::Write, text: &str) -> Result<usize, Failure>;

    #[ustub]
    fn both(
        _: &mut (dyn io::Write + Send),
        text: &mut (dyn fmt::Write + Send + Sync),
    ) -> Result<(), Failure>;

    #[ustub]
    fn own(to: &mut dyn own::Write) -> Result<usize, Failure>;

    #[ustub]
    fn renamed(to: &mut dyn Bytes) -> Result<(), Failure>;

    #[ustub]
    fn alias(to: &mut Output) -> Result<(), Failure>;

    #[ustub]
    fn named<'a>(to: &'a mut dyn io::Write, more: &'a str) -> Result<usize, Failure>;

    #[ustub]
    async fn later(to: &mut (dyn io::Write + Send)) -> Result<(), Failure>;
}

#[module(on_panic = fallback)]
pub trait Fallible {
    #[ustub(or = none)]
    fn fail(to: &mut dyn io::Write, really: bool) -> usize;
}

fn none(to: &mut dyn io::Write, _: bool) -> usize {
    to.write(b"none").unwrap_or(0)
}

#[module]
pub trait LoadOnly {
    #[stub]
    fn again<'a>(to: &'a mut dyn io::Write) -> Result<&'a mut dyn io::Write, LoadError>;

    #[stub]
    fn own_again(to: &mut dyn own::Write) -> Result<&mut dyn own::Write, LoadError>;
}

pub struct Driver;

#[module]
impl Writers for Driver {
    fn bytes(to: &mut dyn io::Write, text: &str) -> Result<usize, Failure> {
        write!(to, "{text}").map_err(|error| Failure(error.to_string()))?;
        Ok(text.len())
    }

    fn both(
        _: &mut (dyn io::Write + Send),
        text: &mut (dyn fmt::Write + Send + Sync),
    ) -> Result<(), Failure> {
        text.write_str("text").map_err(|_| Failure(String::new()))
    }

    fn own(to: &mut dyn own::Write) -> Result<usize, Failure> {
        Ok(to.write("own"))
    }

    fn renamed(to: &mut dyn Bytes) -> Result<(), Failure> {
        to.write_all(b"renamed")
            .map_err(|error| Failure(error.to_string()))
    }

    fn alias(to: &mut Output) -> Result<(), Failure> {
        to.write_all(b"alias")
            .map_err(|error| Failure(error.to_string()))
    }

    fn named<'a>(_: &'a mut dyn io::Write, more: &'a str) -> Result<usize, Failure> {
        Ok(more.len())
    }

    async fn later(to: &mut (dyn io::Write + Send)) -> Result<(), Failure> {
        to.write_all(b"later")
            .map_err(|error| Failure(error.to_string()))
    }
}

#[module]
impl Fallible for Driver {
    fn fail(to: &mut dyn io::Write, really: bool) -> usize {
        if really {
            std::panic::resume_unwind(Box::new("no"));
        }
        to.write(b"well").unwrap_or(0)
    }
}

#[module]
impl LoadOnly for Driver {
    fn again<'a>(to: &'a mut dyn io::Write) -> Result<&'a mut dyn io::Write, LoadError> {
        Ok(to)
    }

    fn own_again(to: &mut dyn own::Write) -> Result<&mut dyn own::Write, LoadError> {
        Ok(to)
    }
}

struct Count(usize);

impl own::Write for Count {
    fn write(&mut self, text: &str) -> usize {
        self.0 += text.len();
        self.0
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    let mut out = Vec::new();
    assert_eq!(writers::bytes(&mut out, "bytes").unwrap(), 5);
    writers::renamed(&mut out).unwrap();
    writers::alias(&mut out).unwrap();
    assert_eq!(out, b"bytesrenamedalias");
    let mut text = String::new();
    writers::both(&mut out, &mut text).unwrap();
    assert_eq!(text, "text");
    assert_eq!(writers::own(&mut Count(1)).unwrap(), 4);
    assert_eq!(writers::named(&mut out, "more").unwrap(), 4);
    out.clear();
    assert_eq!(fallible::fail(&mut out, false), 4);
    assert_eq!(fallible::fail(&mut out, true), 4);
    load_only::again(&mut out)
        .unwrap()
        .write_all(b"again")
        .unwrap();
    assert_eq!(out, b"wellnoneagain");
    assert_eq!(
        load_only::own_again(&mut Count(0)).unwrap().write("four"),
        4
    );
}
