//! What differs between two versions of an interface, down to the field.

mod say;
mod signature;
mod types;

use std::fmt;

use crate::declaration::{Abi, Class};
use crate::interface::{Export, FieldInfo, InterfaceInfo, TypeInfo};

use say::say;
use types::Found;

/// What differs between an interface of before and one of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences {
    abi: Option<(Abi, Abi)>,
    class: Option<(Class, Class)>,
    added: Vec<Export>,
    removed: Vec<Export>,
    changed: Vec<Change>,
}

/// One thing that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    text: String,
    functions: Vec<String>,
    /// The text names its function.
    own: bool,
}

impl InterfaceInfo {
    /// What is not as it was in `self` if the interface is now `new`.
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
        let mut changed = Vec::new();
        for before in &self.exports {
            let after = new.exports.iter().find(|one| one.name() == before.name());
            if let Some(after) = after.filter(|after| after.hash != before.hash) {
                function((self, before), (new, after), &mut changed);
            }
        }
        Differences {
            abi: (self.abi != new.abi).then_some((self.abi, new.abi)),
            class: (self.class != new.class).then_some((self.class, new.class)),
            added: only(new, self),
            removed: only(self, new),
            changed,
        }
    }
}

/// The functions of `from` that `other` does not have.
fn only(from: &InterfaceInfo, other: &InterfaceInfo) -> Vec<Export> {
    let mut only = Vec::new();
    for one in &from.exports {
        if other.exports.iter().all(|known| known.name() != one.name()) {
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

    /// The functions that are new.
    pub fn added(&self) -> &[Export] {
        &self.added
    }

    /// The functions that are gone.
    pub fn removed(&self) -> &[Export] {
        &self.removed
    }

    /// What makes functions of one name differ, each once.
    pub fn changed(&self) -> &[Change] {
        &self.changed
    }

    /// Whether a caller that was built with the old interface can't use a module that was
    /// built with the new one.
    pub fn breaks(&self) -> bool {
        self.abi.is_some() || !self.removed.is_empty() || !self.changed.is_empty()
    }

    /// All that breaks, as sentences.
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

    /// For a module that came before its caller, and can't have all of its functions.
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

    /// The functions that it concerns.
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
        /// So that the line stays a line.
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

/// Why the hashes of two functions of one name differ.
fn function(
    (old, before): (&InterfaceInfo, &Export),
    (new, after): (&InterfaceInfo, &Export),
    changed: &mut Vec<Change>,
) {
    let name = before.name();
    let own = signature::differences(name, before.signature(), after.signature());
    let mut found = Found::default();
    compare_types(
        &reachable(old, before.signature()),
        &reachable(new, after.signature()),
        &mut found,
    );
    if own.is_empty() && found.causes.is_empty() && found.effects.is_empty() {
        // A type that stands in the signature under another name, an alias.
        compare_types(&all(old), &all(new), &mut found);
    }
    let shown = if own.is_empty() && found.causes.is_empty() {
        found.effects
    } else {
        found.causes
    };
    if own.is_empty() && shown.is_empty() {
        let text = format!("{name} differs in a way that its description does not show");
        add(changed, text, name, true);
    }
    for (texts, own) in [(own, true), (shown, false)] {
        for text in texts {
            add(changed, text, name, own);
        }
    }
}

fn add(changed: &mut Vec<Change>, text: String, function: &str, own: bool) {
    let known = changed
        .iter_mut()
        .find(|one| one.text == text && one.own == own);
    match known {
        Some(change) if change.functions.iter().any(|known| known == function) => {}
        Some(change) => change.functions.push(function.to_owned()),
        None => changed.push(Change {
            text,
            functions: vec![function.to_owned()],
            own,
        }),
    }
}

/// Types that have a name on both sides; else the name is gone, which shows where it stood.
/// Several of one name are taken in order.
fn compare_types(old: &[&TypeInfo], new: &[&TypeInfo], found: &mut Found) {
    for (at, one) in old.iter().enumerate() {
        let before = count(&old[..at], one.name());
        let mut left = before;
        for other in new {
            if other.name() == one.name() {
                if left == 0 {
                    types::compare(one, other, found);
                    break;
                }
                left -= 1;
            }
        }
        let (ours, theirs) = (count(old, one.name()), count(new, one.name()));
        if before == 0 && theirs > 0 && ours != theirs {
            let name = types::plain_name(one);
            say(
                &mut found.causes,
                format_args!("{name}: types of that name: {ours} → {theirs}"),
            );
        }
    }
}

#[inline(never)]
fn count(types: &[&TypeInfo], name: &str) -> usize {
    types.iter().filter(|one| one.name() == name).count()
}

fn all(interface: &InterfaceInfo) -> Vec<&TypeInfo> {
    interface.types.iter().collect()
}

/// The types that a function uses, in the order in which one comes across them.
fn reachable<'a>(interface: &'a InterfaceInfo, signature: &str) -> Vec<&'a TypeInfo> {
    let mut left = all(interface);
    let mut reached = Vec::new();
    take(signature, &mut left, &mut reached);
    let mut next = 0;
    while let Some(ty) = reached.get(next).copied() {
        for variant in &ty.variants {
            take_all(&variant.fields, &mut left, &mut reached);
        }
        take_all(&ty.fields, &mut left, &mut reached);
        next += 1;
    }
    reached
}

fn take_all<'a>(
    fields: &[FieldInfo],
    left: &mut Vec<&'a TypeInfo>,
    reached: &mut Vec<&'a TypeInfo>,
) {
    for field in fields {
        take(field.ty(), left, reached);
    }
}

/// Moves those that the text mentions.
#[inline(never)]
fn take<'a>(text: &str, left: &mut Vec<&'a TypeInfo>, reached: &mut Vec<&'a TypeInfo>) {
    let mut at = 0;
    while let Some(ty) = left.get(at) {
        if types::mentions(text, ty) {
            reached.push(left.remove(at));
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests;
