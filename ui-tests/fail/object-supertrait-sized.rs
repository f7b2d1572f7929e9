use dlkm_rt::interface;

#[interface]
pub trait Shape: Sized {
    fn sides(&self) -> u32;
}

#[interface]
pub trait Twice: Clone + Send {
    fn sides(&self) -> u32;
}

#[interface]
pub trait Bits
where
    Self: Copy,
{
    fn sides(&self) -> u32;
}

fn main() {}
