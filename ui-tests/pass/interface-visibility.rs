// The stubs are as visible as the trait, and no more.
#![deny(
    warnings,
    private_interfaces,
    private_bounds,
    unreachable_pub,
    unnameable_types
)]

use dlkm_rt::{Kernel, ModuleRoot};

mod outer {
    pub(crate) mod inner {
        use dlkm_rt::{Interface, LoadError, module};

        #[derive(Debug, PartialEq, Interface)]
        struct Secret(u8);

        #[derive(Debug, PartialEq, Interface)]
        pub(super) struct Shared(pub(super) u8);

        #[derive(Debug, PartialEq, Interface)]
        pub(in crate::outer) struct Within(pub(in crate::outer) u8);

        #[module]
        trait Private {
            #[stub]
            fn secret(of: Secret) -> Result<Secret, LoadError>;

            #[ustub(or = keep)]
            fn kept(of: Secret) -> Secret;
        }

        fn keep(of: Secret) -> Secret {
            of
        }

        #[module(name = "super-visible")]
        pub(super) trait SuperVisible {
            #[stub]
            fn shared(of: Shared) -> Result<Shared, LoadError>;
        }

        #[module]
        pub(in crate::outer) trait Path {
            #[stub]
            fn within(of: Within) -> Result<Within, LoadError>;
        }

        #[module]
        pub(crate) trait Everywhere {
            #[stub]
            fn number(of: u8) -> Result<u8, LoadError>;
        }

        struct Driver;

        #[module]
        impl Private for Driver {
            fn secret(of: Secret) -> Result<Secret, LoadError> {
                Ok(Secret(of.0 + 1))
            }

            fn kept(of: Secret) -> Secret {
                Secret(of.0 + 2)
            }
        }

        #[module]
        impl SuperVisible for Driver {
            fn shared(of: Shared) -> Result<Shared, LoadError> {
                Ok(of)
            }
        }

        #[module]
        impl Path for Driver {
            fn within(of: Within) -> Result<Within, LoadError> {
                Ok(of)
            }
        }

        #[module]
        impl Everywhere for Driver {
            fn number(of: u8) -> Result<u8, LoadError> {
                Ok(of)
            }
        }

        pub(crate) fn check() {
            assert_eq!(private::secret(Secret(1)).unwrap(), Secret(2));
            assert_eq!(private::kept(Secret(1)), Secret(3));
        }
    }

    pub(crate) fn check() {
        use inner::{Shared, Within, path, super_visible};

        assert_eq!(super_visible::shared(Shared(1)).unwrap(), Shared(1));
        assert_eq!(path::within(Within(2)).unwrap(), Within(2));
    }
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    outer::inner::check();
    outer::check();
    assert_eq!(outer::inner::everywhere::number(3).unwrap(), 3);
}
