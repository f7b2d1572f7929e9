//! `hoarder`: keeps the errors of its callers' readers and writers.

use std::error::Error;
use std::io::{self, Read};
use std::sync::Mutex;

use dlkm_rt::{LoadError, module};

static KEPT: Mutex<Vec<io::Error>> = Mutex::new(Vec::new());

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Hoarder for Driver {
    fn hoard(from: &mut dyn io::BufRead, to: &mut dyn io::Write) -> Result<usize, LoadError> {
        read(from);
        keep(from.fill_buf().map(<[u8]>::len));
        keep(from.read_line(&mut String::new()));
        keep(to.write_all(b"what is kept"));
        keep(write!(to, "{}", 1));
        Ok(keep(to.flush()))
    }

    async fn hoard_later(from: &mut (dyn Read + Send)) -> Result<usize, LoadError> {
        std::future::ready(()).await;
        Ok(read(from))
    }

    fn show() -> Result<Vec<String>, LoadError> {
        Ok(kept().iter().map(show).collect())
    }
}

/// Reads to the end, and keeps all errors before it.
fn read(from: &mut (impl Read + ?Sized)) -> usize {
    loop {
        let result = from.read(&mut [0]);
        if let Ok(0) = result {
            return kept().len();
        }
        keep(result);
    }
}

fn keep<T>(result: io::Result<T>) -> usize {
    let mut kept = kept();
    kept.extend(result.err());
    kept.len()
}

fn kept() -> std::sync::MutexGuard<'static, Vec<io::Error>> {
    KEPT.lock().expect("no panic")
}

fn show(error: &io::Error) -> String {
    let source = error.source().map(|source| format!(" of {source}"));
    let number = error.raw_os_error().map(|number| format!(" {number}"));
    let (number, source) = (number.unwrap_or_default(), source.unwrap_or_default());
    format!("{:?}{number}: {error}{source}", error.kind())
}
