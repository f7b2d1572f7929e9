// Interfaces deep in the crate, several in one place, and imported by their callers.
#![deny(warnings)]

use dlkm_rt::{Kernel, ModuleRoot};

pub mod ipc {
    pub use dlkm_rt::LoadError as Failed;

    pub mod types {
        #[derive(Clone, Copy, Debug, PartialEq, dlkm_rt::Interface)]
        pub struct Id(pub u32);
    }

    pub mod api {
        use super::Failed;
        use super::types::*;
        use dlkm_rt::module;

        #[module]
        pub trait Shm {
            #[stub]
            fn get(key: Id) -> Result<Id, Failed>;
        }

        #[module]
        pub trait Sem {
            /// The same name as in the other.
            #[ustub]
            fn get(key: Id) -> Result<Id, Failed>;

            #[wstub(or = none)]
            fn count() -> u8;
        }

        fn none() -> u8 {
            0
        }
    }

    pub use api::{sem, shm};
}

mod drivers {
    pub(crate) mod shm {
        use crate::ipc::{Failed, api, types::Id};

        struct Driver;

        #[dlkm_rt::module]
        impl api::Shm for Driver {
            fn get(key: Id) -> Result<Id, Failed> {
                // A module may call another one.
                let Id(of) = api::sem::get(key)?;
                Ok(Id(of + 1))
            }
        }
    }

    pub(crate) mod sem {
        use crate::ipc::{Failed, api, types::Id};

        struct Driver;

        #[dlkm_rt::module]
        impl api::Sem for Driver {
            fn get(key: Id) -> Result<Id, Failed> {
                Ok(Id(key.0 * 2))
            }

            fn count() -> u8 {
                1
            }
        }
    }
}

fn main() {
    use ipc::types::Id;
    use ipc::{sem, shm::get};

    Kernel::boot(ModuleRoot::none()).unwrap();
    // A module that is linked in starts at the boot.
    assert_eq!(sem::count(), 1);
    assert_eq!(get(Id(3)).unwrap(), Id(7));
    assert_eq!(sem::get(Id(3)).unwrap(), Id(6));
    assert_eq!(sem::count(), 1);
    let as_value: fn(Id) -> Result<Id, ipc::Failed> = get;
    assert_eq!(as_value(Id(1)).unwrap(), Id(3));
}
