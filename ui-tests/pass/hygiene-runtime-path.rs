// The runtime under other names, as from a crate that re-exports it.
#![deny(warnings)]

mod vendor {
    pub use dlkm_rt as runtime;

    pub mod deep {
        use super::runtime as near;

        #[near::module(crate = super::runtime)]
        pub trait Above {
            #[stub]
            fn add(a: u8, b: u8) -> Result<u8, near::LoadError>;

            #[ustub]
            fn sub(a: u8, b: u8) -> Result<u8, near::LoadError>;
        }

        #[near::module(crate = self::near)]
        pub trait Beside {
            #[stub]
            fn add(a: u8, b: u8) -> Result<u8, near::LoadError>;
        }

        #[near::module(crate = near)]
        pub trait Bare {
            #[stub]
            fn add(a: u8, b: u8) -> Result<u8, near::LoadError>;
        }

        // Like those of the hooks, the path is relative to the inside.
        #[near::module(name = "driver", crate = super::near, load = init)]
        mod driver {
            use super::near::{Errno, LoadArg, LoadError};
            use super::{Above, Bare, Beside};

            struct Driver;

            fn init(_: &LoadArg) -> Result<(), Errno> {
                Ok(())
            }

            #[export]
            impl Above for Driver {
                fn add(a: u8, b: u8) -> Result<u8, LoadError> {
                    Ok(a + b)
                }

                fn sub(a: u8, b: u8) -> Result<u8, LoadError> {
                    Ok(a - b)
                }
            }

            #[export]
            impl Beside for Driver {
                fn add(a: u8, b: u8) -> Result<u8, LoadError> {
                    Ok(a + b + 1)
                }
            }

            #[export]
            impl Bare for Driver {
                fn add(a: u8, b: u8) -> Result<u8, LoadError> {
                    Ok(a + b + 2)
                }
            }
        }
    }
}

fn main() {
    use vendor::deep::{above, bare, beside};
    use vendor::runtime::{Kernel, ModuleRoot};

    Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(above::add(1, 2).unwrap(), 3);
    assert_eq!(above::sub(2, 1).unwrap(), 1);
    assert_eq!(beside::add(1, 2).unwrap(), 4);
    assert_eq!(bare::add(1, 2).unwrap(), 5);
}
