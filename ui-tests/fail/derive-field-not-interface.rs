use dlkm_rt::Interface;

struct Handle(u32);

#[derive(Interface)]
pub struct Open {
    name: String,
    handle: Handle,
    handles: Vec<Handle>,
    close: fn(&Handle) -> bool,
}

#[derive(Interface)]
pub enum Event<T> {
    Opened(Handle),
    Read { by: Box<Handle>, what: T },
}

fn main() {}
