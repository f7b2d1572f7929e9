use dlkm_rt::Interface;

#[derive(Interface)]
#[interface]
pub struct Entry {
    #[interface]
    pub name: String,
}

#[derive(Interface)]
#[interface = "entry"]
pub struct Other {
    #[interface()]
    pub name: String,
}

fn main() {}
