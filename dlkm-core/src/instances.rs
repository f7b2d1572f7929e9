//! Functions of std that are generic and that rustc shares between crates, for types that images use too.
//!
//! rustc compiles such a function in the first crate that uses it with a type, and the crates behind that take
//! it from there: `Vec::push` with its growth, the end of an `Arc`. If that were `dlkm-kernel`, an image
//! whose own code ends an `Arc<str>` would have the exception tables of 16 kB of the kernel. So this crate uses
//! them before it does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;

/// Nothing calls it, so no file has it.
#[inline(never)]
pub fn shared() {
    drop(None::<(Arc<str>, Arc<AtomicBool>, JoinHandle<()>)>);
    grow(&mut Vec::new(), PathBuf::new());
    grow(&mut Vec::new(), Path::new(""));
    grow(&mut Vec::new(), (String::new(), String::new()));
    grow(&mut Vec::new(), (String::new(), false));
    grow(&mut Vec::new(), (0_usize, 0_usize, 0_usize));
}

fn grow<T>(all: &mut Vec<T>, one: T) {
    all.push(one);
}
