//! A tunable in a crate without a module.

use dlkm_rt::{Kernel, ModuleRoot, Tunable, tunable};

#[tunable]
static LOST: Tunable<u32> = Tunable::new(1);

fn main() {
    let error = Kernel::boot(ModuleRoot::none()).expect_err("it belongs to no module");
    println!("{error}");
    assert_eq!(LOST.get(), 1);
}
