// Where the name of an interface comes from, and which names are valid.
#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[module]
pub trait TcpIp {
    #[stub]
    fn send() -> Result<u8, LoadError>;
}

#[module(name = "with-dashes_and-9")]
pub trait Named {
    #[stub]
    fn send() -> Result<u8, LoadError>;
}

#[module(name = "std")]
pub trait Standard {
    #[stub]
    fn send() -> Result<u8, LoadError>;
}

#[module()]
pub trait r#Raw {
    #[stub]
    fn send() -> Result<u8, LoadError>;
}

#[allow(non_camel_case_types)]
#[module(name = "lower-case")]
pub trait lower {
    #[stub]
    fn send() -> Result<u8, LoadError>;
}

pub struct Driver;

#[module]
impl TcpIp for Driver {
    fn send() -> Result<u8, LoadError> {
        Ok(1)
    }
}

#[module]
impl Named for Driver {
    fn send() -> Result<u8, LoadError> {
        Ok(2)
    }
}

#[module]
impl Standard for Driver {
    fn send() -> Result<u8, LoadError> {
        Ok(3)
    }
}

// The name of a module is not a Rust name, so it may be a keyword.
#[module(name = "loop", kind = "static")]
impl Raw for Driver {
    fn send() -> Result<u8, LoadError> {
        Ok(5)
    }
}

#[module(name = "another", depends = ["loop", "tcp_ip", "with-dashes_and-9"])]
impl lower for Driver {
    fn send() -> Result<u8, LoadError> {
        Ok(6)
    }
}

fn main() {
    let kernel = Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(tcp_ip::send().unwrap(), 1);
    assert_eq!(with_dashes_and_9::send().unwrap(), 2);
    assert_eq!(self::std::send().unwrap(), 3);
    assert_eq!(raw::send().unwrap(), 5);
    assert_eq!(lower_case::send().unwrap(), 6);
    let names: Vec<_> = kernel
        .modules()
        .iter()
        .map(|one| one.name().to_owned())
        .collect();
    let expected = ["another", "loop", "std", "tcp_ip", "with-dashes_and-9"];
    assert_eq!(names, expected);
}
