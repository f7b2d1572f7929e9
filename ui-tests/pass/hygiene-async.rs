// Without a prelude, with the runtime elsewhere, and with names that mean something else.
#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code)]

mod vendor {
    pub use ::dlkm_rt as runtime;
}

mod shadows {
    pub struct Future;
    pub struct Send;
    pub struct Pin;
    pub struct Box;
    pub struct Pending;
}

mod inner {
    #[allow(unused_imports)]
    use super::shadows::{Box, Future, Pending, Pin, Send};
    use super::vendor::runtime;

    use ::std::option::Option::{self, None, Some};
    use ::std::result::Result::{self, Ok};

    pub struct Text<'a>(pub &'a str);

    #[runtime::module(name = "tell", crate = super::vendor::runtime)]
    pub trait Tell {
        #[ustub]
        async fn tell(text: &str) -> Result<u8, runtime::LoadError>;

        #[ustub(or = self::nothing)]
        async fn or_nothing(text: &str) -> Option<u8>;

        #[wstub(or = load_tell)]
        async fn weak() -> u8;

        #[ustub(or = tell)]
        async fn by_name() -> u8;
    }

    async fn nothing(_: &str) -> Option<u8> {
        None
    }

    async fn load_tell() -> u8 {
        1
    }

    // With the name of a stub.
    async fn tell() -> u8 {
        2
    }

    pub struct Driver;

    #[runtime::module(crate = super::vendor::runtime)]
    impl Tell for Driver {
        async fn tell(_: &str) -> Result<u8, runtime::LoadError> {
            Ok(3)
        }

        async fn or_nothing(_: &str) -> Option<u8> {
            Some(4)
        }

        async fn weak() -> u8 {
            5
        }

        async fn by_name() -> u8 {
            6
        }
    }
}

fn ready<F: ::std::future::Future>(future: F) -> F::Output {
    let mut context = ::std::task::Context::from_waker(::std::task::Waker::noop());
    match ::std::future::Future::poll(::std::pin::pin!(future), &mut context) {
        ::std::task::Poll::Ready(output) => output,
        ::std::task::Poll::Pending => ::std::panic!("it is not ready"),
    }
}

fn main() {
    use self::inner::tell;
    use self::vendor::runtime::{Kernel, ModuleRoot};

    ::std::assert_eq!(ready(tell::by_name()), 2);
    ::std::assert_eq!(ready(tell::weak()), 1);
    ::std::assert!(ready(tell::or_nothing("")).is_none());
    ::std::assert!(Kernel::boot(ModuleRoot::none()).is_ok());
    ::std::assert_eq!(ready(tell::tell("")).unwrap(), 3);
    ::std::assert_eq!(ready(tell::or_nothing("")).unwrap(), 4);
    ::std::assert_eq!(ready(tell::weak()), 5);
    ::std::assert_eq!(ready(tell::by_name()), 6);
}
