//! Prints the events of `--trace`.

use std::path::Path;
use std::time::Instant;

use dlkm_rt::{Event, Observer};

use crate::say::say;

/// Prints each load, failed load and unload of a module.
pub(crate) struct Trace {
    started: Instant,
}

impl Trace {
    /// Counts time from `started`.
    pub(crate) fn new(started: Instant) -> Self {
        Self { started }
    }
}

impl Observer for Trace {
    fn event(&self, event: &Event<'_>) {
        let now = self.started.elapsed();
        match event {
            Event::Loaded {
                module,
                asked_by,
                took,
                ..
            } => say(format_args!(
                "trace: at {now:.1?}: loaded {} {} for {asked_by} from {} in {took:.1?}",
                module.name(),
                module.version().unwrap_or_default(),
                module
                    .file()
                    .unwrap_or(Path::new("the program itself"))
                    .display(),
            )),
            Event::LoadFailed { error, .. } => {
                say(format_args!("trace: at {now:.1?}: {error}"));
            }
            Event::Unloaded { module, .. } => {
                say(format_args!("trace: at {now:.1?}: unloaded {module}"));
            }
            // Events of newer runtimes.
            _ => {}
        }
    }
}
