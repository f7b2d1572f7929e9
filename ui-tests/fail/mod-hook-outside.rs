// The paths of hooks are relative to the inside of the `mod`.
use dlkm_rt::{Errno, LoadArg, module};

#[module(load = init)]
mod driver {}

fn init(_: &LoadArg) -> Result<(), Errno> {
    Ok(())
}

fn main() {}
