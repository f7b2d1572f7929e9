//! Unusual statements that must compile, and what the functions do.

#![deny(warnings, missing_docs)]

use std::panic;

use dlkm_rt::{Class, Kernel, ModuleRoot};

// In any order, ended by `;` or not, on one line.
dlkm_rt::modmeta! { module shm { autoload { wstub shmexit nomod_zero; stub shmget nomod_minus_one 3;
class unloadable } unloadable; states auto loaded static; loadable times auto early_boot_load
version 0.1.0-rc.1+b5 type streams_drv desc "shared memory" } }

/// Written by hand.
pub mod nested {
    fn nine() -> isize {
        9
    }

    /// Has the name of a stub.
    fn own() -> isize {
        10
    }

    mod inner {
        pub(super) const fn eleven() -> isize {
            11
        }
    }

    dlkm_rt::modmeta! {
        /// TCP over IP.
        #[allow(dead_code)]
        module tcp-ip {
            version "1.2.3"
            autoload {
                /// Nine without the module.
                stub none nine 0
                #[must_use]
                ustub own own 12
                ustub same own 12
                wstub deep inner::eleven 1
                wstub here self::nine
                wstub up super::twelve
                wstub root crate::twelve
                wstub r#type nomod_void
                ustub r#class nomod_einval 2
                ustub Hard 0 1
            }
        }
    }

    // In the same scope.
    dlkm_rt::modmeta! {
        module "udp" {
            autoload {
                stub bind 0
                stub hidden nomod_zero 32
            }
        }
    }
}

fn twelve() -> isize {
    12
}

macro_rules! weak {
    ($($module:ident: $class:ident $($name:ident $or:path, $words:literal)*;)*) => {
        $(dlkm_rt::modmeta! {
            module $module { autoload { class $class $(wstub $name $or $words)* } }
        })*
    };
}

weak! {
    audit: unloadable record nomod_zero, 1 seal twelve, 2;
    quota: load_only charge crate::twelve, 0;
}

/// A driver.
pub struct Driver;

shm_dlkm! {
    (load = init, critical)
    impl Shm for Driver {
        fn shmexit(a: usize, _: usize, _: usize, _: usize, _: usize, f: usize) -> isize {
            (a + f) as isize
        }

        fn shmget(key: usize, size: usize, flags: usize) -> isize {
            (key + size + flags) as isize
        }
    }
}

fn init(_: &dlkm_rt::LoadArg) -> Result<(), dlkm_rt::Errno> {
    Ok(())
}

audit_dlkm! {
    /// Documented, and without further keys.
    impl Audit for Driver {
        fn record(event: usize) -> isize {
            event as isize
        }

        fn seal(_: usize, _: usize) -> isize {
            1
        }
    }
}

quota_dlkm! {
    (crate = dlkm_rt, desc = "not in the statements")
    mod quota_driver {
        pub struct Driver;

        #[export]
        impl super::Quota for Driver {
            fn charge() -> isize {
                5
            }
        }
    }
}

fn message(call: fn() -> isize) -> String {
    let payload = panic::catch_unwind(call).unwrap_err();
    payload.downcast_ref::<String>().unwrap().clone()
}

fn main() {
    use nested::{tcp_ip, udp};

    assert_eq!(tcp_ip::none(), 9);
    assert_eq!(tcp_ip::own(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 10);
    assert_eq!(tcp_ip::same(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 10);
    assert_eq!(tcp_ip::deep(0), 11);
    assert_eq!(tcp_ip::here(0, 0, 0, 0, 0, 0), 9);
    assert_eq!(tcp_ip::up(0, 0, 0, 0, 0, 0), 12);
    assert_eq!(tcp_ip::root(0, 0, 0, 0, 0, 0), 12);
    assert_eq!(tcp_ip::r#type(0, 0, 0, 0, 0, 0), 0);
    assert_eq!(tcp_ip::class(0, 0), 22);
    let hard = message(|| tcp_ip::Hard(0));
    assert!(
        hard.starts_with("`tcp-ip::Hard` has no result without its module: ")
            && hard.contains("no kernel"),
        "{hard}"
    );
    assert_eq!(audit::record(7) + audit::seal(0, 0) + quota::charge(), 24);

    let kernel = Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(shm::shmget(1, 2, 4), 7);
    assert_eq!(shm::shmexit(1, 0, 0, 0, 0, 2), 3);
    kernel.load("audit").unwrap();
    kernel.load("quota").unwrap();
    assert_eq!(audit::record(7) + audit::seal(0, 0) + quota::charge(), 13);
    let hard = message(|| udp::bind(0, 0, 0, 0, 0, 0));
    assert!(
        hard.contains("`udp::bind`") && hard.contains("not linked into the program"),
        "{hard}"
    );

    let shm = kernel.module("shm").unwrap();
    assert_eq!(shm.version(), Some("0.1.0-rc.1+b5"));
    assert_eq!(
        <Driver as Shm>::DLKM_EXPORTS.interface.class,
        Class::Unloadable
    );
    assert_eq!(
        <Driver as Audit>::DLKM_EXPORTS.interface.class,
        Class::Unloadable
    );
    assert_eq!(
        <quota_driver::Driver as Quota>::DLKM_EXPORTS
            .interface
            .class,
        Class::LoadOnly
    );
}
