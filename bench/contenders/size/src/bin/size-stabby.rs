//! The host with stabby.

use peer_types::with_stabby::{AdderDyn, Object};
use stabby::libloading::StabbyLibrary;

fn main() {
    let file = std::env::current_exe().expect("the program is somewhere");
    // SAFETY: the benchmark's own shared object, whose constructors do nothing.
    let library = unsafe { libloading::Library::new(file.with_file_name("libpeer_stabby.so")) };
    let library = library.expect("it was built");
    // SAFETY: stabby compares the type with the module's.
    let make = unsafe { library.get_stabbied::<extern "C" fn() -> Object>(b"make_adder") };
    println!("{}", make.expect("it is exported")().add(1, 2));
}
