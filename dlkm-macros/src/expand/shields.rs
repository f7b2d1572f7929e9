//! Arguments that may be readers or writers of std: `&mut dyn Read`, `&mut dyn Write`. The export
//! hands the driver a shield in their place, see `dlkm_rt::boundary::shield`.

use syn::visit::Visit;
use syn::{Lifetime, PathArguments, Signature, Type, TypeParamBound, TypeTraitObject};

use crate::ast::{Abi, Interface, Stub};
use crate::shape;

/// The same as `SHIELDED` of the runtime's `interface`.
pub(super) const SHIELDED: u64 = 1 << 63;

/// What each argument refers to, if the export puts a shield in front of it.
pub(super) fn shielded<'a>(interface: &Interface<'_>, stub: &Stub<'a>) -> Vec<Option<&'a Type>> {
    // A result that borrows from the argument can't come from a shield.
    let possible = interface.abi == Abi::Rust && !stub.result.is_some_and(shape::leaves_out);
    let args = stub.args.iter();
    args.map(|arg| object(arg.ty, &stub.item.sig).filter(|_| possible))
        .collect()
}

/// `dyn Write` of `&mut dyn Write`, whose lifetime nothing else in the signature has. To name such a
/// lifetime or not makes no difference to the function's type, so it may make none here.
fn object<'a>(ty: &'a Type, sig: &Signature) -> Option<&'a Type> {
    match ty {
        Type::Group(ty) => object(&ty.elem, sig),
        Type::Paren(ty) => object(&ty.elem, sig),
        Type::Reference(ty) if ty.mutability.is_some() => {
            if ty.lifetime.as_ref().is_some_and(|own| !is_alone(own, sig)) {
                return None;
            }
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

/// Whether a lifetime has no name, or is declared and used once.
fn is_alone(lifetime: &Lifetime, sig: &Signature) -> bool {
    let mut uses = Uses { lifetime, count: 0 };
    uses.visit_signature(sig);
    lifetime.ident == "_" || lifetime.ident != "static" && uses.count == 2
}

/// Counts where a lifetime is written.
struct Uses<'a> {
    lifetime: &'a Lifetime,
    count: usize,
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.count += usize::from(lifetime.ident == self.lifetime.ident);
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
            ("&'_ mut dyn Write", true),
            ("&'a mut dyn Write", true),
            ("&'b mut dyn Write", false),
            ("&'static mut dyn Write", false),
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
            let text = ty.to_token_stream();
            let sig = syn::parse_quote!(fn f<'a, 'b>(one: #ty, other: &'b str));
            assert_eq!(object(&ty, &sig).is_some(), shielded, "{text}");
        }
    }
}
