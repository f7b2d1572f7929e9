//! The types that hosts and modules of the peers share.

/// The types for abi_stable.
pub mod with_abi_stable {
    use abi_stable::StableAbi;
    use abi_stable::library::RootModule;
    use abi_stable::sabi_types::VersionStrings;

    /// The root module.
    #[repr(C)]
    #[derive(StableAbi)]
    #[sabi(kind(Prefix(prefix_ref = AdderRef)))]
    #[sabi(missing_field(panic))]
    pub struct Adder {
        /// Adds.
        #[sabi(last_prefix_field)]
        pub add: extern "C" fn(u64, u64) -> u64,
    }

    impl RootModule for AdderRef {
        abi_stable::declare_root_module_statics! { AdderRef }
        const BASE_NAME: &'static str = "peer_abi_stable";
        const NAME: &'static str = "peer_abi_stable";
        const VERSION_STRINGS: VersionStrings = abi_stable::package_version_strings!();
    }
}

/// The types for stabby.
pub mod with_stabby {
    /// Adds.
    #[stabby::stabby]
    pub trait Adder {
        /// Adds.
        extern "C" fn add(&self, a: u64, b: u64) -> u64;
    }

    /// An object of a module.
    pub type Object = stabby::dynptr!(stabby::boxed::Box<dyn Adder + Send + Sync>);
}
