//! Translates a type in the metadata into a declaration in C.

use std::collections::{BTreeMap, BTreeSet};

use dlkm_metadata::{InterfaceInfo, TypeInfo, VariantInfo, limits};
use quote::ToTokens;
use syn::{
    Expr, ExprLit, GenericArgument, Lit, PathArguments, ReturnType, Type, TypeFnPtr, TypePath,
};

use super::error::HeaderError;
use super::{c_text, nesting};

/// The names of an interface in C. The interface's name is the prefix of its types and functions.
pub(super) struct Names<'a> {
    pub(super) interface: &'a InterfaceInfo,
    /// The author's own types, by their names as syn prints them.
    own: BTreeMap<String, &'a TypeInfo>,
}

impl<'a> Names<'a> {
    pub(super) fn new(interface: &'a InterfaceInfo) -> Self {
        let mut names = Names {
            interface,
            own: BTreeMap::new(),
        };
        for ty in interface.types() {
            if let Ok(Type::Path(path)) = names.parse(ty.name()) {
                let name = path.to_token_stream().to_string();
                names.own.entry(name).or_insert(ty);
            }
        }
        names
    }

    /// `point` → `calc_point`, `Slice<u8>` → `calc_Slice_u8`.
    pub(super) fn prefixed(&self, name: &str) -> String {
        let whole = format!("{}_{name}", self.interface.name());
        c_text::identifier(&whole).trim_end_matches('_').to_owned()
    }

    /// The name of a variant.
    pub(super) fn variant(&self, ty: &TypeInfo, variant: &VariantInfo) -> String {
        let name = format!("{}_{}", self.prefixed(ty.name()), variant.name());
        c_text::identifier(&name)
    }

    /// Claims the names that the interface has in C.
    pub(super) fn claim(&self, taken: &mut BTreeSet<String>) -> Result<(), HeaderError> {
        let mut claim = |name: String| match taken.insert(name.clone()) {
            true => Ok(()),
            false => Err(HeaderError::Twice {
                interface: self.interface.name().to_owned(),
                name,
            }),
        };
        for ty in self.interface.types() {
            claim(self.prefixed(ty.name()))?;
            for variant in ty.variants() {
                claim(self.variant(ty, variant))?;
            }
            let mut fields = BTreeSet::new();
            for field in ty.fields() {
                if !fields.insert(c_text::member(field.name())) {
                    return Err(HeaderError::Twice {
                        interface: self.interface.name().to_owned(),
                        name: format!("{}.{}", ty.name(), c_text::member(field.name())),
                    });
                }
            }
        }
        let functions = self.interface.exports().iter();
        let functions = functions.map(|export| self.prefixed(export.name()));
        functions
            .chain([self.prefixed("dlkm_functions")])
            .try_for_each(claim)
    }

    pub(super) fn unknown(&self, ty: &str) -> HeaderError {
        HeaderError::Type {
            interface: self.interface.name().to_owned(),
            ty: ty.to_owned(),
        }
    }

    /// Parses a type, unless it nests so deep that this would need too much of the stack.
    pub(super) fn parse(&self, ty: &str) -> Result<Type, HeaderError> {
        if nesting::depth(ty) > limits::NESTING {
            return Err(HeaderError::Nested {
                interface: self.interface.name().to_owned(),
                ty: ty.to_owned(),
            });
        }
        syn::parse_str(ty).map_err(|_| self.unknown(ty))
    }

    /// The author's own type of that name, if the metadata describes one.
    pub(super) fn own(&self, path: &TypePath) -> Option<&'a TypeInfo> {
        self.own.get(&path.to_token_stream().to_string()).copied()
    }

    /// `R name(A, B)`.
    pub(super) fn function(&self, ty: &TypeFnPtr, name: &str) -> Result<String, HeaderError> {
        let arguments = ty
            .inputs
            .iter()
            .map(|argument| self.declare(&argument.ty, false, ""))
            .collect::<Result<Vec<_>, _>>()?;
        let arguments = match &arguments[..] {
            [] => "void".to_owned(),
            some => some.join(", "),
        };
        let name = format!("{name}({arguments})");
        match &ty.output {
            ReturnType::Default => Ok(format!("void {name}")),
            ReturnType::Type(_, result) => self.declare(result, false, &name),
        }
    }

    /// Declares `inner` with the type `ty`. C declarations are built from the name outwards, so
    /// `inner` is the name, or the name with the declarator that surrounds it.
    pub(super) fn declare(
        &self,
        ty: &Type,
        constant: bool,
        inner: &str,
    ) -> Result<String, HeaderError> {
        let mark = if constant { "const " } else { "" };
        let plain = |base: &str| {
            let blank = if inner.is_empty() { "" } else { " " };
            format!("{mark}{base}{blank}{inner}")
        };
        match ty {
            Type::Paren(ty) => self.declare(&ty.elem, constant, inner),
            Type::Reference(ty) => {
                let inner = pointer(constant, inner);
                self.declare(&ty.elem, ty.mutability.is_none(), &inner)
            }
            Type::Ptr(ty) => {
                let inner = pointer(constant, inner);
                let text = ty.to_token_stream().to_string();
                self.declare(&ty.elem, text.starts_with("* const"), &inner)
            }
            Type::Array(ty) => {
                let unknown = || self.unknown(&ty.to_token_stream().to_string());
                let length = length(&ty.len).ok_or_else(unknown)?;
                let inner = match inner.starts_with('*') {
                    true => format!("({inner})[{length}]"),
                    false => format!("{inner}[{length}]"),
                };
                self.declare(&ty.elem, constant, &inner)
            }
            Type::FnPtr(function) => {
                let name = format!("({})", pointer(constant, inner));
                self.function(function, &name)
            }
            Type::Tuple(ty) if ty.elems.is_empty() => Ok(plain("void")),
            Type::Path(path) => {
                if self.own(path).is_some() {
                    return Ok(plain(&self.prefixed(&path.to_token_stream().to_string())));
                }
                let unknown = || self.unknown(&ty.to_token_stream().to_string());
                let last = path.path.segments.last().ok_or_else(unknown)?;
                let name = last.ident.to_string();
                if let Some(number) = number(&name) {
                    return Ok(plain(number));
                }
                match (&*name, argument(&last.arguments)) {
                    ("Option" | "NonZero", Some(of)) => self.declare(of, constant, inner),
                    ("NonNull", Some(of)) => self.declare(of, false, &pointer(constant, inner)),
                    _ => Err(unknown()),
                }
            }
            other => Err(self.unknown(&other.to_token_stream().to_string())),
        }
    }
}

fn pointer(constant: bool, inner: &str) -> String {
    match (constant, inner) {
        (true, "") => "*const".to_owned(),
        (true, inner) => format!("*const {inner}"),
        (false, inner) => format!("*{inner}"),
    }
}

fn argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(ty)) => Some(ty),
        _ => None,
    }
}

/// The length of an array: a number, or a constant that the C source defines.
fn length(length: &Expr) -> Option<String> {
    match length {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => Some(number.base10_digits().to_owned()),
        Expr::Path(path) => path
            .path
            .get_ident()
            .map(|name| c_text::identifier(&name.to_string())),
        _ => None,
    }
}

/// The C name of a primitive type.
pub(super) fn number(name: &str) -> Option<&'static str> {
    Some(match name {
        "u8" => "uint8_t",
        "u16" => "uint16_t",
        "u32" => "uint32_t",
        "u64" => "uint64_t",
        "usize" => "size_t",
        "i8" => "int8_t",
        "i16" => "int16_t",
        "i32" => "int32_t",
        "i64" => "int64_t",
        "isize" => "ptrdiff_t",
        "f32" => "float",
        "f64" => "double",
        "bool" => "bool",
        "c_void" => "void",
        _ => return None,
    })
}
