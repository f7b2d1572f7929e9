//! The host with libloading.

use libloading::{Library, Symbol};

fn main() {
    let file = std::env::current_exe().expect("the program is somewhere");
    // SAFETY: the benchmark's own shared object, whose constructors do nothing.
    let library = unsafe { Library::new(file.with_file_name("libpeer_plain.so")) };
    let library = library.expect("it was built");
    // SAFETY: that is the function's type.
    let add: Symbol<'_, extern "C" fn(u64, u64) -> u64> =
        unsafe { library.get(b"plain_add") }.expect("it is exported");
    println!("{}", add(1, 2));
}
