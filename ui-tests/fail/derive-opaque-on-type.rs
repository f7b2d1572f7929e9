use dlkm_rt::Interface;

#[derive(Interface)]
#[interface(unsafe(opaque))]
pub struct Stamp(u64);

fn main() {}
