use dlkm_rt::interface;

#[interface]
pub trait Source {
    const LIMIT: usize;
    type Item;
    fn next(&mut self) -> Option<Self::Item>;
}

fn main() {}
