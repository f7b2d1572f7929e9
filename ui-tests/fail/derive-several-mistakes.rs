use dlkm_rt::Interface;

#[derive(Interface)]
#[interface(path = dlkm_rt, crate = "dlkm_rt")]
pub enum Event {
    Opened(#[interface(opaque)] u32),
    #[interface(unsafe(opaque))]
    Read {
        #[interface(offset = 3)]
        at: u64,
    },
}

fn crosses<T: Interface>() {}

fn main() {
    crosses::<Event>();
}
