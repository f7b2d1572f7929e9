//! The host with abi_stable.

use abi_stable::library::RootModule;
use peer_types::with_abi_stable::AdderRef;

fn main() {
    let file = std::env::current_exe().expect("the program is somewhere");
    let module = AdderRef::load_from_file(&file.with_file_name("libpeer_abi_stable.so"));
    println!("{}", module.expect("it was built").add()(1, 2));
}
