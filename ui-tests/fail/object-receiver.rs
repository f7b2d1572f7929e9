use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use dlkm_rt::interface;

#[interface]
pub trait Job {
    fn by_value(self);
    fn shared(self: Rc<Self>);
    fn counted(self: Arc<Self>);
    fn poll(self: Pin<&mut Self>);
    fn boxed(self: Box<Self>);
}

fn main() {}
