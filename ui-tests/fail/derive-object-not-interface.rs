use dlkm_rt::Interface;

pub trait Sink {
    fn put(&mut self, bytes: &[u8]);
}

#[derive(Interface)]
pub struct Copy<'a> {
    pub from: &'a mut dyn std::io::Read,
    pub into: &'a mut dyn Sink,
    pub done: Box<dyn Fn(u64) + Unpin>,
}

fn main() {}
