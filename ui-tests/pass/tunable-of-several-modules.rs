//! In a crate with several modules, a tunable belongs to the one around it.
#![deny(warnings)]

use dlkm_rt::{Kernel, ModuleRoot, module};

/// Has a tunable beside it, and one deeper.
mod disk {
    use dlkm_rt::{Tunable, module, tunable};

    #[module]
    pub trait Disk {
        #[stub(or = none)]
        fn size() -> u32;
    }

    fn none() -> u32 {
        0
    }

    pub struct Driver;

    #[module]
    impl Disk for Driver {
        fn size() -> u32 {
            SIZE.get() + inner::MORE.get()
        }
    }

    #[tunable(dynamic)]
    static SIZE: Tunable<u32> = Tunable::new(1);

    mod inner {
        use dlkm_rt::{Tunable, tunable};

        #[tunable]
        pub(super) static MORE: Tunable<u32> = Tunable::new(2);
    }

    /// A module in a module.
    #[module]
    mod cache {
        use dlkm_rt::{LoadArg, Tunable, tunable};

        #[tunable]
        static LINES: Tunable<u32> = Tunable::new(4);

        #[expect(dead_code)]
        fn lines(_: &LoadArg) -> u32 {
            LINES.get()
        }
    }
}

#[module]
mod tape {}

fn main() {
    let kernel = Kernel::boot(ModuleRoot::none()).expect("each tunable has a module");
    let names = |module| {
        let all = kernel.tunables(module).expect("it is linked in").into_iter();
        all.map(|one| one.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("disk"), ["more", "size"]);
    assert_eq!(names("cache"), ["lines"]);
    assert!(names("tape").is_empty());
    assert_eq!(disk::disk::size(), 3);
    kernel.tune("disk", "size", "7").expect("dynamic");
    assert_eq!(disk::disk::size(), 9);
}
