use dlkm_rt::interface;

#[interface]
pub trait Source {
    fn read<T, const N: usize>(&mut self, into: [T; N]);
    fn write(&mut self, from: impl Iterator<Item = u8>) -> impl Sized;
}

fn main() {}
