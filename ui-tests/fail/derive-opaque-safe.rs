use dlkm_rt::Interface;

pub struct Stamp(u64);

#[derive(Interface)]
pub struct Entry {
    #[interface(opaque)]
    pub at: Stamp,
}

fn main() {}
