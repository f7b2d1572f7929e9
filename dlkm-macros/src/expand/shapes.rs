//! Describes the functions of an interface: the shape of each type, with the check that the type
//! may cross.

use std::collections::HashMap;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, Type};

use super::parts::{InterfaceParts, StubParts};
use super::shields;
use crate::ast::{Abi, Stub};
use crate::shape::{self, Lifetimes};
use crate::{borrows, paths, plain, signature, tokens, written};

/// The constants, the shape of each type once, and the functions' signatures.
pub(super) struct Shapes {
    pub(super) constants: Vec<TokenStream>,
    pub(super) shapes: Vec<TokenStream>,
    pub(super) signatures: Vec<TokenStream>,
    /// The functions' names and types in one text, if the types' texts are known here.
    pub(super) text: Option<String>,
}

pub(super) fn shapes(interface: &InterfaceParts<'_>) -> Shapes {
    let ast = interface.ast;
    let mut made = Made {
        unloadable: ast.unloadable,
        abi: ast.abi,
        rt: &interface.rt,
        numbers: HashMap::new(),
        constants: Vec::new(),
        shapes: Vec::new(),
        text: (ast.abi == Abi::Rust).then(String::new),
    };
    let signatures = interface.stubs.iter();
    let signatures = signatures.map(|parts| made.signature(parts.stub, &parts.shielded));
    let signatures = signatures.collect();
    Shapes {
        constants: made.constants,
        shapes: made.shapes,
        signatures,
        text: made.text,
    }
}

/// Where a type is in a signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// An argument, with its [marks](shape::marks).
    Argument(u64),
    Result,
}

/// The shapes written so far.
struct Made<'a> {
    unloadable: bool,
    abi: Abi,
    rt: &'a TokenStream,
    /// The number of a type's shape, so that no type is described twice; by the type's text, and
    /// its place. `None` is `()` left out.
    numbers: HashMap<Option<(String, Place)>, usize>,
    constants: Vec<TokenStream>,
    shapes: Vec<TokenStream>,
    /// See [`Shapes::text`].
    text: Option<String>,
}

impl Made<'_> {
    fn signature(&mut self, stub: &Stub<'_>, shielded: &[Option<&Type>]) -> TokenStream {
        let name = stub.item.sig.ident.to_string();
        let args: Vec<_> = stub
            .args
            .iter()
            .map(|arg| signature::type_text(arg.ty))
            .collect();
        let result = stub.result.map(signature::type_text);
        let types: Vec<&Type> = stub.args.iter().map(|arg| arg.ty).collect();
        let marks = shape::marks_of_each(&types, stub.result);
        let marks = marks.into_iter().zip(shielded);
        let marks = marks.map(|(marks, shielded)| match shielded {
            Some(_) => marks | shields::SHIELDED,
            None => marks,
        });
        let own = stub.item.sig.generics.lifetimes();
        let own: Vec<_> = own.map(|one| one.lifetime.clone()).collect();
        let pattern = borrows::of_stub(&own, &types, stub.result);
        let text = match self.abi {
            Abi::Rust if borrows::goes_without(&pattern, &types, stub.result) => {
                let bare = stub.args.iter().zip(&args);
                let bare: Vec<_> = bare
                    .map(|(arg, text)| signature::bare(arg.ty, text))
                    .collect();
                let result = stub.result.zip(result.as_ref());
                let result = result.map(|(ty, text)| signature::bare(ty, text));
                Some(signature::text(stub.is_async(), &bare, result.as_deref()))
            }
            Abi::Rust => Some(signature::text(stub.is_async(), &args, result.as_deref())),
            Abi::C => None,
        };
        if let (Some(all), Some(text)) = (&mut self.text, &text) {
            *all += &name;
            *all += text;
        }
        let text = match text {
            Some(text) => text.to_token_stream(),
            None => self.c_text(stub),
        };
        let types = types.into_iter().zip(marks);
        let types = types.map(|(ty, marks)| Some((ty, Place::Argument(marks))));
        let types = types.chain([stub.result.map(|ty| (ty, Place::Result))]);
        let texts = args.into_iter().map(Some).chain([result]);
        let numbers = types.zip(texts).map(|(ty, text)| {
            let number = self.number(ty, text);
            Literal::usize_unsuffixed(number)
        });
        quote!((#name, #text, #pattern, &[#(#numbers),*]))
    }

    /// The number of a type's shape.
    fn number(&mut self, ty: Option<(&Type, Place)>, text: Option<String>) -> usize {
        let key = ty.zip(text).map(|((_, place), text)| (text, place));
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let rt = self.rt;
        let shape = match ty {
            None => quote!(#rt::interface::shape::<()>()),
            Some((ty, place)) => self.shape(ty, place),
        };
        let number = self.shapes.len();
        self.shapes.push(shape);
        self.numbers.insert(key, number);
        number
    }

    /// The type of the function without aliases, so that a C header can be made from it.
    fn c_text(&self, stub: &Stub<'_>) -> TokenStream {
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

    fn shape(&mut self, ty: &Type, place: Place) -> TokenStream {
        let check = self.check(ty, place);
        let check = self.with_lifetimes(ty, &check);
        if plain::is_plain(ty) && self.abi == Abi::Rust {
            return check;
        }
        let rt = self.rt;
        let name = format_ident!("SHAPE_{}", self.constants.len(), span = Span::call_site());
        self.constants
            .push(quote!(const #name: #rt::interface::Shape = #check;));
        name.to_token_stream()
    }

    /// With a check that the tokens show all lifetimes of the type.
    fn with_lifetimes(&self, ty: &Type, shape: &TokenStream) -> TokenStream {
        let written = written::written([&paths::deeper_type(ty)], &[]);
        let (_, last) = tokens::ends(ty.to_token_stream());
        if !written.is_fixed() {
            let written = written.value(self.rt);
            return quote_spanned!(last=> #shape.written(#written));
        }
        if plain::is_plain(ty) {
            return quote_spanned!(last=> #shape.unshown(false));
        }
        let rt = self.rt;
        let lifetimes = Lifetimes::Static {
            own: &[],
            params: &[],
        };
        let shown = shape::shape(&paths::deeper_type(ty), rt, lifetimes);
        let probe = written::fixed(&shown, rt);
        quote_spanned!(last=> #shape.unshown(#probe))
    }

    /// With the span of the type, so that rustc points there if it may not cross.
    fn check(&self, ty: &Type, place: Place) -> TokenStream {
        let (rt, unloadable) = (self.rt, self.unloadable);
        let fixed = shape::is_fixed(ty, &[]);
        let shown = shape::shape(&paths::deeper_type(ty), rt, Lifetimes::Inferred);
        let (first, last) = tokens::ends(ty.to_token_stream());
        let function = match (self.abi, place) {
            (Abi::Rust, Place::Argument(_)) => "argument",
            (Abi::Rust, Place::Result) => "result",
            (Abi::C, Place::Argument(_)) => "c_argument",
            (Abi::C, Place::Result) => "c_result",
        };
        let function = Ident::new(function, first);
        let marks = match place {
            Place::Argument(marks) => Some(Literal::u64_unsuffixed(marks)),
            Place::Result => None,
        };
        let marks = marks.map(|marks| quote!(, #marks));
        let rt = tokens::located(rt.clone(), first);
        let call = quote_spanned!(last=> (#fixed, #unloadable #marks));
        quote_spanned!(first=> #rt::interface::#function::<#shown>#call)
    }
}

/// A generic argument: whether the function may run code of its caller.
pub(super) fn calls_back(parts: &StubParts<'_>) -> TokenStream {
    if parts.stub.args.iter().all(|arg| plain::is_plain(arg.ty)) {
        return quote!(false);
    }
    let index = &parts.index;
    quote!({ SIGNATURES.calls_back(#index) })
}
