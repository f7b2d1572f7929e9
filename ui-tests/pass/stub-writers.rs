// The export puts a shield in front of a reader or writer of std, and leaves other arguments alone.
#![deny(warnings)]

use std::fmt;
use std::io::{self, BufRead, Read, Seek, Write as Bytes};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

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

#[module]
pub trait Readers {
    #[ustub]
    fn copy(from: &mut dyn Read, to: &mut dyn Bytes) -> Result<u64, Failure>;

    #[ustub]
    fn line(from: &mut (dyn BufRead + Send), text: &str) -> Result<String, Failure>;

    #[stub]
    fn end(of: &mut dyn Seek, _: u8) -> Result<u64, LoadError>;

    #[stub]
    fn text<'a>(from: &mut dyn Read, text: &'a str) -> Result<&'a str, Failure>;

    #[stub]
    fn first<'a>(from: &'a mut dyn BufRead) -> Result<&'a [u8], Failure>;

    #[ustub]
    async fn copy_later(
        from: &mut (dyn Read + Send),
        to: &mut (dyn io::Write + Send + Sync),
        limit: u64,
    ) -> Result<u64, Failure>;
}

#[module(on_panic = fallback)]
pub trait FallibleLater {
    #[stub]
    async fn read(from: &mut (dyn Read + Send)) -> Result<u8, Failure>;
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
impl Readers for Driver {
    fn copy(from: &mut dyn Read, to: &mut dyn Bytes) -> Result<u64, Failure> {
        io::copy(from, to).map_err(|error| Failure(error.to_string()))
    }

    fn line(from: &mut (dyn BufRead + Send), text: &str) -> Result<String, Failure> {
        let mut line = text.to_owned();
        match from.read_line(&mut line) {
            Ok(_) => Ok(line),
            Err(error) => Err(Failure(error.to_string())),
        }
    }

    fn end(of: &mut dyn Seek, _: u8) -> Result<u64, LoadError> {
        Ok(of.seek(io::SeekFrom::End(0)).unwrap_or(0))
    }

    fn text<'a>(_: &mut dyn Read, text: &'a str) -> Result<&'a str, Failure> {
        Ok(text)
    }

    fn first<'a>(from: &'a mut dyn BufRead) -> Result<&'a [u8], Failure> {
        from.fill_buf().map_err(|error| Failure(error.to_string()))
    }

    async fn copy_later(
        from: &mut (dyn Read + Send),
        to: &mut (dyn io::Write + Send + Sync),
        limit: u64,
    ) -> Result<u64, Failure> {
        std::future::ready(()).await;
        io::copy(&mut from.take(limit), to).map_err(|error| Failure(error.to_string()))
    }
}

#[module]
impl FallibleLater for Driver {
    async fn read(from: &mut (dyn Read + Send)) -> Result<u8, Failure> {
        let mut byte = [0];
        match from.read_exact(&mut byte) {
            Ok(()) => Ok(byte[0]),
            Err(error) => std::panic::resume_unwind(Box::new(error.to_string())),
        }
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

fn ready<F: Future + Send>(future: F) -> F::Output {
    let context = &mut Context::from_waker(Waker::noop());
    match pin!(future).poll(context) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}

fn readers() {
    let mut out = Vec::new();
    assert_eq!(readers::copy(&mut &b"a copy"[..], &mut out).unwrap(), 6);
    let mut lines = io::Cursor::new("one\ntwo");
    assert_eq!(readers::line(&mut lines, "line ").unwrap(), "line one\n");
    assert_eq!(readers::end(&mut lines, 0).unwrap(), 7);
    assert_eq!(readers::text(&mut io::empty(), "text").unwrap(), "text");
    assert_eq!(readers::first(&mut &b"first"[..]).unwrap(), b"first");
    let copied = ready(readers::copy_later(&mut io::repeat(b'x'), &mut out, 3));
    assert_eq!((copied.unwrap(), &*out), (3, &b"a copyxxx"[..]));
    assert_eq!(ready(fallible_later::read(&mut &b"8"[..])).unwrap(), b'8');
    let Failure(panicked) = ready(fallible_later::read(&mut io::empty())).unwrap_err();
    assert!(
        panicked.contains("failed to fill whole buffer"),
        "{panicked}"
    );
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    readers();
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
