use dlkm_rt::interface;

pub trait Shape {}
pub struct Square;

#[interface]
impl Shape for Square {}

fn main() {}
