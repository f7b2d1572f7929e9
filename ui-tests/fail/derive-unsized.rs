use dlkm_rt::Interface;

#[derive(Interface)]
pub struct Tail {
    pub length: u32,
    pub bytes: [u8],
}

fn main() {}
