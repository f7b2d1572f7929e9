// Attributes that change neither a function nor its type, and types that a macro passes on.
use dlkm_rt::{Interface, LoadError, interface, module};

/// As docs.rs has it.
#[module]
pub trait Docs {
    #[stub]
    #[cfg_attr(docsrs, doc(cfg(feature = "net")))]
    #[cfg_attr(all(), doc = "It connects.", must_use)]
    fn connect() -> Result<u8, LoadError>;
}

#[module]
pub trait Inner {
    #![allow(non_snake_case)]
    #[stub]
    fn connectTo() -> Result<u8, LoadError>;
}

macro_rules! walker {
    ($name:ident, $callback:ty) => {
        #[module]
        pub trait $name {
            #[stub]
            fn visit(callback: &$callback) -> Result<u8, LoadError>;
        }

        #[derive(Interface)]
        pub struct Holder<'a> {
            pub callback: &'a $callback,
        }

        #[interface]
        pub trait Object {
            fn visit(&self, callback: &mut $callback) -> *const $callback;
        }
    };
}

walker!(Walker, dyn Fn(u8) -> u8 + Send);

fn main() {
    assert!(docs::connect().is_err());
    assert!(inner::connectTo().is_err());
    assert!(walker::visit(&|one| one).is_err());
}
