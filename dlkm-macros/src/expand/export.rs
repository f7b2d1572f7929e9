//! What a driver's function looks like from outside: the function that slots hold. It is
//! instantiated in the driver's crate, and keeps panics within the module.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use super::stub::{Parts, local, part};
use super::{asynchronous, shapes};
use crate::ast::{Abi, Interface, OnPanic, Stub};
use crate::paths;

/// As many arguments as the runtime's own exports have at most.
const MOST: usize = 12;

/// Whether the runtime's own export does. It costs the interface's crate much less than a
/// function.
fn is_generic(ast: &Interface<'_>, stub: &Stub<'_>) -> bool {
    !matches!(ast.on_panic, OnPanic::Fallback) && ast.abi == Abi::Rust && stub.args.len() <= MOST
}

/// The driver's function as it is bound, seen from the trait.
pub(crate) fn reference(
    ast: &Interface<'_>,
    rt: &TokenStream,
    index: usize,
    stub: &Stub<'_>,
) -> TokenStream {
    let (module, name) = (ast.ident(), &stub.item.sig.ident);
    if !is_generic(ast, stub) {
        let export = part("export", stub);
        return quote! {
            #rt::Code::new(#module::dlkm_glue::#export::<Self> as *const ())
        };
    }
    let index = Literal::usize_unsuffixed(index);
    let prefix = if stub.is_async() { "async_" } else { "" };
    let export = format_ident!(
        "{prefix}export{}",
        stub.args.len(),
        span = Span::call_site()
    );
    let types = stub.args.iter().map(|_| quote!(_));
    quote! {
        #rt::#export::<#module::dlkm_glue::DlkmExports<Self>, #index, _, #(#types,)* _>(Self::#name)
    }
}

/// What the runtime's exports have to know.
pub(crate) fn known(ast: &Interface<'_>, rt: &TokenStream) -> TokenStream {
    let (std, trait_ident) = (quote!(#rt::std), &ast.item.ident);
    let unload = matches!(ast.on_panic, OnPanic::Unload(_));
    quote! {
        pub struct DlkmExports<D: ?#std::marker::Sized>(#std::marker::PhantomData<D>);

        impl<D: super::super::#trait_ident + ?#std::marker::Sized> #rt::Exporting for DlkmExports<D> {
            const MODULE: &'static #std::primitive::str = D::DLKM_MODULE;
            const INTERFACE: &'static #rt::Declaration = &DECLARATION;
            const SIGNATURES: #rt::interface::Signatures = SIGNATURES;
            const UNLOAD: #std::primitive::bool = #unload;
        }
    }
}

/// The export of a function for which the runtime has none.
pub(crate) fn item(
    ast: &Interface<'_>,
    rt: &TokenStream,
    index: usize,
    stub: &Stub<'_>,
) -> Option<TokenStream> {
    if is_generic(ast, stub) {
        return None;
    }
    let (export, parts) = (part("export", stub), Parts::new(ast, stub));
    let (params, trait_ident) = (stub.item.sig.generics.params.iter(), &ast.item.ident);
    let (args, types) = (&parts.args, &parts.types);
    let (arrow, body) = match stub.is_async() {
        true => (
            asynchronous::arrow(rt, &parts),
            asynchronous::export_body(ast, rt, index, stub),
        ),
        false => (parts.arrow(), body(ast, rt, index, stub)),
    };
    let convention = &parts.convention;
    Some(quote! {
        pub #convention fn #export<
            #(#params,)*
            DlkmDriver: super::super::#trait_ident + ?#rt::std::marker::Sized
        >(
            #(#args: #types),*
        ) #arrow {
            #body
        }
    })
}

/// Calls the driver's function, and deals with its panic.
fn body(ast: &Interface<'_>, rt: &TokenStream, index: usize, stub: &Stub<'_>) -> TokenStream {
    let name = &stub.item.sig.ident;
    if let OnPanic::Fallback = ast.on_panic {
        return or_fallback(ast, rt, &shapes::calls_back(index, stub), stub);
    }
    let args: Vec<&Ident> = stub.args.iter().map(|arg| &arg.name).collect();
    let frame = local("frame");
    quote! {
        let #frame = 0;
        #rt::export::<DlkmExports<DlkmDriver>, #index, _>(&#frame, || {
            DlkmDriver::#name(#(#args),*)
        })
    }
}

/// With `on_panic = fallback`.
fn or_fallback(
    ast: &Interface<'_>,
    rt: &TokenStream,
    calls_back: &TokenStream,
    stub: &Stub<'_>,
) -> TokenStream {
    let name = &stub.item.sig.ident;
    let (interface, function) = (&ast.name.text, name.to_string());
    let error = local("error");
    let (ok, err) = (
        quote!(#rt::std::result::Result::Ok),
        quote!(#rt::std::result::Result::Err),
    );
    let result = local("result");
    let args: Vec<&Ident> = stub.args.iter().map(|arg| &arg.name).collect();
    let (saved, first, again) = match &stub.fallback {
        None => (
            Vec::new(),
            args.iter().map(|arg| quote!(#arg)).collect(),
            None,
        ),
        Some(_) => {
            let (mut saved, mut first, mut again) = (Vec::new(), Vec::new(), Vec::new());
            for (i, arg) in stub.args.iter().enumerate() {
                let name = &arg.name;
                if matches!(arg.ty, Type::Reference(ty) if ty.mutability.is_some()) {
                    first.push(quote!(&mut *#name));
                    again.push(quote!(#name));
                } else {
                    let copy = local(&format!("copy{i}"));
                    let call = quote_spanned!(arg.ty.span()=> Again::again(&#name));
                    saved.push(quote!(let #copy = #rt::#call;));
                    first.push(quote!(#name));
                    again.push(copy.to_token_stream());
                }
            }
            let path = part("FALLBACK", stub);
            (saved, first, Some(quote!(#path(#(#again),*))))
        }
    };
    let refuse = again.unwrap_or_else(|| {
        let ty = stub.result.map_or_else(
            || quote!(()),
            |ty| {
                let ty = paths::deeper_type(ty);
                quote!(#ty)
            },
        );
        quote!(<#ty as #rt::OrLoadError>::or_load_error(#error))
    });
    let unused = stub.fallback.is_some().then(|| quote!(let _ = #error;));
    quote! {
        #(#saved)*
        match #rt::contain_or_error::<#calls_back, _>(
            DlkmDriver::DLKM_MODULE,
            (#interface, #function),
            || DlkmDriver::#name(#(#first),*),
        ) {
            #ok(#result) => #result,
            #err(#error) => {
                #unused
                #refuse
            }
        }
    }
}
