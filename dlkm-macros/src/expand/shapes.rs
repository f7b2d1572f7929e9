//! The description of an interface's functions: the shape of each type, and the check that it
//! may cross.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Type};

use crate::ast::{Abi, Interface, Stub};
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
        abi: ast.abi,
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
    abi: Abi,
    rt: &'a TokenStream,
    /// The constant of a type at a place, both as text, so that none is made twice.
    names: HashMap<(String, bool), Ident>,
    constants: Vec<TokenStream>,
}

impl Made<'_> {
    fn signature(&mut self, stub: &Stub<'_>) -> TokenStream {
        let rt = self.rt;
        let name = stub.item.sig.ident.to_string();
        let text = match self.abi {
            Abi::Rust => signature::text(stub).to_token_stream(),
            Abi::C => self.text(stub),
        };
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

    /// The type of the function with no alias in it, so that a C header can be made of it.
    fn text(&self, stub: &Stub<'_>) -> TokenStream {
        let rt = self.rt;
        let shown = |ty: &Type| shape::shape(&paths::deeper_type(ty), rt, Lifetimes::Inferred);
        let arguments: Vec<_> = stub.args.iter().map(|arg| shown(arg.ty)).collect();
        let arguments = shape::list(&arguments, rt);
        let result = match stub.result {
            Some(ty) => shown(ty).to_token_stream(),
            None => quote!(()),
        };
        quote!(#rt::interface::c_text::<#arguments, #result>())
    }

    fn shape(&mut self, ty: &Type, result: bool) -> TokenStream {
        if plain::is_plain(ty) && self.abi == Abi::Rust {
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
        let place = match (self.abi, result) {
            (Abi::Rust, false) => "argument",
            (Abi::Rust, true) => "result",
            (Abi::C, false) => "c_argument",
            (Abi::C, true) => "c_result",
        };
        let place = Ident::new(place, first);
        let rt = shape::located(rt.clone(), first);
        let call = quote_spanned!(last=> (#fixed, #unloadable));
        quote_spanned!(first=> #rt::interface::#place::<#shown>#call)
    }
}

/// Whether the function may run code of its caller's, as an argument of a constant's kind.
pub(crate) fn calls_back(rt: &TokenStream, index: usize, stub: &Stub<'_>) -> TokenStream {
    if stub.args.iter().all(|arg| plain::is_plain(arg.ty)) {
        return quote!(false);
    }
    quote!({ #rt::interface::any_calls_back(&SIGNATURES[#index]) })
}
