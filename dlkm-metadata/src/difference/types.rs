//! What differs between two types of the same name.

use std::fmt;

use super::named::Positions;
use super::say::say;
use crate::interface::{FieldInfo, TypeInfo, TypeKind, VariantInfo};
use crate::small;

/// What differs. Effects of another difference, such as an offset that moved because the field
/// before it grew, are kept apart: they are reported only if there is no other difference.
#[derive(Default)]
pub(super) struct Found {
    pub(super) causes: Vec<String>,
    pub(super) effects: Vec<String>,
}

/// Which type or variant the fields belong to, and how to name them.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a str,
    of_trait: bool,
}

impl Place<'_> {
    /// `CodecError.code`, `Sink::put`, or `Sink: supertrait Display`.
    fn of(self, field: &FieldInfo) -> String {
        let (path, name) = (self.path, field.name());
        let method = small::contains(field.ty(), "fn(");
        match self.of_trait {
            false => format!("{path}.{name}"),
            true if method => format!("{path}::{name}"),
            true => format!("{path}: supertrait {name}"),
        }
    }

    /// The same, with the arguments of a supertrait: a trait may have `G<u8>` and `G<u16>`.
    fn whole(self, field: &FieldInfo) -> String {
        match (self.of_trait, field.ty().strip_prefix("dyn ")) {
            (true, Some(name)) => format!("{}: supertrait {name}", self.path),
            _ => self.of(field),
        }
    }

    fn noun(self) -> &'static str {
        match self.of_trait {
            false => "fields",
            true => "methods",
        }
    }
}

pub(super) fn compare(old: &TypeInfo, new: &TypeInfo, found: &mut Found) {
    let name = plain_name(old);
    if old.kind != new.kind {
        let (old, new) = (old.kind.as_str(), new.kind.as_str());
        say(&mut found.causes, format_args!("{name}: {old} → {new}"));
        return;
    }
    if old.repr() != new.repr() {
        let shown = |repr| match repr {
            "" => "no repr",
            repr => repr,
        };
        let (old, new) = (shown(old.repr()), shown(new.repr()));
        say(&mut found.causes, format_args!("{name}: {old} → {new}"));
    }
    if old.bounds != new.bounds {
        let (old, new) = (or_none(&old.bounds), or_none(&new.bounds));
        say(
            &mut found.causes,
            format_args!("{name}: bounds {old} → {new}"),
        );
    }
    variants(name, &old.variants, &new.variants, found);
    let of_trait = old.kind == TypeKind::Trait;
    let place = Place {
        path: name,
        of_trait,
    };
    fields(place, &old.fields, &new.fields, found);
    for (what, before, after) in [
        ("size", old.size(), new.size()),
        ("alignment", old.align(), new.align()),
    ] {
        if before != after {
            let shown = |number: Option<usize>| number.and_then(|n| i128::try_from(n).ok());
            let (before, after) = (Shown(shown(before)), Shown(shown(after)));
            say(
                &mut found.effects,
                format_args!("{name}: {what} {before} → {after}"),
            );
        }
    }
    if old.niche != new.niche {
        let room = |niche| if niche { "no more room" } else { "more room" };
        say(
            &mut found.effects,
            format_args!(
                "{name}: `Option` of it takes {} → {}",
                room(old.niche),
                room(new.niche)
            ),
        );
    }
}

fn variants(name: &str, old: &[VariantInfo], new: &[VariantInfo], found: &mut Found) {
    let mut names = [Vec::new(), Vec::new()];
    for (names, variants) in names.iter_mut().zip([old, new]) {
        for one in variants {
            names.push(&*one.name);
        }
    }
    let changes = Names::of(&names[0], &names[1], &|before, after| {
        let (one, other) = (&old[before], &new[after]);
        one.value == other.value && same_fields(&one.fields, &other.fields)
    });
    for change in &changes.texts {
        change.say(found, name, "variants", &|is_new, at| {
            let list = if is_new { new } else { old };
            format!("{name}: variant {}", list[at].name)
        });
    }
    for (before, after) in changes.pairs {
        let (one, other) = (&old[before], &new[after]);
        let path = format!("{name}::{}", one.name);
        // Without explicit discriminants, adding or removing a variant renumbers those after
        // it. That needs no report of its own.
        let counted = |value: Option<i128>, at: usize| value == i128::try_from(at).ok();
        let follows = changes.moved && counted(one.value, before) && counted(other.value, after);
        if one.value != other.value && !follows {
            let (old, new) = (Shown(one.value), Shown(other.value));
            say(
                &mut found.causes,
                format_args!("{path}: value {old} → {new}"),
            );
        }
        let place = Place {
            path: &path,
            of_trait: false,
        };
        fields(place, &one.fields, &other.fields, found);
    }
}

fn fields(place: Place<'_>, old: &[FieldInfo], new: &[FieldInfo], found: &mut Found) {
    let changes = Names::of(&names(old), &names(new), &|before, after| {
        old[before].ty() == new[after].ty() && !numbered(&old[before])
    });
    for change in &changes.texts {
        change.say(found, place.path, place.noun(), &|is_new, at| {
            let list = if is_new { new } else { old };
            place.whole(&list[at])
        });
    }
    for (before, after) in changes.pairs {
        let (one, other) = (&old[before], &new[after]);
        let label = place.of(one);
        if one.ty() != other.ty() {
            let (old, new) = (with_offset(one), with_offset(other));
            say(&mut found.causes, format_args!("{label}: {old} → {new}"));
        } else if one.lifetimes != other.lifetimes {
            let (old, new) = (or_none(&one.lifetimes), or_none(&other.lifetimes));
            say(
                &mut found.causes,
                format_args!("{label}: lifetimes {old} → {new}"),
            );
        } else if let (Some(old), Some(new)) = (one.offset, other.offset)
            && old != new
        {
            say(
                &mut found.effects,
                format_args!("{label}: at {old} → at {new}"),
            );
        }
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

/// Whether the field has a number for a name, as in a tuple: then it is never renamed.
fn numbered(field: &FieldInfo) -> bool {
    field.name().starts_with(|sign: char| sign.is_ascii_digit())
}

fn names(fields: &[FieldInfo]) -> Vec<&str> {
    let mut names = Vec::new();
    for field in fields {
        names.push(field.name());
    }
    names
}

/// Whether names and types are equal.
fn same_fields(old: &[FieldInfo], new: &[FieldInfo]) -> bool {
    let same = |(one, other): (&FieldInfo, &FieldInfo)| {
        one.name() == other.name() && one.ty() == other.ty()
    };
    old.len() == new.len() && old.iter().zip(new).all(same)
}

/// A number that may be unknown.
struct Shown(Option<i128>);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => number.fmt(f),
            None => f.write_str("none"),
        }
    }
}

fn with_offset(field: &FieldInfo) -> String {
    match field.offset {
        Some(offset) => format!("{} at {offset}", field.ty()),
        None => field.ty().to_owned(),
    }
}

/// What differs between two lists of names.
struct Names<'a> {
    texts: Vec<Text<'a>>,
    /// The positions, in the old and the new list, of what is in both, renamed or not.
    pairs: Vec<(usize, usize)>,
    /// Whether something was added, removed, or moved.
    moved: bool,
}

enum Text<'a> {
    /// A position in the old list, and the new name.
    Renamed(usize, &'a str),
    /// A position in the old list.
    Removed(usize),
    /// A position in the new list.
    Added(usize),
    Order(String, String),
}

impl Text<'_> {
    /// `label` shows what is at a position in the new list (`true`) or in the old one.
    fn say(
        &self,
        found: &mut Found,
        path: &str,
        noun: &str,
        label: &dyn Fn(bool, usize) -> String,
    ) {
        let texts = &mut found.causes;
        match self {
            Text::Renamed(old, new) => {
                say(
                    texts,
                    format_args!("{} is renamed to {new}", label(false, *old)),
                );
            }
            Text::Removed(one) => say(texts, format_args!("{} is removed", label(false, *one))),
            Text::Added(one) => say(texts, format_args!("{} is added", label(true, *one))),
            Text::Order(old, new) => {
                say(
                    texts,
                    format_args!("{path}: {noun} in another order: {old} → {new}"),
                );
            }
        }
    }
}

impl<'a> Names<'a> {
    /// Of a name that is in a list several times, the first one belongs to the first one of the other
    /// list, and so on. A name that is in one list only was renamed if the name at its position in the other
    /// list is in that list only, and `same` says that the rest did not change.
    fn of(old: &[&'a str], new: &[&'a str], same: &dyn Fn(usize, usize) -> bool) -> Self {
        let (ours, theirs) = (Positions::of(old), Positions::of(new));
        let renamed = |at: usize| {
            let (Some(before), Some(after)) = (old.get(at), new.get(at)) else {
                return false;
            };
            theirs.first(before).is_none() && ours.first(after).is_none() && same(at, at)
        };
        let mut texts = Vec::new();
        let mut pairs = Vec::new();
        for (before, name) in old.iter().enumerate() {
            if renamed(before) {
                texts.push(Text::Renamed(before, new[before]));
                pairs.push((before, before));
            } else if let Some((_, after)) = theirs.all(name).get(ours.nth(name, before)) {
                pairs.push((before, *after));
            } else {
                texts.push(Text::Removed(before));
            }
        }
        for (after, name) in new.iter().enumerate() {
            if theirs.nth(name, after) >= ours.all(name).len() && !renamed(after) {
                texts.push(Text::Added(after));
            }
        }
        let mut moved = old.len() != new.len() || pairs.len() != old.len();
        if pairs.windows(2).any(|two| two[0].1 > two[1].1) {
            moved = true;
            let (old, new) = window(old, new);
            texts.push(Text::Order(joined(old), joined(new)));
        }
        Names {
            texts,
            pairs,
            moved,
        }
    }
}

fn joined(names: &[&str]) -> String {
    let mut all = String::new();
    for (i, name) in names.iter().enumerate() {
        all.push_str(if i == 0 { "" } else { ", " });
        all.push_str(name);
    }
    all
}

/// The lists without what they have in common at both ends.
fn window<'a, 'b>(
    mut old: &'a [&'b str],
    mut new: &'a [&'b str],
) -> (&'a [&'b str], &'a [&'b str]) {
    while let ([one, rest @ ..], [other, others @ ..]) = (old, new)
        && one == other
    {
        (old, new) = (rest, others);
    }
    while let ([rest @ .., one], [others @ .., other]) = (old, new)
        && one == other
    {
        (old, new) = (rest, others);
    }
    (old, new)
}

/// The name of a trait without the syntax of a trait object: `Sink` for `(dyn Sink + Send)`.
pub(super) fn plain_name(ty: &TypeInfo) -> &str {
    let name = ty.name().trim_start_matches('(').trim_end_matches(')');
    let name = match ty.kind {
        TypeKind::Trait => name.strip_suffix(ty.repr()).unwrap_or(name).trim_end(),
        _ => return ty.name(),
    };
    name.strip_prefix("dyn ").unwrap_or(name)
}

/// How many names the type has.
pub(super) fn size(ty: &TypeInfo) -> usize {
    let mut size = 1 + ty.fields.len();
    for variant in &ty.variants {
        size += 1 + variant.fields.len();
    }
    size
}

/// Whether `text`, a signature or a field's type, names the type.
pub(super) fn mentions(text: &str, ty: &TypeInfo) -> bool {
    let (bytes, name) = (text.as_bytes(), ty.name().as_bytes());
    // In a type, only names have characters beyond ASCII.
    let word = |sign: u8| sign.is_ascii_alphanumeric() || sign == b'_' || !sign.is_ascii();
    let object = ty.kind == TypeKind::Trait;
    let mut at = 0;
    while let Some(after) = bytes.get(at + name.len()..) {
        if bytes[at..].starts_with(name) {
            let before = &bytes[..at];
            // Not the end of `fmt::Error`, nor a trait of std that has a struct's name.
            let begins = !before
                .last()
                .is_some_and(|sign| word(*sign) || *sign == b':')
                && (object || !before.ends_with(b"dyn "));
            // Not the beginning of `Frame<u8>`, nor of `dyn Sink + Send`.
            let goes_on = after
                .first()
                .is_some_and(|sign| word(*sign) || *sign == b'<' || *sign == b':')
                || object && after.starts_with(b" +");
            if begins && !goes_on {
                return true;
            }
        }
        at += 1;
    }
    false
}
