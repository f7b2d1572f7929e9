//! Paths: where the runtime is, and how a path reads from inside a generated module.

use syn::visit_mut::{self, VisitMut};
use syn::{Ident, Path, PathSegment, Type, parse_quote};

/// Where the runtime is unless `crate = path` says otherwise.
pub(crate) fn default_runtime() -> Path {
    parse_quote!(::dlkm_rt)
}

/// How many generated modules lie between the author's place and the glue.
const GLUE: usize = 2;

/// Rewrites `self::` and `super::` for use that many modules further in; all other paths
/// mean the same there, through `use super::*`.
struct Deeper(usize);

impl VisitMut for Deeper {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let Some(first) = path.segments.first() else {
            return;
        };
        if path.leading_colon.is_some() {
            return;
        }
        let first = first.ident.clone();
        let up = |ident: &Ident| PathSegment::from(Ident::new("super", ident.span()));
        if first == "self" {
            let rest = path.segments.iter().skip(1).cloned();
            path.segments = std::iter::repeat_n(up(&first), self.0)
                .chain(rest)
                .collect();
        } else if first == "super" {
            let all = path.segments.iter().cloned();
            path.segments = std::iter::repeat_n(up(&first), self.0).chain(all).collect();
        }
    }
}

/// The type as it reads from inside the generated glue.
pub(crate) fn deeper_type(ty: &Type) -> Type {
    deeper_type_by(ty, GLUE)
}

/// The type as it reads from `depth` generated modules further in.
pub(crate) fn deeper_type_by(ty: &Type, depth: usize) -> Type {
    let mut ty = ty.clone();
    Deeper(depth).visit_type_mut(&mut ty);
    ty
}

/// The path of a function as it reads from inside the generated glue. `stubs` are the
/// functions generated on the way, which would hide one of the author's of the same name.
pub(crate) fn deeper_function(path: &Path, stubs: &[&Ident]) -> Path {
    let mut path = path.clone();
    Deeper(GLUE).visit_path_mut(&mut path);
    if let Some(name) = path.get_ident()
        && stubs.contains(&name)
    {
        return parse_quote!(super::super::#name);
    }
    path
}
