//! The class of an interface, said by its author.

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module, switch};

#[module(class = unloadable, on_panic = unload)]
pub trait Weak {
    #[wstub(or = none)]
    fn weak(n: u32) -> u32;
}

#[module(class = unloadable)]
pub trait Strong {
    #[stub(or = none)]
    fn strong(n: u32) -> u32;
}

#[module(class = unloadable)]
pub trait Both {
    #[ustub]
    fn both(n: u32) -> Result<u32, LoadError>;
}

#[module(class = load_only)]
pub trait Stays {
    #[stub]
    fn stays() -> Result<&'static str, LoadError>;

    #[wstub(or = none)]
    fn peek(n: u32) -> u32;
}

#[module(class = unloadable, abi = "C")]
pub trait InC {
    #[wstub(or = none)]
    fn in_c(n: u32) -> u32;
}

#[switch(class = unloadable)]
pub trait Codec {
    #[wstub(or = none)]
    fn decode(n: u32) -> u32;
}

fn none(_: u32) -> u32 {
    0
}

pub struct Driver;

#[module]
impl Weak for Driver {
    fn weak(n: u32) -> u32 {
        n + 1
    }
}

#[module(idle = "1s")]
impl InC for Driver {
    fn in_c(n: u32) -> u32 {
        n + 2
    }
}

fn main() {
    assert_eq!(weak::weak(1), 0);
    let kernel = Kernel::boot(ModuleRoot::none()).unwrap();
    kernel.load("weak").unwrap();
    kernel.load("in_c").unwrap();
    assert_eq!((weak::weak(1), in_c::in_c(1)), (2, 3));
    assert_eq!((strong::strong(1), stays::peek(1)), (0, 0));
    assert!(both::both(1).is_err() && stays::stays().is_err());
}
