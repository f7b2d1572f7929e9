//! The lines about the types of an interface.

use super::part::bad;
use super::{Parser, room};
use crate::error::BadMetadata;
use crate::interface::{FieldInfo, TypeInfo, TypeKind, VariantInfo};
use crate::limits;
use crate::small::{cut, owned};
use crate::texts::Texts;
use crate::visible::Quoted;

impl Parser<'_> {
    /// The type that the line belongs to.
    pub(super) fn ty(&mut self, key: &str, name: &str) -> Result<&mut TypeInfo, BadMetadata> {
        self.interfaces
            .last_mut()
            .and_then(|interface| interface.types.last_mut())
            .ok_or_else(|| {
                bad(format_args!(
                    "{key} `{}` comes before any type",
                    Quoted(name)
                ))
            })
    }

    /// `NAME[ VALUE]`
    pub(super) fn variant(&mut self, text: &str) -> Result<(), BadMetadata> {
        let (name, value) = match cut(text, " ") {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let ty = self.ty("variant", name)?;
        if ty.kind != TypeKind::Enum {
            let (name, of) = (Quoted(name), Quoted(ty.name()));
            return Err(bad(format_args!(
                "variant `{name}` is in `{of}`, which is not an enum"
            )));
        }
        let value = value.map(str::parse).transpose().map_err(|_| {
            let (name, of) = (Quoted(name), Quoted(ty.name()));
            bad(format_args!(
                "the value of variant `{name}` of `{of}` is not a number"
            ))
        })?;
        let variant = VariantInfo {
            name: owned(name),
            value,
            fields: Vec::new(),
        };
        let TypeInfo {
            texts, variants, ..
        } = ty;
        room(variants.len(), limits::MEMBERS, "variants", texts.get(0))?;
        variants.push(variant);
        Ok(())
    }

    /// `NAME[ at OFFSET]: TYPE`
    pub(super) fn field(&mut self, text: &str) -> Result<(), BadMetadata> {
        let Some((head, field_type)) = cut(text, ": ") else {
            let text = Quoted(text);
            return Err(bad(format_args!("field `{text}` has no type")));
        };
        let (name, offset) = match cut(head, " at ") {
            Some((name, offset)) => (name, Some(offset)),
            None => (head, None),
        };
        let ty = self.ty("field", name)?;
        let of = ty.texts.get(0);
        let offset = offset.map(str::parse).transpose().map_err(|_| {
            let (name, of) = (Quoted(name), Quoted(of));
            bad(format_args!(
                "the offset of field `{name}` of `{of}` is not a number"
            ))
        })?;
        let fields = match (ty.kind, ty.variants.last_mut()) {
            (TypeKind::Enum, Some(variant)) => &mut variant.fields,
            (TypeKind::Enum, None) => {
                let (name, of) = (Quoted(name), Quoted(of));
                return Err(bad(format_args!(
                    "field `{name}` of `{of}` comes before any variant"
                )));
            }
            _ => &mut ty.fields,
        };
        let field = FieldInfo {
            texts: Texts::new([name, field_type]),
            offset,
            lifetimes: String::new(),
        };
        room(fields.len(), limits::MEMBERS, "fields", of)?;
        fields.push(field);
        Ok(())
    }

    /// The field that the line belongs to.
    pub(super) fn last_field(&mut self, value: &str) -> Result<&mut FieldInfo, BadMetadata> {
        let ty = self.ty("lifetimes", value)?;
        let fields = match ty.variants.last_mut() {
            Some(variant) => &mut variant.fields,
            None => &mut ty.fields,
        };
        fields
            .last_mut()
            .ok_or_else(|| bad(format_args!("lifetimes `{value}` come before any field")))
    }
}
