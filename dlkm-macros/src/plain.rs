//! Types whose tokens show that they are data. Knowing them saves compile time: each other type of
//! an interface gets a constant of its own, so that rustc reports a mistake at the type. Soundness
//! does not depend on it: plain types are checked too, all in one constant.

use syn::{GenericArgument, PathArguments, Type};

const LEAVES: &[&str] = &[
    "bool",
    "char",
    "f32",
    "f64",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "str",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "String",
    "LoadError",
    "Errno",
    "Path",
    "PathBuf",
    "Duration",
];

const WRAPPERS: &[(&str, usize)] = &[("Option", 1), ("Result", 2), ("Vec", 1), ("Box", 1)];

/// Whether a path, by itself, has the name of one of these types, and as many arguments.
pub(crate) fn is_std(ty: &Type) -> bool {
    let Type::Path(ty) = ty else { return false };
    let Some(last) = ty.path.segments.last().filter(|_| ty.qself.is_none()) else {
        return false;
    };
    match &last.arguments {
        PathArguments::None => LEAVES.iter().any(|leaf| last.ident == leaf),
        PathArguments::AngleBracketed(args) => {
            // The number of arguments counts: `io::Result` is another type.
            WRAPPERS
                .iter()
                .any(|(name, count)| last.ident == name && args.args.len() == *count)
                && args
                    .args
                    .iter()
                    .all(|arg| matches!(arg, GenericArgument::Type(_)))
        }
        PathArguments::Parenthesized(_) => false,
    }
}

/// Whether `ty` is made of numbers, text and the usual containers, to judge by its names.
pub(crate) fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::Array(ty) => is_plain(&ty.elem),
        Type::Paren(ty) => is_plain(&ty.elem),
        Type::Slice(ty) => is_plain(&ty.elem),
        Type::Tuple(ty) => ty.elems.iter().all(is_plain),
        Type::Reference(ty) => {
            let fixed = ty
                .lifetime
                .as_ref()
                .is_some_and(|one| one.ident == "static");
            !fixed && is_plain(&ty.elem)
        }
        Type::Path(path) if is_std(ty) => {
            path.path.segments.iter().all(|one| match &one.arguments {
                PathArguments::AngleBracketed(args) => args
                    .args
                    .iter()
                    .all(|arg| matches!(arg, GenericArgument::Type(ty) if is_plain(ty))),
                _ => true,
            })
        }
        _ => false,
    }
}
