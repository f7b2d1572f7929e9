//! The description of an interface's functions: the shape of each type, and the check that it
//! may cross.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Type};

use crate::ast::{Interface, Stub};
use crate::shape::{self, Lifetimes};
use crate::{paths, plain, signature};

/// The shapes that stand alone, and the signatures, which are made of shapes.
pub(crate) struct Shapes {
    pub(crate) constants: Vec<TokenStream>,
    pub(crate) signatures: Vec<TokenStream>,
}

pub(crate) fn shapes(ast: &Interface<'_>, rt: &TokenStream) -> Shapes {
    let mut made = Made {
        unloadable: ast.unloadable(),
        rt,
        names: HashMap::new(),
        constants: Vec::new(),
    };
    let signatures = ast.stubs.iter().map(|stub| made.signature(stub)).collect();
    Shapes {
        constants: made.constants,
        signatures,
    }
}

/// What has been written so far.
struct Made<'a> {
    unloadable: bool,
    rt: &'a TokenStream,
    /// The constant of a type at a place, both as text, so that none is made twice.
    names: HashMap<(String, bool), Ident>,
    constants: Vec<TokenStream>,
}

impl Made<'_> {
    fn signature(&mut self, stub: &Stub<'_>) -> TokenStream {
        let rt = self.rt;
        let (name, text) = (stub.item.sig.ident.to_string(), signature::text(stub));
        let arguments = stub.args.iter().map(|arg| self.shape(arg.ty, false));
        let arguments: Vec<_> = arguments.collect();
        let result = match stub.result {
            Some(ty) => self.shape(ty, true),
            None => quote!(#rt::interface::shape::<()>()),
        };
        quote! {
            #rt::interface::Signature {
                name: #name,
                text: #text,
                shapes: &[#(#arguments,)* #result],
            }
        }
    }

    fn shape(&mut self, ty: &Type, result: bool) -> TokenStream {
        if plain::is_plain(ty) {
            return self.check(ty, result);
        }
        let key = (ty.to_token_stream().to_string(), result);
        if let Some(name) = self.names.get(&key) {
            return name.to_token_stream();
        }
        let (rt, check) = (self.rt, self.check(ty, result));
        let name = format_ident!("SHAPE_{}", self.constants.len(), span = Span::call_site());
        self.constants
            .push(quote!(const #name: #rt::interface::Shape = #check;));
        self.names.insert(key, name.clone());
        name.to_token_stream()
    }

    /// The span is the type's, so that rustc points there if it may not cross.
    fn check(&self, ty: &Type, result: bool) -> TokenStream {
        let (rt, unloadable) = (self.rt, self.unloadable);
        let fixed = shape::pins(ty, &[]);
        let shown = shape::shape(&paths::deeper_type(ty), rt, Lifetimes::Inferred);
        let (first, last) = shape::ends(ty.to_token_stream());
        let place = Ident::new(if result { "result" } else { "argument" }, first);
        let rt = shape::located(rt.clone(), first);
        let call = quote_spanned!(last=> (#fixed, #unloadable));
        quote_spanned!(first=> #rt::interface::#place::<#shown>#call)
    }
}
