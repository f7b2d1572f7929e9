use dlkm_rt::Interface;

pub struct Handle;

#[derive(Interface)]
pub struct List<T> {
    pub items: Vec<T>,
}

#[derive(Interface)]
pub struct All {
    pub handles: List<Handle>,
}

fn main() {}
