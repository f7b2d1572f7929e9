//! What differs between two versions of an interface, down to the field.

mod named;
mod reach;
mod say;
mod signature;
mod types;

use crate::small::owned;
use std::fmt;

use crate::declaration::{Abi, Class};
use crate::interface::{Export, InterfaceInfo, TypeInfo};

use named::{Positions, Work};
use reach::Reach;
use say::say;
use types::Found;

/// What differs between an old and a new version of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences {
    abi: Option<(Abi, Abi)>,
    class: Option<(Class, Class)>,
    added: Vec<Export>,
    removed: Vec<Export>,
    changed: Vec<Change>,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    text: String,
    functions: Vec<String>,
    /// Whether the text names its function.
    own: bool,
}

impl InterfaceInfo {
    /// What changed from `self`, the old version of the interface, to `new`.
    ///
    /// ```
    /// use dlkm_metadata::Metadata;
    ///
    /// # let text = |code: &str, hash: &str| format!(
    /// #     "format=2\0name=codec\0version=0.1.0\0kind=misc\0desc=\0states=auto\0depends=\0\
    /// #      interface=codec load-only Rust 0.1.0\0\
    /// #      export=decode {hash}: fn(&[u8]) -> Result<Vec<u8>, CodecError>\0\
    /// #      type=struct size 8 align 8: CodecError\0field=code at 0: {code}\0\
    /// #      rustc=1\0commit=\0target=\0pointer=\0panic=\0runtime=\0sanitizer=\0flags=\0\
    /// #      features=\0"
    /// # );
    /// # let old_text = text("u32", "0000000000000001");
    /// # let new_text = text("u64", "0000000000000002");
    /// let old = Metadata::parse(old_text.as_bytes())?;
    /// let new = Metadata::parse(new_text.as_bytes())?;
    /// let differences = old.interfaces()[0].differences(&new.interfaces()[0]);
    /// assert!(differences.breaks());
    /// assert_eq!(
    ///     differences.changed()[0].to_string(),
    ///     "CodecError.code: u32 at 0 → u64 at 0 (decode)"
    /// );
    /// # Ok::<(), dlkm_metadata::BadMetadata>(())
    /// ```
    pub fn differences(&self, new: &InterfaceInfo) -> Differences {
        let (ours, theirs) = (names(&self.exports), names(&new.exports));
        let (ours, theirs) = (Positions::of(&ours), Positions::of(&theirs));
        let mut search = None;
        let mut changed = Changed::default();
        for before in &self.exports {
            let after = theirs.first(before.name()).map(|at| &new.exports[at]);
            if let Some(after) = after.filter(|after| after.hash != before.hash) {
                let search = search.get_or_insert_with(|| Search::new(self, new));
                search.function(before, after, &mut changed);
            }
        }
        Differences {
            abi: (self.abi != new.abi).then_some((self.abi, new.abi)),
            class: (self.class != new.class).then_some((self.class, new.class)),
            added: only(&new.exports, &ours),
            removed: only(&self.exports, &theirs),
            changed: changed.all,
        }
    }
}

fn names(exports: &[Export]) -> Vec<&str> {
    let mut names = Vec::with_capacity(exports.len());
    for one in exports {
        names.push(one.name());
    }
    names
}

/// The functions of `from` that the other side does not have.
fn only(from: &[Export], other: &Positions<'_>) -> Vec<Export> {
    let mut only = Vec::new();
    for one in from {
        if other.first(one.name()).is_none() {
            only.push(one.clone());
        }
    }
    only
}

impl Differences {
    /// The ABIs, if they differ.
    pub fn abi(&self) -> Option<(Abi, Abi)> {
        self.abi
    }

    /// The classes, if they differ. A module of either class serves callers of the other.
    pub fn class(&self) -> Option<(Class, Class)> {
        self.class
    }

    /// The functions that only the new version has.
    pub fn added(&self) -> &[Export] {
        &self.added
    }

    /// The functions that only the old version has.
    pub fn removed(&self) -> &[Export] {
        &self.removed
    }

    /// What makes functions of the same name differ, each thing once.
    pub fn changed(&self) -> &[Change] {
        &self.changed
    }

    /// Whether a caller that was built with the old interface can't use a module that was
    /// built with the new one.
    pub fn breaks(&self) -> bool {
        self.abi.is_some() || !self.removed.is_empty() || !self.changed.is_empty()
    }

    /// Everything that breaks callers of the old version, one sentence each.
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if let Some((old, new)) = self.abi {
            say(
                &mut reasons,
                format_args!("ABI: {} → {}", old.as_str(), new.as_str()),
            );
        }
        for one in &self.removed {
            say(&mut reasons, format_args!("`{}` is missing", one.name()));
        }
        for change in &self.changed {
            say(&mut reasons, format_args!("{change}"));
        }
        reasons
    }

    /// For a module that is older than its caller, and can't have all of its functions.
    pub(super) fn without_removed(mut self) -> Self {
        self.removed.clear();
        self
    }
}

impl Change {
    /// What differs: `CodecError.code: i32 at 0 → i64 at 0`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The functions it affects.
    pub fn functions(&self) -> &[String] {
        &self.functions
    }

    /// Whether it is the function's own signature that differs, so that the text names the
    /// function.
    pub fn in_signature(&self) -> bool {
        self.own
    }
}

/// The text, and some of the functions.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Keeps the text on one line.
        const MOST: usize = 3;
        f.write_str(&self.text)?;
        if self.own {
            return Ok(());
        }
        let named = self.functions.len().min(MOST);
        f.write_str(" (")?;
        for (i, function) in self.functions[..named].iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            f.write_str(function)?;
        }
        match self.functions.len() - named {
            0 => f.write_str(")"),
            more => write!(f, " and {more} more)"),
        }
    }
}

/// Finds out why the hashes of two functions of the same name differ.
struct Search<'a> {
    old: &'a InterfaceInfo,
    new: &'a InterfaceInfo,
    /// `None` if the types are too many to find out which function uses which.
    reach: Option<(Reach<'a>, Reach<'a>)>,
    work: Work,
}

impl<'a> Search<'a> {
    fn new(old: &'a InterfaceInfo, new: &'a InterfaceInfo) -> Self {
        let mut work = Work::new();
        let reach = Reach::new(old, &mut work);
        let reach = reach.and_then(|old| Some((old, Reach::new(new, &mut work)?)));
        Search {
            old,
            new,
            reach,
            work,
        }
    }

    fn function(&mut self, before: &Export, after: &Export, changed: &mut Changed) {
        let name = before.name();
        let own = signature::differences(name, before.signature(), after.signature());
        let Some(found) = self.types(before, after, own.is_empty()) else {
            let text = format!("{name} differs; its types are too many to compare");
            return changed.add(text, name, true);
        };
        let shown = if own.is_empty() && found.causes.is_empty() {
            found.effects
        } else {
            found.causes
        };
        if own.is_empty() && shown.is_empty() {
            let text = format!("{name} differs in a way that its description does not show");
            changed.add(text, name, true);
        }
        for (texts, own) in [(own, true), (shown, false)] {
            for text in texts {
                changed.add(text, name, own);
            }
        }
    }

    /// What differs in the types that the function uses; `None` if that is too much work.
    fn types(&mut self, before: &Export, after: &Export, same: bool) -> Option<Found> {
        let Search { reach, work, .. } = self;
        let (old, new) = reach.as_ref()?;
        let mut found = Found::default();
        compare_types(
            &old.of(before.signature(), work)?,
            &new.of(after.signature(), work)?,
            &mut found,
            work,
        )?;
        if same && found.causes.is_empty() && found.effects.is_empty() {
            // A type that the signature names by an alias.
            compare_types(&all(self.old), &all(self.new), &mut found, work)?;
        }
        let mut length = 0;
        for text in found.causes.iter().chain(&found.effects) {
            length += text.len() + before.name().len();
        }
        work.take(length).then_some(found)
    }
}

/// The changes, each once.
#[derive(Default)]
struct Changed {
    all: Vec<Change>,
    /// The positions in `all`, sorted by their texts.
    sorted: Vec<usize>,
}

impl Changed {
    fn add(&mut self, text: String, function: &str, own: bool) {
        let all = &mut self.all;
        let place = self.sorted.binary_search_by(|at| {
            let known = &all[*at];
            (&*known.text, known.own).cmp(&(&*text, own))
        });
        match place {
            Ok(at) => {
                // One function adds all of its texts before the next one does.
                let functions = &mut all[self.sorted[at]].functions;
                if functions.last().is_none_or(|last| last != function) {
                    functions.push(owned(function));
                }
            }
            Err(at) => {
                self.sorted.insert(at, all.len());
                all.push(Change {
                    text,
                    functions: vec![owned(function)],
                    own,
                });
            }
        }
    }
}

/// Compares the types whose name is on both sides. If a name is gone, the place that named the
/// type shows it. Several types of one name are compared in order.
///
/// Returns `None` if that is too much work.
fn compare_types(
    old: &[&TypeInfo],
    new: &[&TypeInfo],
    found: &mut Found,
    work: &mut Work,
) -> Option<()> {
    let (mut ours, mut theirs, mut steps) = (Vec::new(), Vec::new(), 0);
    for (types, names) in [(old, &mut ours), (new, &mut theirs)] {
        for one in types {
            names.push(one.name());
            steps += STEPS * types::size(one);
        }
    }
    if !work.take(steps) {
        return None;
    }
    let (ours, theirs) = (Positions::of(&ours), Positions::of(&theirs));
    for (at, one) in old.iter().enumerate() {
        let before = ours.nth(one.name(), at);
        let (ours, theirs) = (ours.all(one.name()), theirs.all(one.name()));
        if let Some((_, other)) = theirs.get(before) {
            types::compare(one, new[*other], found);
        }
        if before == 0 && !theirs.is_empty() && ours.len() != theirs.len() {
            let name = types::plain_name(one);
            let (ours, theirs) = (ours.len(), theirs.len());
            say(
                &mut found.causes,
                format_args!("{name}: types of that name: {ours} → {theirs}"),
            );
        }
    }
    Some(())
}

/// The steps of comparing one field, compared to those of looking for a name in a text.
const STEPS: usize = 64;

fn all(interface: &InterfaceInfo) -> Vec<&TypeInfo> {
    interface.types.iter().collect()
}

#[cfg(test)]
mod tests;
