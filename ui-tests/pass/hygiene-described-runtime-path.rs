// The runtime under other names, as from a crate that re-exports it.
#![deny(warnings)]
#![allow(dead_code)]

mod vendor {
    pub use dlkm_rt as runtime;

    pub mod deep {
        use super::runtime as near;

        #[derive(near::Interface)]
        #[interface(crate = super::runtime)]
        pub struct Above(pub u8, fn(&u8) -> Inner);

        #[derive(near::Interface)]
        #[interface(crate = self::near)]
        pub enum Beside {
            One,
            Two(u8),
        }

        #[derive(near::Interface)]
        #[interface(crate = near)]
        struct Inner(u8);

        #[near::interface(crate = near)]
        pub trait Object {
            fn get(&self, call: &dyn Fn(&Above)) -> Beside;
        }
    }
}

fn crosses<T: vendor::runtime::Interface + ?Sized>() {
    assert!(!T::TYPE.name.is_empty());
}

fn main() {
    crosses::<vendor::deep::Above>();
    crosses::<vendor::deep::Beside>();
    crosses::<dyn vendor::deep::Object>();
}
