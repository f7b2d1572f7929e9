use dlkm_rt::Interface;

#[derive(Interface)]
pub struct Entry {
    #[interface(skip)]
    pub at: u64,
    #[interface(unsafe(opaque), crate = dlkm_rt)]
    pub name: String,
}

fn main() {}
