//! Arguments that may be readers or writers of std: `&mut dyn Read`, `&mut dyn Write`. The export
//! hands the driver a shield in their place, see `dlkm_rt::boundary::shield`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{PathArguments, Type, TypeParamBound, TypeTraitObject};

use super::parts::{StubParts, local};
use crate::ast::{Abi, Interface, Stub};
use crate::{paths, shape};

/// The same as `SHIELDED` of the runtime's `interface`.
pub(super) const SHIELDED: u64 = 1 << 63;

/// What each argument refers to, if the export puts a shield in front of it.
pub(super) fn shielded<'a>(interface: &Interface<'_>, stub: &Stub<'a>) -> Vec<Option<&'a Type>> {
    // A result that borrows from the argument can't come from a shield.
    let possible = interface.abi == Abi::Rust && !stub.result.is_some_and(shape::leaves_out);
    let args = stub.args.iter();
    args.map(|arg| object(arg.ty).filter(|_| possible))
        .collect()
}

/// `dyn Write` of `&mut dyn Write`, without lifetimes.
fn object(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Group(ty) => object(&ty.elem),
        Type::Paren(ty) => object(&ty.elem),
        Type::Reference(ty) if ty.mutability.is_some() && ty.lifetime.is_none() => {
            let mut to = &*ty.elem;
            while let Type::Paren(inner) = to {
                to = &inner.elem;
            }
            match to {
                Type::TraitObject(bounds) if is_stream(bounds) => Some(to),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The names of std's readers and writers.
const STREAMS: [&str; 4] = ["Read", "BufRead", "Seek", "Write"];

/// Whether one of its traits has such a name, and the others are `Send` and `Sync`.
fn is_stream(object: &TypeTraitObject) -> bool {
    let mut streams = 0;
    object.bounds.iter().all(|bound| match bound {
        TypeParamBound::Trait(bound) if bound.lifetimes.is_none() => {
            let last = bound.path.segments.last();
            last.is_some_and(|last| {
                let stream = STREAMS.iter().any(|name| last.ident == name);
                streams += usize::from(stream);
                let known = stream || last.ident == "Send" || last.ident == "Sync";
                known && matches!(last.arguments, PathArguments::None)
            })
        }
        _ => false,
    }) && streams == 1
}

/// The statements that put shields in front of readers and writers, and the call of the driver's
/// function.
pub(super) fn call(
    parts: &StubParts<'_>,
    mut args: Vec<TokenStream>,
) -> (Vec<TokenStream>, TokenStream) {
    let (rt, name) = (&parts.rt, parts.name());
    let shielded = shielded(parts.interface, parts.stub);
    let mut shields = Vec::new();
    for (i, (arg, object)) in args.iter_mut().zip(shielded).enumerate() {
        let Some(object) = object.map(paths::deeper_type) else {
            continue;
        };
        let shield = local(&format!("shield{i}"));
        shields.push(quote! {
            let mut #shield = #rt::Shielding::<#object>::NEW.wrap(#arg);
        });
        *arg = quote!(#shield.get());
    }
    (shields, quote!(DlkmDriver::#name(#(#args),*)))
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    #[test]
    fn a_reader_or_writer_is_known_by_its_name() {
        for (ty, shielded) in [
            ("&mut dyn Write", true),
            ("&mut (dyn std::io::Write + Send)", true),
            ("(&mut dyn fmt::Write)", true),
            ("&dyn Write", false),
            ("&'a mut dyn Write", false),
            ("&mut (dyn Write + 'a)", false),
            ("&mut dyn Write<u8>", false),
            ("&mut dyn Read", true),
            ("&mut (dyn io::BufRead + Sync + Send)", true),
            ("&mut dyn std::io::Seek", true),
            ("&mut (dyn Read + Write)", false),
            ("&mut dyn Iterator", false),
            ("&mut dyn Send", false),
            ("Option<&mut dyn Write>", false),
            ("&mut Vec<Box<dyn Write>>", false),
        ] {
            let ty: Type = syn::parse_str(ty).unwrap();
            assert_eq!(object(&ty).is_some(), shielded, "{}", ty.to_token_stream());
        }
    }
}
