use dlkm_rt::Interface;

#[derive(Interface)]
pub struct Entry {
    pub at: Stamp,
    pub all: Vec<time::Stamp>,
}

fn main() {}
