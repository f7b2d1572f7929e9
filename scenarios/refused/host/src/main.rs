//! `refused <module root>`: calls each function of `archive` and prints its result, one line for
//! each. The host has the original interface; the tests decide what the module was built against.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot};
use refused_api::{CodecError, Folder, Handle, Id, Level, Sink, Word, archive};

fn main() -> ExitCode {
    let Some(root) = std::env::args().nth(1) else {
        eprintln!("usage: refused <module root>");
        return ExitCode::from(2);
    };
    // SAFETY: the tests put the files there. Where one is wrong, the test is that it is refused.
    let root = unsafe { ModuleRoot::trusted(root) };
    if let Err(error) = Kernel::boot(root) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    call();
    let maps = std::fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    let mapped = maps.lines().any(|line| line.ends_with("/archive.so"));
    println!("mapped: {mapped}");
    ExitCode::SUCCESS
}

fn call() {
    println!("count: {}", archive::count());
    show("open", archive::open(&[3, 4, 5], "one"));
    show("open", archive::open(&[], "two"));
    show("header", archive::header(*b"DLKM\0\0\x01\x02"));
    show("seek", archive::seek(250, 21));
    let handle = Handle {
        number: 17,
        sort: PhantomData,
    };
    show("block", archive::block(handle));
    let folder = |name: &str| Folder {
        name: name.to_owned(),
        parent: None,
    };
    show("place", archive::place(folder("a"), &folder("b")));
    let mut bytes = Bytes(Vec::new());
    show("write", archive::write(&mut bytes, &[(1 << 16, 3), (2, 4)]));
    println!("written: {bytes:?}");
    let mut seen = Vec::new();
    let visited = archive::visit(&mut |id: Id, name: &str| {
        seen.push((id, name.to_owned()));
        id < 1
    });
    println!("visit: {visited} {seen:?}");
    let text = String::from("be-fore");
    show("before", archive::before(Word { text: &text }, "-"));
    show("extent", archive::extent(Some(100)));
    let mut what = String::from("ab");
    show("ask", archive::ask(&mut what));
    show("ask", archive::ask(&mut what));
    println!("asked: {what}");
    println!("count: {}", archive::count());
    println!("finish: {:?}", archive::finish("123".to_owned()));
}

/// Prints a result. An error of the kernel is printed as its text.
fn show<T: Debug>(function: &str, result: Result<T, CodecError>) {
    match result {
        Ok(value) => println!("{function}: {value:?}"),
        Err(CodecError { code: -1, text }) => println!("{function} failed: {text}"),
        Err(error) => println!("{function}: {error:?}"),
    }
}

#[derive(Debug)]
struct Bytes(Vec<u8>);

impl Sink for Bytes {
    fn put(&mut self, bytes: &[u8]) -> bool {
        self.0.extend_from_slice(bytes);
        self.0.len() < 4
    }

    fn level(&self) -> Level {
        Level::Middle
    }
}
