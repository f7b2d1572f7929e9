//! What a driver's function looks like from outside: the function that slots hold. It is
//! instantiated in the driver's crate, and keeps panics within the module.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Type};

use super::shapes;
use super::stub::{local, part};
use crate::ast::{Interface, OnPanic, Stub};
use crate::paths;

/// The body of an export: calls the driver's function, and deals with its panic.
pub(crate) fn body(
    ast: &Interface<'_>,
    rt: &TokenStream,
    index: usize,
    stub: &Stub<'_>,
) -> TokenStream {
    let name = &stub.item.sig.ident;
    let (interface, function) = (&ast.name.text, name.to_string());
    let calls_back = shapes::calls_back(rt, index, stub);
    let args: Vec<&Ident> = stub.args.iter().map(|arg| &arg.name).collect();
    let contain = match &ast.on_panic {
        OnPanic::Propagate => quote!(contain),
        OnPanic::Unload(_) => quote!(contain_and_unload),
        OnPanic::Fallback => return or_fallback(ast, rt, &calls_back, stub),
    };
    let frame = local("frame");
    quote! {
        let #frame = 0;
        #rt::#contain::<#calls_back, _>(&#frame, DlkmDriver::DLKM_MODULE, (#interface, #function), || {
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
