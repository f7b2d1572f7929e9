//! Tunables in a crate with two modules: in one of them, and in none.

use dlkm_rt::{Kernel, ModuleRoot, Tunable, module, tunable};

#[module]
mod first {
    use dlkm_rt::{Tunable, tunable};

    #[tunable]
    pub(super) static OWN: Tunable<u32> = Tunable::new(2);
}

#[module]
mod second {}

#[tunable]
static SHARED: Tunable<u32> = Tunable::new(1);

fn main() {
    let error = Kernel::boot(ModuleRoot::none()).expect_err("it belongs to two modules");
    println!("{error}");
    assert_eq!((SHARED.get(), first::OWN.get()), (1, 2));
}
