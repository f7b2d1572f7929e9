//! Whether a module fits a caller's stubs: the rule at load.
//!
//! Stubs bind by name and hash. A function that both know must be the same on both sides.
//! One that only the module knows is nobody's concern. One that only the caller knows is
//! missing where the module was built against an older interface, and the rest works;
//! else it was taken away, and with it goes the promise that the module keeps its word.

use crate::interface::{Export, InterfaceInfo};
use crate::write::Described;

impl InterfaceInfo {
    /// Where the functions of `caller` stand in [`exports`](Self::exports), `None` for those
    /// that came after this module was built.
    ///
    /// # Errors
    /// The module does not fit: what differs, one sentence each.
    pub fn positions(&self, caller: &Described<'_>) -> Result<Vec<Option<usize>>, Vec<String>> {
        let wanted = caller.declaration.functions;
        let mut older = None;
        let mut fits = self.abi == caller.declaration.abi;
        let mut positions = Vec::with_capacity(wanted.len());
        for function in wanted {
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

    /// Whether the module was built against an interface that came before the caller's: its
    /// version is lower; or the versions are equal, as they are while an author works on
    /// the next one, and what the module has is how the caller's begins.
    fn is_older(&self, caller: &Described<'_>) -> bool {
        let wanted = caller.declaration.functions;
        let (Some(ours), Some(theirs)) =
            (number(self.version()), number(caller.declaration.version))
        else {
            return false;
        };
        let begins = || {
            let mut pairs = self.exports.iter().zip(wanted);
            self.exports.len() < wanted.len()
                && pairs.all(|(export, function)| export.name() == function.name)
        };
        ours < theirs || ours == theirs && begins()
    }

    /// Says what `positions` found. The texts are taken apart only here, where something is
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
