//! `bare`: a module with hooks and no interface.

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
