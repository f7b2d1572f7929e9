//! What differs between two types of one name.

use super::super::interface::{FieldInfo, TypeInfo, TypeKind, VariantInfo};

/// What differs. What follows from something else, such as a place that moved because the
/// field before it grew, is kept apart: it is worth saying only where nothing else is.
#[derive(Default)]
pub(super) struct Found {
    pub(super) causes: Vec<String>,
    pub(super) effects: Vec<String>,
}

/// Where fields are, and what they are called there.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a str,
    of_trait: bool,
}

impl Place<'_> {
    /// `CodecError.code`, `Sink::put`, or `Sink: supertrait Display`.
    fn of(self, field: &FieldInfo) -> String {
        let (path, name) = (self.path, field.name());
        let method = field.ty().contains("fn(");
        match self.of_trait {
            false => format!("{path}.{name}"),
            true if method => format!("{path}::{name}"),
            true => format!("{path}: supertrait {name}"),
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
        found.causes.push(format!("{name}: {old} → {new}"));
        return;
    }
    if old.repr() != new.repr() {
        let shown = |repr: &str| match repr {
            "" => "no repr".to_owned(),
            repr => repr.to_owned(),
        };
        let (old, new) = (shown(old.repr()), shown(new.repr()));
        found.causes.push(format!("{name}: {old} → {new}"));
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
            let shown = |number: Option<usize>| number.map_or("none".into(), |n| n.to_string());
            let (before, after) = (shown(before), shown(after));
            let text = format!("{name}: {what} {before} → {after}");
            found.effects.push(text);
        }
    }
    if old.niche != new.niche {
        let room = |niche| if niche { "no more room" } else { "more room" };
        found.effects.push(format!(
            "{name}: `Option` of it takes {} → {}",
            room(old.niche),
            room(new.niche)
        ));
    }
}

fn variants(name: &str, old: &[VariantInfo], new: &[VariantInfo], found: &mut Found) {
    let changes = Names::of(
        &old.iter().map(|one| &*one.name).collect::<Vec<_>>(),
        &new.iter().map(|one| &*one.name).collect::<Vec<_>>(),
        |before, after| {
            let (one, other) = (&old[before], &new[after]);
            one.value == other.value && one.fields.iter().map(key).eq(other.fields.iter().map(key))
        },
    );
    for change in changes.texts {
        found.causes.push(match change {
            Text::Renamed(old, new) => format!("{name}: variant {old} is renamed to {new}"),
            Text::Removed(one) => format!("{name}: variant {one} is removed"),
            Text::Added(one) => format!("{name}: variant {one} is added"),
            Text::Order(old, new) => format!("{name}: variants in another order: {old} → {new}"),
        });
    }
    for (before, after) in changes.pairs {
        let (one, other) = (&old[before], &new[after]);
        let path = format!("{name}::{}", one.name);
        // Without numbers written by hand, each variant after one that came or went gets
        // another number: that says nothing new.
        let counted = |value: Option<i128>, at: usize| value == i128::try_from(at).ok();
        let follows = changes.moved && counted(one.value, before) && counted(other.value, after);
        if one.value != other.value && !follows {
            let shown = |value: Option<i128>| value.map_or("none".into(), |n| n.to_string());
            let (old, new) = (shown(one.value), shown(other.value));
            found.causes.push(format!("{path}: value {old} → {new}"));
        }
        let place = Place {
            path: &path,
            of_trait: false,
        };
        fields(place, &one.fields, &other.fields, found);
    }
}

fn fields(place: Place<'_>, old: &[FieldInfo], new: &[FieldInfo], found: &mut Found) {
    let changes = Names::of(
        &old.iter().map(|one| one.name()).collect::<Vec<_>>(),
        &new.iter().map(|one| one.name()).collect::<Vec<_>>(),
        |before, after| old[before].ty() == new[after].ty() && !numbered(&old[before]),
    );
    let label = |list: &[FieldInfo], name: &str| {
        let named = list.iter().find(|one| one.name() == name);
        named.map_or(String::new(), |one| place.of(one))
    };
    for change in changes.texts {
        found.causes.push(match change {
            Text::Renamed(one, other) => format!("{} is renamed to {other}", label(old, one)),
            Text::Removed(one) => format!("{} is removed", label(old, one)),
            Text::Added(one) => format!("{} is added", label(new, one)),
            Text::Order(old, new) => {
                let (path, noun) = (place.path, place.noun());
                format!("{path}: {noun} in another order: {old} → {new}")
            }
        });
    }
    for (before, after) in changes.pairs {
        let (one, other) = (&old[before], &new[after]);
        let label = place.of(one);
        if one.ty() != other.ty() {
            let (old, new) = (with_offset(one), with_offset(other));
            found.causes.push(format!("{label}: {old} → {new}"));
        } else if let (Some(old), Some(new)) = (one.offset, other.offset)
            && old != new
        {
            found.effects.push(format!("{label}: at {old} → at {new}"));
        }
    }
}

/// A tuple's fields have places for names, so none is ever renamed.
fn numbered(field: &FieldInfo) -> bool {
    field.name().starts_with(|sign: char| sign.is_ascii_digit())
}

fn key(field: &FieldInfo) -> (&str, &str) {
    (field.name(), field.ty())
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
    /// Where what stands in both lists stands, under the new name too.
    pairs: Vec<(usize, usize)>,
    /// Something came, went, or changed its place.
    moved: bool,
}

enum Text<'a> {
    Renamed(&'a str, &'a str),
    Removed(&'a str),
    Added(&'a str),
    Order(String, String),
}

impl<'a> Names<'a> {
    /// A name that stands in one list alone was renamed if at its place in the other stands
    /// one that is new too, and `same` says that the rest did not change.
    fn of(old: &[&'a str], new: &[&'a str], same: impl Fn(usize, usize) -> bool) -> Self {
        let renamed = |at: usize| {
            let (Some(before), Some(after)) = (old.get(at), new.get(at)) else {
                return false;
            };
            !new.contains(before) && !old.contains(after) && same(at, at)
        };
        let mut texts = Vec::new();
        let mut pairs = Vec::new();
        for (before, name) in old.iter().enumerate() {
            if renamed(before) {
                texts.push(Text::Renamed(name, new[before]));
                pairs.push((before, before));
            } else if let Some(after) = new.iter().position(|other| other == name) {
                pairs.push((before, after));
            } else {
                texts.push(Text::Removed(name));
            }
        }
        for (after, name) in new.iter().enumerate() {
            if !old.contains(name) && !renamed(after) {
                texts.push(Text::Added(name));
            }
        }
        let mut moved = old.len() != new.len() || pairs.len() != old.len();
        if pairs.windows(2).any(|two| two[0].1 > two[1].1) {
            moved = true;
            let (old, new) = window(old, new);
            texts.push(Text::Order(old.join(", "), new.join(", ")));
        }
        Names {
            texts,
            pairs,
            moved,
        }
    }
}

/// The lists without what they have in common at both ends.
fn window<'a, 'b>(old: &'a [&'b str], new: &'a [&'b str]) -> (&'a [&'b str], &'a [&'b str]) {
    let same = |(one, other): &(&&str, &&str)| one == other;
    let begin = old.iter().zip(new).take_while(same).count();
    let (old, new) = (&old[begin..], &new[begin..]);
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(same)
        .count();
    (&old[..old.len() - end], &new[..new.len() - end])
}

/// The name without what makes a trait a trait object: `Sink` of `(dyn Sink + Send)`.
pub(super) fn plain_name(ty: &TypeInfo) -> &str {
    let name = ty.name().trim_start_matches('(').trim_end_matches(')');
    let name = match ty.kind {
        TypeKind::Trait => name.strip_suffix(ty.repr()).unwrap_or(name).trim_end(),
        _ => return ty.name(),
    };
    name.strip_prefix("dyn ").unwrap_or(name)
}

/// Whether `text`, a signature or a field's type, names the type.
pub(super) fn mentions(text: &str, ty: &TypeInfo) -> bool {
    let word = |sign: char| sign.is_alphanumeric() || sign == '_';
    let object = ty.kind == TypeKind::Trait;
    text.match_indices(ty.name()).any(|(at, name)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        // Not the end of `fmt::Error`, nor a trait of std by the name of a struct.
        let begins = !before.ends_with(|sign| word(sign) || sign == ':')
            && (object || !before.ends_with("dyn "));
        // Not the beginning of `Frame<u8>`, nor of `dyn Sink + Send`.
        let goes_on = after.starts_with(|sign| word(sign) || sign == '<' || sign == ':')
            || object && after.starts_with(" +");
        begins && !goes_on
    })
}
