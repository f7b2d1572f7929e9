use dlkm_rt::{Interface, module};

#[derive(Clone, Copy, Interface)]
pub enum Plain {
    One,
}

#[derive(Clone, Copy, Interface)]
#[repr(C)]
pub enum Fields {
    Two(u8),
}

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = nothing)]
    fn plain(one: Plain);

    #[stub(or = no_fields)]
    fn fields(two: Fields);
}

fn nothing(_: Plain) {}

fn no_fields(_: Fields) {}

fn main() {
    let _ = (Plain::One, Fields::Two(2));
}
