//! What every generated program contains: the types that its functions use, and what each side keeps.

pub use std::error::Error as _;
pub use std::fmt;
pub use std::io;
pub use std::marker::PhantomData;
use std::pin::pin;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

pub use dlkm_rt::{Held, Interface, LoadError, interface, module};

/// Why a stub fails.
#[derive(Debug, Interface)]
pub struct Absent;

impl From<LoadError> for Absent {
    fn from(_: LoadError) -> Self {
        Absent
    }
}

#[derive(Interface)]
pub struct Pair<'a> {
    pub text: &'a str,
    pub number: u8,
}

#[derive(Interface)]
pub struct Wrap<T>(pub T);

/// Its borrow can only be `'static`, which a signature implies by naming it.
#[derive(Interface)]
pub struct Mark<'a>(pub PhantomData<&'a ()>)
where
    'a: 'static;

/// What it contains can only be `'static`, which a signature implies by naming it.
#[derive(Interface)]
pub struct Fixed<T: 'static>(pub T);

/// A type that only carries a lifetime, from which a text is made.
#[derive(Interface)]
pub struct Token<'a>(pub PhantomData<&'a ()>);

pub type Text = &'static str;
pub type TextOf<'a> = &'a str;
pub type Texts<'a> = Vec<&'a str>;

#[interface]
pub trait Source<'a> {
    fn next(&mut self) -> &'a str;
}

#[interface]
pub trait Sink<'a> {
    fn put(&mut self, text: &'a str);
}

#[interface]
pub trait Filler<'a> {
    fn fill(&mut self, texts: &mut Vec<&'a str>);
}

#[interface]
pub trait Named {
    fn name(&self) -> &str;
}

#[interface]
pub trait Listener {
    fn hear(&mut self, text: &str);
}

#[interface]
pub trait Chooser {
    fn choose<'a>(&self, one: &'a str, other: &'a str) -> &'a str;
}

#[interface]
pub trait Above<'a>: Source<'a> {
    fn above(&self) -> u8;
}

/// What each side hands out: text, bytes or a number of its own.
pub trait Ours {
    /// The first letter: `P` for the provider, `C` for the caller.
    fn letter(&self) -> u8;
}

impl Ours for &str {
    fn letter(&self) -> u8 {
        self.as_bytes().first().copied().unwrap_or_default()
    }
}

impl Ours for &[u8] {
    fn letter(&self) -> u8 {
        self.first().copied().unwrap_or_default()
    }
}

impl Ours for &u8 {
    fn letter(&self) -> u8 {
        **self
    }
}

/// The result of a future that never waits.
pub fn ready<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}

static KEPT_BY_CALLER: AtomicU8 = AtomicU8::new(0);
static KEPT_BY_PROVIDER: AtomicU8 = AtomicU8::new(0);

/// The caller keeps something that it can use for as long as it likes.
pub fn c_keeps(ours: impl Ours + 'static) {
    if ours.letter() == b'P' {
        KEPT_BY_CALLER.store(1, Relaxed);
    }
}

/// The provider keeps something that it can use for as long as it likes.
pub fn p_keeps(ours: impl Ours + 'static) {
    if ours.letter() == b'C' {
        KEPT_BY_PROVIDER.store(1, Relaxed);
    }
}

/// Whether the caller and the provider have kept something of the other since the last time.
pub fn kept() -> (bool, bool) {
    (
        KEPT_BY_CALLER.swap(0, Relaxed) == 1,
        KEPT_BY_PROVIDER.swap(0, Relaxed) == 1,
    )
}

/// Implements the traits above for one side, whose text is `$text`, and which keeps by `$keeps`.
macro_rules! side {
    ($side:ident, $text:literal, $keeps:ident) => {
        #[derive(Debug)]
        pub struct $side;

        impl<'a> Source<'a> for $side {
            fn next(&mut self) -> &'a str {
                $text
            }
        }

        impl<'a> Above<'a> for $side {
            fn above(&self) -> u8 {
                0
            }
        }

        impl Sink<'static> for $side {
            fn put(&mut self, text: &'static str) {
                $keeps(text);
            }
        }

        impl<'a> Filler<'a> for $side {
            fn fill(&mut self, texts: &mut Vec<&'a str>) {
                texts.push($text);
            }
        }

        impl Named for $side {
            fn name(&self) -> &str {
                $text
            }
        }

        impl Listener for $side {
            fn hear(&mut self, _: &str) {}
        }

        impl Chooser for $side {
            fn choose<'a>(&self, _: &'a str, _: &'a str) -> &'a str {
                $text
            }
        }

        impl io::Write for $side {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::other(Complaint($text)))
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }

            fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
                text.as_str().into_iter().for_each($keeps);
                Ok(())
            }
        }

        impl fmt::Write for $side {
            fn write_str(&mut self, _: &str) -> fmt::Result {
                Ok(())
            }

            fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
                text.as_str().into_iter().for_each($keeps);
                Ok(())
            }
        }

        impl io::Read for $side {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other(Complaint($text)))
            }

            fn read_vectored(&mut self, buffers: &mut [io::IoSliceMut<'_>]) -> io::Result<usize> {
                let own = Box::leak(Box::new([$text.letter()]));
                buffers[0] = io::IoSliceMut::new(own);
                Ok(0)
            }
        }

        impl io::BufRead for $side {
            fn fill_buf(&mut self) -> io::Result<&[u8]> {
                Ok($text.as_bytes())
            }

            fn consume(&mut self, _: usize) {}

            fn read_until(&mut self, _: u8, _: &mut Vec<u8>) -> io::Result<usize> {
                Err(io::Error::other(Complaint($text)))
            }
        }

        impl io::Seek for $side {
            fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
                Err(io::Error::other(Complaint($text)))
            }
        }

        impl fmt::Display for $side {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($text)
            }
        }

        impl std::error::Error for $side {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                static SOURCE: Complaint = Complaint($text);
                Some(&SOURCE)
            }
        }
    };
}

side!(CallersOwn, "C of the caller", c_keeps);
side!(ProvidersOwn, "P of the provider", p_keeps);

/// An error that contains a text.
#[derive(Debug)]
pub struct Complaint(pub &'static str);

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Complaint {}

/// The text in an error, if it has one.
pub fn complaint(error: &io::Error) -> Option<&'static str> {
    let inner = error.get_ref()?.downcast_ref::<Complaint>()?;
    Some(inner.0)
}

/// Prints what was kept by the function of that name, and what the rule says of its interface.
pub fn report(name: &str) {
    let (by_caller, by_provider) = kept();
    let tables = dlkm_rt::PRIVATE::DLKM_INTERFACES;
    let unmap = tables.iter().find(|one| one.declaration.name == name);
    let unmap = unmap.map(|one| one.declaration.unmap);
    let provider = unmap.and_then(|unmap| unmap.provider);
    let caller = unmap.and_then(|unmap| unmap.caller);
    println!(
        "{name}\t{by_caller}\t{by_provider}\t{}\t{}",
        provider.map_or("", |one| one.does),
        caller.map_or("", |one| one.does),
    );
}
