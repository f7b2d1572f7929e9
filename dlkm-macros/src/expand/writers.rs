//! Arguments that may be writers of std: `&mut dyn Write`. The export hands the driver a shield in
//! their place, see `dlkm_rt::boundary::shield`.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{PathArguments, Type, TypeParamBound, TypeTraitObject};

use crate::ast::{Abi, Interface, Stub};

/// The same as `SHIELDED` of the runtime's `interface`.
pub(super) const SHIELDED: u64 = 1 << 63;

/// What each argument refers to, if the export puts a shield in front of it.
pub(super) fn shielded<'a>(interface: &Interface<'_>, stub: &Stub<'a>) -> Vec<Option<&'a Type>> {
    // An image of a load-only interface is never unloaded, and the future of an `async fn` would
    // have to own the shields.
    let possible = interface.unloadable
        && interface.abi == Abi::Rust
        && !stub.is_async()
        && !stub.result.is_some_and(may_borrow);
    let args = stub.args.iter();
    args.map(|arg| written(arg.ty).filter(|_| possible))
        .collect()
}

/// Whether the tokens show a borrow. Such a result could not come from a shield.
fn may_borrow(result: &Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => any(group.stream()),
            TokenTree::Punct(punct) => matches!(punct.as_char(), '&' | '\''),
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        })
    }
    any(result.to_token_stream())
}

/// `dyn Write` of `&mut dyn Write`, without lifetimes.
fn written(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Group(ty) => written(&ty.elem),
        Type::Paren(ty) => written(&ty.elem),
        Type::Reference(ty) if ty.mutability.is_some() && ty.lifetime.is_none() => {
            let mut object = &*ty.elem;
            while let Type::Paren(inner) = object {
                object = &inner.elem;
            }
            match object {
                Type::TraitObject(bounds) if is_write(bounds) => Some(object),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether its traits have the names `Write`, and possibly `Send` and `Sync`.
fn is_write(object: &TypeTraitObject) -> bool {
    let mut writes = 0;
    object.bounds.iter().all(|bound| match bound {
        TypeParamBound::Trait(bound) if bound.lifetimes.is_none() => {
            let last = bound.path.segments.last();
            last.is_some_and(|last| {
                let write = last.ident == "Write";
                writes += usize::from(write);
                let known = write || last.ident == "Send" || last.ident == "Sync";
                known && matches!(last.arguments, PathArguments::None)
            })
        }
        _ => false,
    }) && writes == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_is_known_by_its_name() {
        for (ty, shielded) in [
            ("&mut dyn Write", true),
            ("&mut (dyn std::io::Write + Send)", true),
            ("(&mut dyn fmt::Write)", true),
            ("&dyn Write", false),
            ("&'a mut dyn Write", false),
            ("&mut (dyn Write + 'a)", false),
            ("&mut dyn Write<u8>", false),
            ("&mut dyn Read", false),
            ("&mut dyn Send", false),
            ("Option<&mut dyn Write>", false),
            ("&mut Vec<Box<dyn Write>>", false),
        ] {
            let ty: Type = syn::parse_str(ty).unwrap();
            assert_eq!(written(&ty).is_some(), shielded, "{}", ty.to_token_stream());
        }
    }
}
