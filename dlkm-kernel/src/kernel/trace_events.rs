//! Events of the kernel, as events of `tracing`.

use std::error::Error;
use std::path::Path;

use super::observe::{Event, Observer};

/// The target of the kernel's events, for filters.
const TARGET: &str = "dlkm";

/// Reports what the kernel does to the host's `tracing` subscriber. With the feature `tracing`.
///
/// All events have the target `dlkm`, so that a filter like `dlkm=warn` applies to them, and a
/// field `module` with the module's name. They are in the current span of the thread that
/// caused them: if a call loads a module, the caller's span.
///
/// | message | level | fields besides `module` |
/// |---|---|---|
/// | `loaded` | INFO | `version`, `file` (not for a static module), `asked_by`, `took` |
/// | `unloaded` | INFO | `kept` (why its code stays, if the kernel keeps it), `left` (bytes that it left on the heap) |
/// | `upgraded` | INFO | `version`, `build`, `from`, `from_build`, `took`, `drained` (whether the old version is out of use) |
/// | `not upgraded` | WARN: the old version continues to serve | `error`, with its sources |
/// | `retired` | INFO | `version` (the version that was unloaded), `error` of its unload hook, `kept`, `left` |
/// | `not loaded` | WARN: the caller got an error or took its fallback | `error`, with its sources |
///
/// Events without a message of their own yet are DEBUG, with a field `event`.
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
                asked_by = &*asked_by.to_string(),
                took = ?took,
                "loaded"
            ),
            Event::LoadFailed { module, error, .. } => tracing::warn!(
                target: TARGET,
                module,
                error = *error as &(dyn Error + 'static),
                "not loaded"
            ),
            Event::Unloaded {
                module, kept, left, ..
            } => tracing::info!(
                target: TARGET,
                module,
                kept = kept.map(tracing::field::display),
                left = *left as i64,
                "unloaded"
            ),
            Event::Upgraded {
                module,
                build,
                from,
                from_build,
                took,
                drained,
                ..
            } => tracing::info!(
                target: TARGET,
                module = module.name(),
                version = module.version(),
                build = build.map(tracing::field::display),
                from,
                from_build = from_build.map(tracing::field::display),
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
                left,
                ..
            } => tracing::info!(
                target: TARGET,
                module,
                version,
                error = error.map(|error| error as &(dyn Error + 'static)),
                kept = kept.map(tracing::field::display),
                left = *left as i64,
                "retired"
            ),
            Event::Unverified {
                module,
                file,
                reason,
                ..
            } => tracing::warn!(
                target: TARGET,
                module,
                file = %file.display(),
                reason,
                "not verified"
            ),
            #[allow(
                unreachable_patterns,
                reason = "a new event is reported, even before it has a message of its own"
            )]
            other => tracing::debug!(target: TARGET, event = ?other, "something else"),
        }
    }
}
