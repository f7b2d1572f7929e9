use dlkm_rt::Interface;

#[derive(Interface)]
pub enum Event {
    #[interface(unsafe(opaque))]
    Opened(u32),
    Closed,
}

fn main() {}
