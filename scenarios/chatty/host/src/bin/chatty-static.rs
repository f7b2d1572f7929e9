//! A static module shares the host's `log` and `tracing`: each record arrives once and unchanged.

use dlkm_rt::{Kernel, ModuleRoot};
use log::LevelFilter;
use scenario_chatty as _;
use scenario_chatty_api::chatty;
use scenario_chatty_host::{logger, subscriber::Recorder};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let logger = logger::set(LevelFilter::Info);
    let recorder = Recorder::default();
    tracing::subscriber::set_global_default(recorder.clone())?;
    Kernel::boot(ModuleRoot::none())?;
    chatty::levels()?;
    assert_eq!(
        logger.texts(),
        [
            "ERROR scenario_chatty an error",
            "WARN scenario_chatty a warning",
            "INFO scenario_chatty an information"
        ]
    );
    chatty::early()?;
    assert_eq!(
        recorder.take(),
        ["INFO scenario_chatty message=debug:early"]
    );
    Ok(())
}
