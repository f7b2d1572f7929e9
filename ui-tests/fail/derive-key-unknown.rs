use dlkm_rt::Interface;

#[derive(Interface)]
#[interface(name = "entry", crate = dlkm_rt)]
pub struct Entry {
    pub name: String,
}

fn crosses<T: Interface>() {}

fn main() {
    crosses::<Entry>();
}
