use dlkm_rt::Interface;

#[derive(Interface)]
#[interface(crate = dlkm_rt)]
#[interface(crate = dlkm_rt)]
pub struct Entry {
    #[interface(unsafe(opaque))]
    #[interface(unsafe(opaque))]
    pub name: String,
}

fn main() {}
