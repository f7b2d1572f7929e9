//! `speaker`: passes a reader and a writer to `hoarder`, whose errors are its own code and texts.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use dlkm_rt::{LoadError, module};
use scenario_api::hoarder;

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Speaker for Driver {
    fn speak() -> Result<usize, LoadError> {
        hoarder::hoard(&mut Failing(5), &mut Failing(0))
    }

    fn speak_later() -> Result<usize, LoadError> {
        let context = &mut Context::from_waker(Waker::noop());
        match pin!(hoarder::hoard_later(&mut Failing(5))).poll(context) {
            Poll::Ready(result) => result,
            Poll::Pending => Ok(0),
        }
    }
}

/// An error with a text and code of this image.
#[derive(Debug)]
struct Complaint(&'static str, Option<&'static Complaint>);

static CAUSE: Complaint = Complaint("a static of the speaker", None);

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Complaint {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.map(|source| source as _)
    }
}

fn complaint() -> io::Error {
    let complaint = Complaint("the speaker complains", Some(&CAUSE));
    io::Error::new(ErrorKind::TimedOut, complaint)
}

/// Fails in as many ways before it ends.
struct Failing(u8);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_sub(1);
        Err(match self.0 {
            4 => complaint(),
            3 => io::Error::from_raw_os_error(28),
            2 => ErrorKind::Interrupted.into(),
            // With a static text of std, of which this image has its own copy.
            1 => return io::empty().read_exact(&mut [0]).map(|()| 1),
            _ => return Ok(0),
        })
    }
}

impl BufRead for Failing {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Err(complaint())
    }

    fn consume(&mut self, _: usize) {}
}

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(complaint())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(complaint())
    }
}
