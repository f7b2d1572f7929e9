//! Events of the kernel, as events of `tracing`.

use std::error::Error;
use std::path::Path;

use super::observe::{Event, Observer};

/// What filters know the kernel's events by.
const TARGET: &str = "dlkm";

/// Tells the host's `tracing` subscriber what the kernel does. With the feature `tracing`.
///
/// All events have the target `dlkm`, so that a filter like `dlkm=warn` decides on them, and a
/// field `module` with the module's name. They are in the span that the thread is in which
/// caused them: the caller's, where a call loads a module.
///
/// | message | level | fields beside `module` |
/// |---|---|---|
/// | `loaded` | INFO | `version`, `file` (not for a static module), `asked_by`, `took` |
/// | `unloaded` | INFO | `kept` (why its code stays, if the kernel keeps it) |
/// | `upgraded` | INFO | `version`, `from`, `took`, `drained` (whether the old version is out of use) |
/// | `not upgraded` | WARN: the old version goes on | `error`, with its sources |
/// | `retired` | INFO | `version` (the old one, which is gone), `error` of its unload hook, `kept` |
/// | `not loaded` | WARN: the caller got an error or took its fallback | `error`, with its sources |
///
/// What a newer kernel tells beside is DEBUG until it gets a message of its own, with a field
/// `event`.
///
/// ```
/// use dlkm_rt::{Kernel, ModuleRoot, TraceEvents};
///
/// let kernel = Kernel::boot(ModuleRoot::none())?;
/// kernel.observe(TraceEvents);
/// # Ok::<(), dlkm_rt::BootError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TraceEvents;

impl Observer for TraceEvents {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Loaded {
                module,
                asked_by,
                took,
                ..
            } => tracing::info!(
                target: TARGET,
                module = module.name(),
                version = module.version(),
                file = module.file().map(Path::display).map(tracing::field::display),
                %asked_by,
                took = ?took,
                "loaded"
            ),
            Event::LoadFailed { module, error, .. } => tracing::warn!(
                target: TARGET,
                module,
                error = *error as &(dyn Error + 'static),
                "not loaded"
            ),
            Event::Unloaded { module, kept, .. } => tracing::info!(
                target: TARGET,
                module,
                kept = kept.map(tracing::field::display),
                "unloaded"
            ),
            Event::Upgraded {
                module,
                from,
                took,
                drained,
                ..
            } => tracing::info!(
                target: TARGET,
                module = module.name(),
                version = module.version(),
                from,
                took = ?took,
                drained,
                "upgraded"
            ),
            Event::UpgradeFailed { module, error, .. } => tracing::warn!(
                target: TARGET,
                module,
                error = *error as &(dyn Error + 'static),
                "not upgraded"
            ),
            Event::Retired {
                module,
                version,
                error,
                kept,
                ..
            } => tracing::info!(
                target: TARGET,
                module,
                version,
                error = error.map(|error| error as &(dyn Error + 'static)),
                kept = kept.map(tracing::field::display),
                "retired"
            ),
            #[allow(
                unreachable_patterns,
                reason = "an event that is added shows, if not as well as it could"
            )]
            other => tracing::debug!(target: TARGET, event = ?other, "something else"),
        }
    }
}
