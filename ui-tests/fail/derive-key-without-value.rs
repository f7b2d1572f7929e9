use dlkm_rt::Interface;

#[derive(Interface)]
#[interface(crate)]
pub struct Entry {
    pub name: String,
}

fn main() {}
