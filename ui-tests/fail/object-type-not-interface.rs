use dlkm_rt::interface;

pub struct Handle(pub u32);
pub struct Path(pub String);

pub trait Named {}

#[interface]
pub trait Files: Named {
    fn open(&self, path: &Path, mode: u32) -> Result<Handle, u32>;
    fn close(&mut self, handle: Handle);
    fn each(&self, call: &dyn Fn(&Handle) -> bool);
}

fn main() {}
