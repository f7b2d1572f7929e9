//! Paths: the runtime's, and how to write an author's path inside a generated module.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{ExprPath, Ident, Path, PathSegment, QSelf, Type, TypePath, parse_quote};

/// The module of the runtime at `runtime` that generated code refers to. The name has the version, so
/// the code does not compile with another version of the runtime.
pub(crate) fn private(runtime: &Path) -> TokenStream {
    let version = env!("CARGO_PKG_VERSION").replace(|one: char| !one.is_ascii_alphanumeric(), "_");
    let private = format_ident!("__private_{version}");
    quote!(#runtime::#private)
}

/// The number of generated modules around the glue.
const GLUE: usize = 2;

/// Rewrites `self::` and `super::` for use that many modules deeper. All other paths mean the same
/// there, through `use super::*`.
struct Deeper(usize);

impl VisitMut for Deeper {
    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        let before = ty.path.segments.len();
        visit_mut::visit_type_path_mut(self, ty);
        shift(&mut ty.qself, ty.path.segments.len() - before);
    }

    fn visit_expr_path_mut(&mut self, expr: &mut ExprPath) {
        let before = expr.path.segments.len();
        visit_mut::visit_expr_path_mut(self, expr);
        if let Some(name) = expr.path.get_ident()
            && is_generated(name)
        {
            let up = Ident::new("super", name.span());
            let up = std::iter::repeat_n(PathSegment::from(up), self.0);
            expr.path.segments = up.chain(expr.path.segments.clone()).collect();
        }
        shift(&mut expr.qself, expr.path.segments.len() - before);
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let Some(first) = path.segments.first() else {
            return;
        };
        if path.leading_colon.is_some() {
            return;
        }
        let first = first.ident.clone();
        let text = first.to_string();
        let up = |ident: &Ident| PathSegment::from(Ident::new("super", ident.span()));
        if text == "self" {
            let rest = path.segments.iter().skip(1).cloned();
            path.segments = std::iter::repeat_n(up(&first), self.0)
                .chain(rest)
                .collect();
        } else if text == "super" {
            let all = path.segments.iter().cloned();
            path.segments = std::iter::repeat_n(up(&first), self.0).chain(all).collect();
        }
    }
}

/// In `<T as super::Trait>::Item`, the position is the end of the trait's path.
fn shift(qself: &mut Option<QSelf>, by: usize) {
    if let Some(qself) = qself
        && qself.position > 0
    {
        qself.position += by;
    }
}

/// The type as written inside the glue.
pub(crate) fn deeper_type(ty: &Type) -> Type {
    deeper_type_by(ty, GLUE)
}

/// The type as written `depth` generated modules deeper.
pub(crate) fn deeper_type_by(ty: &Type, depth: usize) -> Type {
    let mut ty = ty.clone();
    Deeper(depth).visit_type_mut(&mut ty);
    ty
}

/// Whether the glue may have an item with that name, which would hide one of the author's.
fn is_generated(name: &Ident) -> bool {
    let name = name.to_string();
    let names = [
        "DECLARATION",
        "INTERFACE",
        "HOLD",
        "OBSTACLES",
        "SIGNATURES",
        "TYPES",
        "STUBS",
        "DlkmExports",
        "DlkmFuture",
        "DlkmInterface",
        "dlkm_private",
        "hold",
    ];
    names.contains(&&*name)
        || [
            "FALLBACK_",
            "SHAPE_",
            "direct_",
            "fallback_",
            "export_",
            "load_",
            "same_",
        ]
        .iter()
        .any(|what| name.starts_with(what))
}

/// The path as written inside the glue.
pub(crate) fn deeper_path(path: &Path) -> Path {
    deeper_path_by(path, GLUE)
}

/// The path as written `depth` generated modules deeper.
pub(crate) fn deeper_path_by(path: &Path, depth: usize) -> Path {
    let mut path = path.clone();
    Deeper(depth).visit_path_mut(&mut path);
    path
}

/// The path of a function as written inside the glue. `stubs` are the functions generated in
/// between, which would hide a function of the author's with the same name.
pub(crate) fn deeper_function(path: &Path, stubs: &HashSet<&Ident>) -> Path {
    if let Some(name) = path.get_ident()
        && (stubs.contains(name) || is_generated(name))
    {
        return parse_quote!(super::super::#name);
    }
    deeper_path(path)
}
