//! `ledger`: has states. Each version is this source; in version 3 a line has a number.
#![deny(unsafe_code, missing_docs, warnings)]

use std::sync::Mutex;

use dlkm_rt::{Held, Interface, LoadArg, LoadError, ModuleCell, module};
use scenario_api::{Adder, Orders, plan};

/// The driver.
pub struct Driver;

#[cfg(not(feature = "numbered"))]
type Line = String;
#[cfg(feature = "numbered")]
type Line = (u64, String);

fn line(text: &str) -> Line {
    #[cfg(not(feature = "numbered"))]
    return text.to_owned();
    #[cfg(feature = "numbered")]
    return (0, text.to_owned());
}

/// Handed over by an upgrade.
#[derive(Default, Interface)]
struct Lines(Vec<Line>);

impl Drop for Lines {
    fn drop(&mut self) {
        note(&format!("drops {} lines", self.0.len()));
    }
}

/// Belongs to this version alone.
#[derive(Default)]
struct Pages(Vec<u8>);

impl Drop for Pages {
    fn drop(&mut self) {
        note("drops pages");
    }
}

struct Trap;

impl Drop for Trap {
    fn drop(&mut self) {
        note("drops a trap");
        panic!("the trap closes");
    }
}

struct Cling;

impl Drop for Cling {
    fn drop(&mut self) {
        match PAGES.try_with(|pages| pages.lock().expect("no panic").0.len()) {
            Ok(pages) => note(&format!("finds {pages} bytes")),
            Err(error) => note(&format!("finds nothing: {error}")),
        }
    }
}

static LINES: ModuleCell<Mutex<Lines>> = ModuleCell::new(Mutex::default);
static PAGES: ModuleCell<Mutex<Pages>> = ModuleCell::new(Mutex::default);
/// A plain static, which is never dropped.
static HOARD: Mutex<Vec<u8>> = Mutex::new(Vec::new());

static TRAP: ModuleCell<Trap> = ModuleCell::new(|| Trap);

std::thread_local!(static CLING: Cling = const { Cling });

#[module(load = load, unload = unload, hand_over = [LINES])]
impl scenario_api::Ledger for Driver {
    fn add(text: &str) -> Result<u64, LoadError> {
        Ok(add(text))
    }

    fn adder() -> Result<Held<Adder>, LoadError> {
        Ok(Held::new(Box::new(|number| add(&number.to_string()))))
    }

    fn fill(bytes: usize) -> Result<u64, LoadError> {
        let length = PAGES.with(|pages| {
            let pages = &mut pages.lock().expect("no panic").0;
            pages.resize(pages.len() + bytes, 1);
            pages.len()
        });
        Ok(length as u64)
    }

    fn hoard(bytes: usize) -> Result<(), LoadError> {
        HOARD.lock().expect("no panic").resize(bytes, 1);
        Ok(())
    }

    fn give(bytes: usize) -> Result<Vec<u8>, LoadError> {
        Ok(vec![1; bytes])
    }

    fn take(bytes: Vec<u8>) -> Result<(), LoadError> {
        drop(bytes);
        Ok(())
    }

    fn trap() -> Result<(), LoadError> {
        TRAP.with(|_| Ok(()))
    }

    fn cling() -> Result<(), LoadError> {
        CLING.with(|_| Ok(()))
    }

    fn linger() -> Result<(), LoadError> {
        std::thread::spawn(|| {
            let _ = plan::meet();
            let length = PAGES.try_with(|pages| pages.lock().expect("no panic").0.len());
            if length != Ok(7) {
                // The thread has no other way to tell.
                std::process::abort();
            }
        });
        Ok(())
    }
}

fn add(text: &str) -> u64 {
    LINES.with(|lines| {
        let lines = &mut lines.lock().expect("no panic").0;
        lines.push(line(text));
        lines.len() as u64
    })
}

fn load(_: &LoadArg) -> Result<(), String> {
    obey("load")
}

fn unload(_: &LoadArg) -> Result<(), String> {
    obey("unload")
}

fn obey(hook: &str) -> Result<(), String> {
    match plan::ask(&text(hook)) {
        Ok(Orders::Succeed) => Ok(()),
        Ok(_) => Err("not now".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn text(what: &str) -> String {
    format!("{} {what}", env!("CARGO_PKG_VERSION_MAJOR"))
}

fn note(what: &str) {
    // A module that was closed already has no stubs that work.
    let _ = plan::ask(&text(what));
}
