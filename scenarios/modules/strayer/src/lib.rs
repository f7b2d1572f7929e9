//! `strayer`: uses a library with a tunable, and has one of its own.
#![deny(unsafe_code, missing_docs, warnings)]

/// The driver.
#[dlkm_rt::module(load = load)]
pub mod strayer {
    use dlkm_rt::{LoadArg, Tunable, tunable};

    #[tunable]
    static OWN: Tunable<u32> = Tunable::new(1);

    fn load(_: &LoadArg) -> Result<(), String> {
        Err(format!("{} {}", OWN.get(), scenario_stray::lost()))
    }
}
