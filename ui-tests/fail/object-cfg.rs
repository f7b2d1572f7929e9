use dlkm_rt::interface;

#[interface]
pub trait Shape {
    #[cfg(test)]
    fn sides(&self) -> u32;
}

fn main() {}
