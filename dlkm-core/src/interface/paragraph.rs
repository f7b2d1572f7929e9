//! The text of a user-defined type, for an image's metadata.

use super::description::{Field, Form, Interface, Parts, Written};
use super::lifetimes::Count;
use super::name::{name, nth};
use dlkm_metadata::write::Text;

/// The maximum length of a type's text, in bytes.
pub(super) const PARAGRAPH: usize = 1 << 16;

/// The text of a user-defined type.
pub(super) const fn paragraph<T: Interface + ?Sized>() -> Text<PARAGRAPH> {
    let ty = &T::TYPE;
    let mut out = Text::new();
    out.put("type=");
    out.put(match ty.form {
        Form::Enum => "enum",
        Form::Object => "trait",
        _ => "struct",
    });
    if ty.align > 0 {
        out.put(" size ");
        out.number(ty.size as i128);
        out.put(" align ");
        out.number(ty.align as i128);
    }
    if ty.niche {
        out.put(" niche");
    }
    if !ty.repr.is_empty() {
        out.put(" ");
        out.put(ty.repr);
    }
    out.put(": ");
    name::<T, PARAGRAPH>(&mut out);
    out.put("\0");
    if !ty.bounds.is_empty() {
        out.line("bounds", ty.bounds);
    }
    let mut fields = 0;
    let mut i = 0;
    while i < ty.variants.len() {
        let variant = &ty.variants[i];
        if !variant.name.is_empty() {
            out.put("variant=");
            out.put(variant.name);
            if let Some(value) = variant.value {
                out.put(" ");
                out.number(value);
            }
            out.put("\0");
        }
        let mut j = 0;
        while j < variant.fields.len() {
            let field = &variant.fields[j];
            out.put("field=");
            out.put(field.name);
            if let Some(offset) = field.offset {
                out.put(" at ");
                out.number(offset as i128);
            }
            out.put(": ");
            nth::<T::Parts, PARAGRAPH>(fields, &mut out);
            out.put("\0");
            lifetimes(field, count_of_nth::<T::Parts>(fields), &mut out);
            fields += 1;
            j += 1;
        }
        i += 1;
    }
    out
}

/// The line for the lifetimes of a field, if there is something to say.
const fn lifetimes(field: &Field, count: Count, out: &mut Text<PARAGRAPH>) {
    let through_aliases = match field.written {
        Written::Open { .. } => field.written.unshown(count),
        Written::Fixed | Written::Wrong => None,
    };
    match through_aliases {
        None | Some(0) if field.lifetimes.is_empty() => {}
        None | Some(0) => out.line("lifetimes", field.lifetimes),
        Some(hash) => {
            out.put("lifetimes=");
            out.put(field.lifetimes);
            // What each alias stands for is in the types; which places have aliases is not.
            out.put(" by aliases ");
            out.hex(hash);
            out.put("\0");
        }
    }
}

const fn count_of_nth<P: Parts>(index: usize) -> Count {
    match P::COUNT {
        0 | 1 => Count::of::<P::This>(),
        _ if index < P::Left::COUNT => count_of_nth::<P::Left>(index),
        _ => count_of_nth::<P::Right>(index - P::Left::COUNT),
    }
}
