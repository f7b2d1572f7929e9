use dlkm_rt::Interface;

#[derive(Interface)]
pub union Bits {
    float: f32,
    bits: u32,
}

fn main() {}
