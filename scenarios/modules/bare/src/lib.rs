//! `bare`: a module without an interface, for its hooks alone.

use dlkm_rt::module;

#[module(load = load, unload = unload)]
mod bare {
    use dlkm_rt::{LoadArg, LoadError};

    fn load(_: &LoadArg) -> Result<(), LoadError> {
        scenario_api::plan::ask("bare load").map(drop)
    }

    fn unload(_: &LoadArg) -> Result<(), LoadError> {
        scenario_api::plan::ask("bare unload").map(drop)
    }
}
