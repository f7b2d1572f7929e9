//! Searches, by each function of the interface. The first argument is the module root.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, path::Path};

use dlkm_rt::{Held, Kernel, LoadError, ModuleRoot, module};
use search_api::search;

const TEXT: &str = "Mary had\na little lamb,\nlittle lamb";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).unwrap_or_else(|| "modules".into());
    // SAFETY: the book's test builds the image.
    let root = unsafe { ModuleRoot::trusted(folder) };
    let kernel = Kernel::boot(root)?;

    println!("{} lines", search::find("lamb", TEXT)?.len());
    println!("{}", search::from_first("lamb", TEXT)?);

    // ANCHOR: arguments
    let mut places = Vec::new();
    search::scan("little", &mut TEXT.as_bytes(), &mut |hit| {
        places.push((hit.line, hit.place));
        true
    })?;
    println!("{places:?}");
    // ANCHOR_END: arguments

    // ANCHOR: held
    let mut matcher = search::matcher("lamb")?;
    for line in TEXT.lines() {
        matcher.find(line);
    }
    println!("{} times", matcher.found());

    let is_little = search::filter("little")?;
    println!("{}", TEXT.lines().filter(|line| is_little(line)).count());

    for hit in search::places("Mary", TEXT.to_owned())? {
        println!("{}: {}", hit.line, hit.text);
    }

    // The error works like any other, and `?` accepts it.
    let count = || -> Result<u64, Box<dyn Error>> {
        let count = search::count("lamb", Path::new("/no/such/file"))?;
        Ok(count)
    };
    if let Err(error) = count() {
        println!("{error}");
    }

    if let Err(error) = kernel.unload("search") {
        println!("{error}");
    }
    drop((matcher, is_little));
    // ANCHOR_END: held
    println!("{}", commands()["lines"]("one\ntwo"));
    kernel.unload("search")?;
    println!("{} commands", commands().len());
    Ok(())
}

// ANCHOR: commands
type Command = Held<Box<dyn Fn(&str) -> String + Send + Sync>>;

struct List;

#[module(desc = "commands that modules add")]
impl search_api::Commands for List {
    fn add(name: &str, command: Command) -> Result<(), LoadError> {
        commands().insert(name.to_owned(), command);
        Ok(())
    }

    fn remove(name: &str) -> Result<(), LoadError> {
        commands().remove(name);
        Ok(())
    }
}

static COMMANDS: Mutex<BTreeMap<String, Command>> = Mutex::new(BTreeMap::new());

fn commands() -> MutexGuard<'static, BTreeMap<String, Command>> {
    COMMANDS.lock().unwrap_or_else(PoisonError::into_inner)
}
// ANCHOR_END: commands
