//! Whether a module fits a caller's stubs: the rule at load.
//!
//! Stubs bind by name and hash. A function that both know must be the same on both sides.
//! A function that only the module knows does not matter. A function that only the caller knows
//! is missing: if the module was built against an older interface, the other functions still
//! work; otherwise the function was removed, and the module is refused.

use crate::interface::{Export, InterfaceInfo};
use crate::write::Described;

impl InterfaceInfo {
    /// The position of each of `caller`'s functions in [`exports`](Self::exports); `None` for a
    /// function that was added after this module was built.
    ///
    /// # Errors
    /// The module does not fit. The error is a list of what differs, one sentence each.
    pub fn positions(&self, caller: &Described<'_>) -> Result<Vec<Option<usize>>, Vec<String>> {
        let wanted = caller.declaration.functions;
        let mut older = None;
        let mut fits = self.abi == caller.declaration.abi;
        let mut positions = Vec::with_capacity(wanted.len());
        for function in wanted.iter() {
            let named = |export: &Export| export.name() == function.name;
            let at = self.exports.iter().position(named);
            fits &= match at {
                Some(at) => self.exports[at].hash == function.hash,
                None => *older.get_or_insert_with(|| self.is_older(caller)),
            };
            positions.push(at);
        }
        if fits {
            Ok(positions)
        } else {
            Err(self.misfits(caller))
        }
    }

    /// Whether the module was built against an older interface than the caller's: its version is
    /// lower; or the versions are equal, as they are while an author works on the next one, and
    /// the module's functions are the first ones of the caller's.
    fn is_older(&self, caller: &Described<'_>) -> bool {
        let wanted = caller.declaration.functions;
        let (Some(ours), Some(theirs)) =
            (number(self.version()), number(caller.declaration.version))
        else {
            return false;
        };
        let begins = || {
            let mut pairs = self.exports.iter().zip(wanted.iter());
            self.exports.len() < wanted.len()
                && pairs.all(|(export, function)| export.name() == function.name)
        };
        ours < theirs || ours == theirs && begins()
    }

    /// Describes what `positions` found. The texts are parsed only here, when something is
    /// wrong already.
    #[cold]
    fn misfits(&self, caller: &Described<'_>) -> Vec<String> {
        let built_with = match InterfaceInfo::of_caller(caller) {
            Ok(built_with) => built_with,
            Err(error) => return vec![format!("the caller's own metadata can't be read: {error}")],
        };
        let differences = built_with.differences(self);
        match self.is_older(caller) {
            true => differences.without_removed().reasons(),
            false => differences.reasons(),
        }
    }
}

/// Major, minor, patch. A pre-release counts as its release.
fn number(version: &str) -> Option<[u64; 3]> {
    let numbers = version.split(['-', '+']).next()?;
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    let number = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(number)
}

#[cfg(test)]
mod tests;
