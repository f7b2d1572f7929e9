//! The lines about tunables.

use super::part::bad;
use super::{MODULE, Parser, line, room};
use crate::error::BadMetadata;
use crate::limits;
use crate::small::owned;
use crate::tunable::TunableInfo;

impl Parser<'_> {
    /// A line that begins a tunable, or one that belongs to the last that was begun.
    pub(super) fn tunable(&mut self, key: &str, value: &str) -> Result<(), BadMetadata> {
        if key == "tunable" {
            let tunable = line::tunable(value)?;
            room(self.tunables.len(), limits::TUNABLES, "tunables", MODULE)?;
            self.tunables.push(tunable);
            return Ok(());
        }
        let last = self.tunables.last_mut();
        let TunableInfo {
            name,
            default,
            min,
            max,
            choices,
            ..
        } = last.ok_or_else(|| bad(format_args!("`{key}` comes before any tunable")))?;
        let value = owned(value);
        match key {
            "min" => *min = Some(value),
            "max" => *max = Some(value),
            "choice" => {
                room(choices.len(), limits::TUNABLES, "choices", name)?;
                choices.push(value);
            }
            _ => *default = value,
        }
        Ok(())
    }
}
