//! What a `Held` allows with its value is for dlkm alone to decide: a copy, or a way to the value,
//! that another crate defines could outlive the module.

use dlkm_rt::{Lead, LeadMut, Share};

pub trait Local {}

pub struct Own;

impl Share for Box<dyn Local> {}

impl Lead for Own {
    type Target = Self;
    fn lead(&self) -> &Self {
        self
    }
}

impl LeadMut for &'static Own {
    fn lead_mut(&mut self) -> &mut Own {
        unimplemented!()
    }
}

fn main() {}
