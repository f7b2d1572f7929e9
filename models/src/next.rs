//! Next versions of modules, for upgrades. `#[module(crate = dlkm_models::next)]` on an `impl`
//! places it here, and not among the modules of [`DLKM_MODULES`](crate::declare::module::DLKM_MODULES).
//! From [`release`] on it is what the module root has.

use std::cell::Cell;

use crate::declare::module::Wrapper;
use crate::metadata::Metadata;
use crate::world;

/// What the macro names.
#[doc(hidden)]
pub mod private {
    pub use crate::__place_next as place_module;
    pub use crate::private::*;
}

include!(concat!(env!("OUT_DIR"), "/private.rs"));

/// One for each module at most.
#[linkme::distributed_slice]
pub static NEXT: [Wrapper];

/// As `__place_module`, of an image that is linked into the model.
#[doc(hidden)]
#[macro_export]
macro_rules! __place_next {
    (
        names: [$wrapper:ident, $declared:ident, $image:ident],
        image: $in_image:meta,
        exports: [$($exports:expr),*],
        declared: $value:expr,
        load: $load:expr,
        unload: $unload:expr,
        save: $save:expr,
        hand_over: [],
    ) => {
        #[allow(non_upper_case_globals)]
        const $declared: $crate::private::Declared = $value;

        #[allow(non_upper_case_globals)]
        #[$crate::private::distributed_slice($crate::next::NEXT)]
        #[linkme(crate = $crate::private::linkme)]
        static $wrapper: $crate::private::Wrapper = $crate::private::Wrapper {
            metadata: {
                const TEXT: [u8; $declared.text_len(&$crate::private::BUILD)] = $declared.text(&$crate::private::BUILD);
                &TEXT
            },
            declared_at: "next",
            exports: &[$($exports),*],
            load: $load,
            unload: $unload,
            save: $save,
            handed_over: &[],
            owner: $crate::private::Owner::new("next", None),
            gathered: $crate::private::gathered,
        };
    };
}

std::thread_local! {
    /// The execution in which the next versions are out.
    static RELEASED: Cell<u64> = const { Cell::new(0) };
}

/// From now on the module root has the next version of each module that has one. Before other
/// threads are started.
pub fn release() {
    RELEASED.set(world::execution());
}

/// What the memory of a module's next version goes by, in [`memory`](crate::memory).
pub fn name(module: &str) -> String {
    format!("{module}, next")
}

/// The module that is mapped by this name, if it is a next version.
pub(crate) fn of_name(name: &str) -> Option<&'static Wrapper> {
    NEXT.iter()
        .find(|wrapper| self::name(metadata(wrapper).name()) == name)
}

/// The next version of a module, if it is out.
pub(crate) fn of(module: &str) -> Option<Metadata> {
    let out = RELEASED.get() == world::execution();
    let mut all = NEXT.iter().map(metadata).filter(|_| out);
    all.find(|metadata| metadata.name() == module)
}

fn metadata(wrapper: &Wrapper) -> Metadata {
    Metadata::parse(wrapper.metadata).expect("`#[module]` wrote it")
}
