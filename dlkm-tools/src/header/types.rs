//! Declares the types of an interface in C, each after the types that it contains.

use std::collections::BTreeSet;

use dlkm_metadata::{FieldInfo, TypeInfo, TypeKind};
use syn::visit::{self, Visit};
use syn::{Type, TypeFnPtr, TypePath, TypePtr, TypeReference};

use super::declare::{Names, number};
use super::error::HeaderError;

pub(super) fn types(names: &Names<'_>) -> Result<String, HeaderError> {
    let all = names.interface.types();
    let mut seen = BTreeSet::new();
    for ty in all {
        let name = names.prefixed(ty.name());
        if !seen.insert(name.clone()) {
            let interface = names.interface.name().to_owned();
            return Err(HeaderError::Twice { interface, name });
        }
    }
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
        let mut written = Vec::new();
        for ty in all {
            write(names, ty, aliases, &mut written, &mut out)?;
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

/// Writes a struct, or if `aliases` is set an alias, after the structs or aliases that it contains.
fn write<'a>(
    names: &Names<'a>,
    ty: &'a TypeInfo,
    aliases: bool,
    written: &mut Vec<&'a str>,
    out: &mut String,
) -> Result<(), HeaderError> {
    let alias = is_alias(ty);
    if ty.kind() != TypeKind::Struct || written.contains(&ty.name()) {
        return Ok(());
    }
    written.push(ty.name());
    for field in fields(ty) {
        let mut find = Contained {
            names,
            pointers: aliases,
            found: Vec::new(),
        };
        find.visit_type(&names.parse(field.ty())?);
        for inner in find.found {
            write(names, inner, aliases, written, out)?;
        }
    }
    if aliases != alias {
        return Ok(());
    }
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
                    format!("_Alignas({align}) ")
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
                    "_Static_assert(offsetof({name}, {member}) == {offset}, \"{name}.{member}\");\n"
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
            "_Static_assert(sizeof({name}) == {size} && _Alignof({name}) == {align}, \"{name}\");\n"
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
        format!("    {name}_{}{value},\n", variant.name())
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

/// A field's name, changed if C does not allow it.
fn member(name: &str) -> String {
    const KEYWORDS: [&str; 26] = [
        "auto", "bool", "case", "char", "default", "do", "double", "float", "goto", "inline",
        "int", "long", "register", "restrict", "short", "signed", "sizeof", "switch", "typedef",
        "union", "unsigned", "void", "volatile", "asm", "true", "false",
    ];
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("_{name}")
    } else if KEYWORDS.contains(&name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
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
