//! Declares the types of an interface in C, each after the types that it contains.

use std::collections::BTreeSet;

use dlkm_metadata::{FieldInfo, TypeInfo, TypeKind};
use syn::visit::{self, Visit};
use syn::{Type, TypeFnPtr, TypePath, TypePtr, TypeReference};

use super::c_text::member;
use super::declare::{Names, number};
use super::error::HeaderError;

pub(super) fn types(names: &Names<'_>) -> Result<String, HeaderError> {
    let all = names.interface.types();
    let mut out = String::new();
    for ty in all.iter().filter(|ty| ty.kind() == TypeKind::Enum) {
        out.push_str(&enumeration(names, ty));
    }
    for ty in all.iter().filter(|ty| is_struct(ty)) {
        let name = names.prefixed(ty.name());
        out.push_str(&format!("typedef struct {name} {name};\n"));
    }
    if all.iter().any(is_struct) {
        out.push('\n');
    }
    // Aliases come first: unlike a struct, an alias can't be declared before it is defined.
    for aliases in [true, false] {
        for ty in ordered(names, aliases)? {
            write(names, ty, &mut out)?;
        }
    }
    Ok(out)
}

fn is_struct(ty: &TypeInfo) -> bool {
    ty.kind() == TypeKind::Struct && !is_alias(ty)
}

fn is_alias(ty: &TypeInfo) -> bool {
    ty.repr().contains("transparent")
}

/// The fields without `PhantomData`, which C does not have.
fn fields(ty: &TypeInfo) -> impl Iterator<Item = &FieldInfo> {
    ty.fields()
        .iter()
        .filter(|field| !field.ty().starts_with("PhantomData<"))
}

/// All structs, or if `aliases` is set all aliases, each after those that it contains.
fn ordered<'a>(names: &Names<'a>, aliases: bool) -> Result<Vec<&'a TypeInfo>, HeaderError> {
    let (mut order, mut known) = (Vec::new(), BTreeSet::new());
    // The types that are looked at, and what is left to look at in each.
    let mut open = Vec::new();
    for first in names.interface.types() {
        let mut next = Some(first);
        loop {
            if let Some(ty) = next.take()
                && ty.kind() == TypeKind::Struct
                && known.insert(ty.name())
            {
                open.push((ty, contained(names, ty, aliases)?.into_iter()));
            }
            let Some((ty, left)) = open.last_mut() else {
                break;
            };
            next = left.next();
            if next.is_none() {
                if is_alias(ty) == aliases {
                    order.push(*ty);
                }
                open.pop();
            }
        }
    }
    Ok(order)
}

/// The author's own types that a type contains by value, or all if `pointers` is set.
fn contained<'a>(
    names: &Names<'a>,
    ty: &TypeInfo,
    pointers: bool,
) -> Result<Vec<&'a TypeInfo>, HeaderError> {
    let mut find = Contained {
        names,
        pointers,
        found: Vec::new(),
    };
    for field in fields(ty) {
        find.visit_type(&names.parse(field.ty())?);
    }
    Ok(find.found)
}

/// Writes a struct or an alias.
fn write(names: &Names<'_>, ty: &TypeInfo, out: &mut String) -> Result<(), HeaderError> {
    let alias = is_alias(ty);
    let name = names.prefixed(ty.name());
    if alias {
        let Some(field) = fields(ty).next() else {
            return Err(names.unknown(ty.name()));
        };
        let declared = names.declare(&names.parse(field.ty())?, false, &name)?;
        out.push_str(&format!("typedef {declared};\n"));
    } else {
        out.push_str(&format!("struct {name} {{\n"));
        for (i, field) in fields(ty).enumerate() {
            let align = match ty.align() {
                // Larger than that of any field, so one of them must ask for it.
                Some(align) if i == 0 && ty.repr().contains("align(") => {
                    format!("DLKM_ALIGNAS({align}) ")
                }
                _ => String::new(),
            };
            let inner = names.parse(field.ty())?;
            let declared = names.declare(&inner, false, &member(field.name()))?;
            out.push_str(&format!("    {align}{declared};\n"));
        }
        out.push_str("};\n");
    }
    asserts(ty, &name, out);
    if !alias {
        for field in fields(ty) {
            if let Some(offset) = field.offset() {
                let member = member(field.name());
                out.push_str(&format!(
                    "DLKM_ASSERT(offsetof({name}, {member}) == {offset}, \"{name}.{member}\");\n"
                ));
            }
        }
    }
    out.push('\n');
    Ok(())
}

fn asserts(ty: &TypeInfo, name: &str, out: &mut String) {
    if let (Some(size), Some(align)) = (ty.size(), ty.align()) {
        out.push_str(&format!(
            "DLKM_ASSERT(sizeof({name}) == {size} && DLKM_ALIGNOF({name}) == {align}, \"{name}\");\n"
        ));
    }
}

fn enumeration(names: &Names<'_>, ty: &TypeInfo) -> String {
    let name = names.prefixed(ty.name());
    // `repr(u8)`, `repr(C)`.
    let repr = ty.repr().trim_start_matches("repr(").trim_end_matches(')');
    let integer = repr.split(", ").find_map(number);
    let variants = ty.variants().iter().map(|variant| {
        let value = variant
            .value()
            .map_or_else(String::new, |value| format!(" = {value}"));
        format!("    {}{value},\n", names.variant(ty, variant))
    });
    let variants: String = variants.collect();
    let mut out = match integer {
        Some(integer) => format!("typedef {integer} {name};\nenum {{\n{variants}}};\n"),
        None => format!("typedef enum {{\n{variants}}} {name};\n"),
    };
    asserts(ty, &name, &mut out);
    out.push('\n');
    out
}

/// Collects the author's own types in a type: those contained by value, or all if `pointers` is set.
struct Contained<'a, 'b> {
    names: &'b Names<'a>,
    pointers: bool,
    found: Vec<&'a TypeInfo>,
}

impl<'ast> Visit<'ast> for Contained<'_, '_> {
    fn visit_type(&mut self, ty: &'ast Type) {
        visit::visit_type(self, ty);
    }

    fn visit_type_path(&mut self, path: &'ast TypePath) {
        match self.names.own(path) {
            Some(own) => self.found.push(own),
            None => visit::visit_type_path(self, path),
        }
    }

    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        if self.pointers {
            visit::visit_type_reference(self, ty);
        }
    }

    fn visit_type_ptr(&mut self, ty: &'ast TypePtr) {
        if self.pointers {
            visit::visit_type_ptr(self, ty);
        }
    }

    fn visit_type_fn_ptr(&mut self, ty: &'ast TypeFnPtr) {
        if self.pointers {
            visit::visit_type_fn_ptr(self, ty);
        }
    }
}
