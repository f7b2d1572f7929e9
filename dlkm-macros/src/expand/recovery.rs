//! Recovery after an error: the items to emit beside the errors of an interface. rustc checks
//! drivers against the trait and callers against the stubs, so that one mistake is not reported
//! many times.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::{
    FnArg, GenericParam, Generics, Ident, ItemTrait, Pat, ReturnType, Safety, Signature, TraitItem,
    TypeImplTrait, parse_quote,
};

use super::{future, trait_item};
use crate::ast::{Interface, Stub, StubKind};
use crate::attributes::is_object;
use crate::{lifetimes, paths, tokens};

pub(super) fn interface(ast: &Interface<'_>) -> TokenStream {
    let mut item = ast.item.clone();
    mend(&mut item, ast.as_dyn);
    match ast.runtime.found && !ast.as_dyn {
        true => with_constants(&mut item, &paths::private(&ast.runtime.path)),
        false => trait_item::plain(&mut item, &quote!(::core)),
    }

    let vis = ast.vis();
    let module = syn::parse_str::<Ident>(&ast.module_name().text.replace('-', "_"));
    let Some(module) = module.ok().filter(|ident| *ident != item.ident) else {
        return item.into_token_stream();
    };
    let mut seen = Vec::new();
    let callers = ast.stubs.iter().filter(|stub| {
        let name = &stub.item.sig.ident;
        let first = !seen.contains(&name);
        seen.push(name);
        first && is_callable(&stub.item.sig)
    });
    let callers = callers.map(|stub| placeholder(ast, stub));
    quote! {
        #item

        #[allow(unused, missing_docs)]
        #vis mod #module {
            use super::*;
            #(#callers)*
        }
    }
}

/// The trait with the constants that a driver's glue names.
fn with_constants(item: &mut ItemTrait, rt: &TokenStream) {
    let exports = quote! {
        #rt::Exports {
            interface: &#rt::Declaration {
                name: "",
                class: #rt::Class::LoadOnly,
                switch: false,
                abi: #rt::Abi::Rust,
                version: "",
                functions: #rt::Functions::NONE,
                unmap: #rt::Unmap::PROVEN,
            },
            functions: &[],
        }
    };
    trait_item::finish(item, rt, &exports, &quote!(&[]));
}

/// Removes from the trait the mistakes that rustc would report again.
fn mend(item: &mut ItemTrait, as_dyn: bool) {
    item.unsafety = None;
    item.attrs.retain(|attribute| !is_object(attribute));
    future::desugar(item, &quote!(::core), &TokenStream::new());
    let mut seen = Vec::new();
    item.items.retain(|member| {
        let TraitItem::Fn(function) = member else {
            return true;
        };
        let name = function.sig.ident.clone();
        let first = !seen.contains(&name);
        seen.push(name);
        first
    });
    for member in &mut item.items {
        if let TraitItem::Fn(function) = member {
            let sig = &mut function.sig;
            mend_signature(sig, &item.generics);
            if as_dyn || names_self(sig) {
                let clause = sig.generics.make_where_clause();
                clause
                    .predicates
                    .push(parse_quote!(Self: ::core::marker::Sized));
            }
            if function.default.is_none() {
                sig.inputs.iter_mut().for_each(mend_pattern);
            }
        }
    }
}

fn mend_signature(sig: &mut Signature, outer: &Generics) {
    sig.constness = None;
    sig.variadic = None;
    if matches!(sig.safety, Safety::Safe(_)) {
        sig.safety = Safety::Default;
    }
    lifetimes::mend(sig, outer);
}

fn mend_pattern(arg: &mut FnArg) {
    let FnArg::Typed(arg) = arg else { return };
    match &mut *arg.pat {
        Pat::Wild(_) => {}
        Pat::Ident(name) if name.subpat.is_none() => {
            name.by_ref = None;
            name.mutability = None;
        }
        other => *other = parse_quote!(_),
    }
}

/// Whether a free function can have that signature.
fn is_callable(sig: &Signature) -> bool {
    /// `impl Trait`, since the placeholder's body has no value of such a type.
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_type_impl_trait(&mut self, _: &'ast TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut find = Find(false);
    find.visit_return_type(&sig.output);
    sig.receiver().is_none() && !names_self(sig) && !find.0
}

fn names_self(sig: &Signature) -> bool {
    let name = Ident::new("Self", Span::call_site());
    let args = sig.inputs.iter().filter_map(|arg| match arg {
        FnArg::Typed(arg) => Some(&*arg.ty),
        FnArg::Receiver(_) => None,
    });
    let result = &sig.output;
    tokens::mention(quote!(#(#args)* #result), &[name])
}

/// What callers see in place of a stub that could not be generated.
fn placeholder(ast: &Interface<'_>, stub: &Stub<'_>) -> TokenStream {
    let mut sig = stub.item.sig.clone();
    mend_signature(&mut sig, &ast.item.generics);
    let (asyncness, name) = (&sig.asyncness, &sig.ident);
    let mut arrow = TokenStream::new();
    if let ReturnType::Type(_, ty) = &sig.output {
        let ty = paths::deeper_type_by(ty, 1);
        arrow = quote!(-> #ty);
    }
    let args = stub.args.iter().map(|arg| &arg.name);
    let types = stub.args.iter().map(|arg| paths::deeper_type_by(arg.ty, 1));
    let signature = quote!((#(#args: #types),*) #arrow);
    // The trait's own parameters are a mistake, but they are declared.
    let outer = ast.item.generics.params.iter();
    let outer = outer.filter(|param| {
        let name = param_name(param).clone();
        tokens::mention(signature.clone(), &[name])
    });
    let all = outer.chain(&sig.generics.params);
    let (lifetimes, others): (Vec<_>, Vec<_>) =
        all.partition(|param| matches!(param, GenericParam::Lifetime(_)));
    quote! {
        pub #asyncness fn #name<#(#lifetimes,)* #(#others),*> #signature {
            loop {}
        }
    }
}

fn param_name(param: &GenericParam) -> &Ident {
    match param {
        GenericParam::Lifetime(param) => &param.lifetime.ident,
        GenericParam::Type(param) => &param.ident,
        GenericParam::Const(param) => &param.ident,
    }
}

/// An item that can't be parsed, with another attribute in place of the stub attributes, which
/// rustc doesn't know. The number of tokens stays, so that rustc finds the same fault in the same
/// place.
pub(super) fn unparsed(item: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in item {
        let TokenTree::Group(group) = token else {
            out.push(token);
            continue;
        };
        let after_hash =
            matches!(out.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
        let stream = match after_hash && is_stub_attribute(group.stream()) {
            true => quote!(doc(hidden)),
            false => unparsed(group.stream()),
        };
        let mut inner = Group::new(group.delimiter(), stream);
        inner.set_span(group.span());
        out.push(inner.into());
    }
    out.into_iter().collect()
}

fn is_stub_attribute(tokens: TokenStream) -> bool {
    let name = tokens.into_iter().next();
    let is =
        |kind: &StubKind| matches!(&name, Some(TokenTree::Ident(name)) if name == kind.attribute());
    StubKind::ALL.iter().any(is)
}
