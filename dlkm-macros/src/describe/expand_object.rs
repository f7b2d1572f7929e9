//! Writes the description of a trait used as `dyn`: `impl Interface for dyn Trait`.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::{
    GenericParam, Generics, Ident, ItemTrait, Lifetime, LifetimeParam, Type, WherePredicate,
    parse_quote,
};

use super::ast::{AUTO, Method, Object, Super};
use super::description::{Block, bound_params, identity, lifetimes, options, type_params};
use super::parse_object::is_self;
use crate::borrows::Borrows;
use crate::shape::{self, Lifetimes};
use crate::{paths, tokens};

/// `impl Interface` for `dyn Trait`, with each set of auto traits.
pub(super) fn expand(ast: &Object<'_>) -> TokenStream {
    let (runtime, item) = (&ast.runtime, ast.item);
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
    let param = GenericParam::Lifetime(LifetimeParam::new(param));
    generics.params.insert(0, param);

    let mut block = Block {
        rt: &rt,
        generics: &generics,
        target: &target,
        parts: Vec::new(),
    };
    let (mut fields, mut parts, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let (_, none) = options(&rt);
    let mut add = |name: String, fixed: bool, part: TokenStream| {
        fields.push(quote! {
            #rt::interface::Field { name: #name, offset: #none, fixed: #fixed }
        });
        names.push(name);
        parts.push(part);
    };
    // The trait's other parameters are `'static`.
    let open = lifetimes(&item.generics);
    for one in &ast.supers {
        let ty = super_type(one);
        let lifetimes = Lifetimes::Static {
            own: &[],
            params: &open,
        };
        let part = block.add(shape::shape(&ty, &rt, lifetimes));
        let bound = &one.bound;
        let fixed = shape::is_fixed(&parse_quote!(dyn #bound), &params);
        add(one.name.clone(), fixed, part);
    }
    for kind in &ast.autos {
        let name = AUTO[*kind].to_owned();
        let kind = Literal::usize_unsuffixed(*kind);
        let part = quote!(#rt::interface::One<#rt::interface::Auto<#kind>>);
        add(name, false, part);
    }
    for method in &ast.methods {
        let part = function(method, &open, &mut block);
        let (args, result) = (&method.args, method.result.into_iter());
        let written: Type = parse_quote!(fn(&(), #(#args),*) #(-> #result)*);
        let fixed = shape::is_fixed(&written, &params);
        add(method.ident.unraw().to_string(), fixed, part);
    }
    let borrows = ast.methods.iter().map(|method| {
        let by_reference = method.receiver < 2;
        Borrows::new(by_reference, &method.args, method.result).pattern()
    });
    let borrows: Vec<_> = borrows.collect();
    let name = format!("dyn {}", ident.unraw());
    let text = format!("{name} {}; {}", names.join(", "), borrows.join(", "));
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
        quote! {
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
        // SAFETY: all supertraits and methods are listed, in order.
        #[automatically_derived]
        unsafe impl #own #rt::interface::Interface for #target #clause {
            const TYPE: #rt::interface::Type = #rt::interface::Type {
                key: #key,
                digest: #digest,
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
    let (first, last) = tokens::ends(bound.clone());
    let open = tokens::located(quote!(dyn), first);
    let close = tokens::located(quote!(+ 'static), last);
    let tokens = quote!(#open #bound #close);
    // A bound that syn can read is one that it can read in a `dyn` too.
    syn::parse2(tokens.clone()).unwrap_or(Type::Verbatim(tokens))
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
