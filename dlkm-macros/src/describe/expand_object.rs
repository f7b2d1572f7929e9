//! Writes the description of a trait used as `dyn`: `impl Interface for dyn Trait`.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{
    GenericParam, Generics, Ident, ItemTrait, Lifetime, LifetimeParam, Type, WherePredicate,
    parse_quote,
};

use super::ast::{AUTO, Method, Object, Super};
use super::description::{
    Block, bound_params, identity, lifetimes, lifetimes_impl, options, type_params,
};
use crate::borrows::Params;
use crate::bounds::{self, is_self};
use crate::shape::{self, Lifetimes};
use crate::{borrows, paths, tokens, written};

/// `impl Interface` for `dyn Trait`, with each set of auto traits.
pub(super) fn expand(ast: &Object<'_>) -> TokenStream {
    let (runtime, item) = (&ast.runtime.path, ast.item);
    let ident = &item.ident;
    let rt = paths::private(runtime);
    let params = type_params(&item.generics);
    let mut generics = declared(item);
    bound_params(&mut generics, &quote!(#rt::interface::Interface));
    bound_params(&mut generics, &quote!('static));
    let (_, arguments, _) = item.generics.split_for_impl();
    let lifetime = quote!('dlkm_object);
    let object = quote!(dyn #ident #arguments);
    let target = quote!((#object + #lifetime));
    let param = Lifetime::new("'dlkm_object", Span::call_site());
    let of_object = param.clone();
    let param = GenericParam::Lifetime(LifetimeParam::new(param));
    let without_own = declared(item);
    let listed = |target: &TokenStream| lifetimes_impl(&rt, &without_own, Some(&of_object), target);
    let own_listed = listed(&target);
    generics.params.insert(0, param);

    let mut block = Block {
        rt: &rt,
        generics: &generics,
        target: &target,
        parts: Vec::new(),
    };
    let (mut fields, mut parts, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let (_, none) = options(&rt);
    let mut add = |name: String, lifetimes: String, written: TokenStream, fixed: bool, part| {
        let part: TokenStream = part;
        fields.push(quote! {
            #rt::interface::Field {
                name: #name,
                offset: #none,
                lifetimes: #lifetimes,
                written: #written,
                fixed: #fixed,
            }
        });
        names.push(format!("{name} {lifetimes}"));
        parts.push(part);
    };
    // The trait's other parameters are `'static`.
    let open = lifetimes(&item.generics);
    let own_params = Params::of(&item.generics);
    for one in &ast.supers {
        let ty = super_type(one);
        let lifetimes = Lifetimes::Static {
            own: &[],
            params: &open,
        };
        let part = block.add(shape::shape(&ty, &rt, lifetimes));
        let bound = &one.bound;
        let written = parse_quote!(dyn #bound);
        let fixed = shape::is_fixed(&written, &params);
        let lifetimes = borrows::of_field(&written, &own_params);
        let written = written::written([&written], &params).value(&rt);
        add(one.name.clone(), lifetimes, written, fixed, part);
    }
    for kind in &ast.autos {
        let name = AUTO[*kind].to_owned();
        let kind = Literal::usize_unsuffixed(*kind);
        let part = quote!(#rt::interface::One<#rt::interface::Auto<#kind>>);
        let written = quote!(#rt::interface::Written::Fixed);
        add(name, String::new(), written, false, part);
    }
    for method in &ast.methods {
        let part = function(method, &open, &mut block);
        let (args, result) = (&method.args, method.result.into_iter());
        let written: Type = parse_quote!(fn(&(), #(#args),*) #(-> #result)*);
        let fixed = shape::is_fixed(&written, &params);
        let lifetimes = lifetimes_of(method, &own_params);
        let types = method.args.iter().copied().chain(method.result);
        let written = written::written(types, &params).value(&rt);
        let name = method.ident.unraw().to_string();
        add(name, lifetimes, written, fixed, part);
    }
    let bounds = bounds::of_item(&item.generics, Some(&item.supertraits));
    let name = format!("dyn {}", ident.unraw());
    let text = format!("{name} {}; {bounds}", names.join(", "));
    let (key, digest) = identity(&rt, &text, &item.generics);
    let args = shape::list(&params, &rt);
    let parts = shape::tree(&parts, &rt);
    let (own, _, clause) = generics.split_for_impl();
    let std = quote!(#rt::std::marker);
    let others = [
        (" + Send", quote!(#std::Send)),
        (" + Sync", quote!(#std::Sync)),
        (" + Send + Sync", quote!(#std::Send + #std::Sync)),
    ];
    let others = others.map(|(repr, auto)| {
        let listed = listed(&quote!((#object + #auto + #lifetime)));
        quote! {
            #listed

            // SAFETY: this type has the same methods.
            #[automatically_derived]
            unsafe impl #own #rt::interface::Interface for #object + #auto + #lifetime #clause {
                const TYPE: #rt::interface::Type = #rt::interface::Type {
                    repr: #repr,
                    ..<#target as #rt::interface::Interface>::TYPE
                };
                type Args = <#target as #rt::interface::Interface>::Args;
                type Parts = <#target as #rt::interface::Interface>::Parts;
            }
        }
    });
    let description = quote! {
        #own_listed

        // SAFETY: all supertraits and methods are listed, in order.
        #[automatically_derived]
        unsafe impl #own #rt::interface::Interface for #target #clause {
            const TYPE: #rt::interface::Type = #rt::interface::Type {
                key: #key,
                digest: #digest,
                bounds: #bounds,
                variants: &[#rt::interface::Variant {
                    name: "",
                    value: #none,
                    fields: &[#(#fields),*],
                }],
                ..#rt::interface::Type::unsized_of(#name, #rt::interface::Form::Object)
            };
            type Args = #args;
            type Parts = #parts;
        }

        #(#others)*
    };
    block.write(&ast.allowed, &description)
}

/// The generics of the implementation: those of the trait, without bounds on `Self`, which hold
/// anyway.
fn declared(item: &ItemTrait) -> Generics {
    let mut generics = item.generics.clone();
    if let Some(clause) = &mut generics.where_clause {
        let kept = clause.predicates.clone().into_iter().filter(
            |clause| !matches!(clause, WherePredicate::Type(clause) if is_self(&clause.bounded_ty)),
        );
        clause.predicates = kept.collect();
    }
    generics
}

/// `dyn Super + 'static`. rustc points at the bound.
fn super_type(one: &Super) -> Type {
    let bound = &one.bound;
    let (first, last) = tokens::ends(bound.to_token_stream());
    let open = tokens::located(quote!(dyn), first);
    let close = tokens::located(quote!(+ 'static), last);
    let tokens = quote!(#open #bound #close);
    // A bound that syn can read is one that it can read in a `dyn` too.
    syn::parse2(tokens.clone()).unwrap_or(Type::Verbatim(tokens))
}

/// Which lifetimes of the method are the same, with its bounds.
fn lifetimes_of(method: &Method<'_>, item: &Params) -> String {
    let (receiver, own) = (method.sig.receiver(), &method.lifetimes);
    let (in_bounds, bounds) = bounds::of_method(&method.sig.generics);
    let (args, result) = (&method.args, method.result);
    let text = borrows::of_method(receiver, own, item, args, result, &in_bounds);
    match &*bounds {
        "" => text,
        bounds => format!("{text} where {bounds}"),
    }
}

/// The method as a list of one `Function`.
fn function(method: &Method<'_>, open: &[Ident], block: &mut Block<'_>) -> TokenStream {
    let rt = block.rt.clone();
    let args = method.args.iter().copied();
    // The trait's parameters are `'static`.
    let fixed = shape::fixed_bits(args, method.result, &[]);
    // The receiver is the first argument.
    let fixed = (fixed & 1) | (fixed >> 1) << 2;
    let kind = method.kind + shape::KINDS * fixed;
    let [kind, receiver] = [kind, method.receiver].map(Literal::usize_unsuffixed);
    let lifetimes = Lifetimes::Static {
        own: &method.lifetimes,
        params: open,
    };
    let mut args = vec![quote!(#rt::interface::One<#rt::interface::Receiver<#receiver>>)];
    for ty in &method.args {
        args.push(block.add(shape::shape(ty, &rt, lifetimes)));
    }
    let args = shape::tree(&args, &rt);
    let result = match method.result {
        Some(ty) => block.add(shape::shape(ty, &rt, lifetimes)),
        None => quote!(()),
    };
    let marks = shape::marks_of_method(&method.args, method.receiver < 2);
    let marks = shape::marks_argument(marks);
    quote!(#rt::interface::One<#rt::interface::Function<#kind, #args, #result #marks>>)
}
