// Types written by a macro that names the runtime in its own way.
#![deny(warnings)]
#![allow(dead_code)]

#[doc(hidden)]
pub mod runtime {
    pub use dlkm_rt::*;
}

macro_rules! types {
    ($name:ident, $object:ident { $($field:ident: $ty:ty),* }) => {
        #[derive($crate::runtime::Interface)]
        #[interface(crate = $crate::runtime)]
        pub struct $name<'a> {
            $($field: $ty,)*
            call: fn(&str, $($ty),*) -> bool,
            text: &'a str,
        }

        #[$crate::runtime::interface(crate = $crate::runtime)]
        pub trait $object {
            $(fn $field(&self, call: &dyn Fn(&str, $ty)) -> $ty;)*
        }
    };
}

types! { One, OneObject { number: u32, list: Vec<u8>, call_back: fn(&u8) -> u8 } }

mod within {
    types! { Two, TwoObject { number: super::One<'static>, list: Box<dyn super::OneObject> } }
}

fn crosses<T: runtime::Interface>() {
    assert_eq!(T::TYPE.size, size_of::<T>());
}

fn main() {
    crosses::<One<'_>>();
    crosses::<within::Two<'_>>();
    crosses::<Box<dyn within::TwoObject>>();
}
