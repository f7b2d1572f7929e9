//! `deaf <module root>`: the module loads and works, and none of its records arrives, where this
//! program or the module was built without the features.

use dlkm_rt::{Kernel, ModuleRoot};
use log::LevelFilter;
use scenario_chatty_api::chatty;
use scenario_chatty_host::{logger, mapped, subscriber::Recorder};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::args().nth(1).ok_or("usage: deaf <module root>")?;
    let logger = logger::set(LevelFilter::Trace);
    let recorder = Recorder::default();
    tracing::subscriber::set_global_default(recorder.clone())?;
    // SAFETY: the tests put the files there.
    let kernel = Kernel::boot(unsafe { ModuleRoot::trusted(root) })?;
    for _ in 0..2 {
        assert_eq!(chatty::connected()?, (false, false));
        chatty::levels()?;
        chatty::pairs()?;
        chatty::flush()?;
        chatty::events()?;
        chatty::fields()?;
        chatty::spans()?;
        chatty::keep_span()?;
        chatty::drop_span()?;
        kernel.unload("chatty")?;
        assert!(!mapped());
    }
    assert!(logger.take().is_empty());
    assert!(recorder.take().is_empty());
    println!("silent");
    Ok(())
}
