//! Reports images that are loaded although they are not trusted.

use super::observe::Event;
use super::report::Report;
use super::state::Kernel;
use crate::loader::Found;
use crate::primitive::lock;

impl Kernel {
    /// Reports a doubt about an image that was found to be loaded, if there is one. Each load is an
    /// event, and the same doubt is one report.
    pub(super) fn tell_doubt(&self, found: &Found) {
        let (Some(reason), Some(file)) = (&found.doubt, found.origin.file()) else {
            return;
        };
        let reason: &str = reason.as_ref();
        let module = found.metadata.name();
        let is_known = |one: &Report| {
            matches!(one, Report::Unverified { file: known, reason: same, .. }
                if known == file && same == reason)
        };
        let is_new = !lock(&self.reports).iter().any(is_known);
        if is_new {
            self.report(Report::Unverified {
                module: module.to_owned(),
                file: file.to_owned(),
                reason: reason.to_owned(),
            });
        }
        let event = Event::Unverified {
            module,
            file,
            reason,
        };
        self.observers.tell(&event);
    }
}
