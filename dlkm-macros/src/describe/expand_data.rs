//! Writes the description of a struct or an enum: `impl Interface`.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{GenericParam, Ident, TypePath, WherePredicate, parse_quote};

use super::ast::{Body, Data, Field, Member, Variant};
use super::description::{
    Block, bound_params, identity, lifetimes, lifetimes_impl, options, type_params,
};
use crate::borrows::Params;
use crate::shape::{self, Lifetimes};
use crate::{borrows, bounds, paths, written};

/// `impl Interface` for a struct or an enum.
pub(super) fn expand(ast: &Data<'_>) -> TokenStream {
    let (runtime, ident) = (&ast.runtime.path, ast.ident);
    let rt = paths::private(runtime);
    let params = type_params(ast.generics);
    let mut generics = ast.generics.clone();
    let bound = quote!(#rt::interface::Interface);
    bound_params(&mut generics, &bound);
    for ty in projections(ast, &params) {
        let predicate: WherePredicate = parse_quote!(#ty: #bound);
        generics.make_where_clause().predicates.push(predicate);
    }
    let (own, arguments, clause) = generics.split_for_impl();
    let target = quote!(#ident #arguments);
    let mut block = Block {
        rt: &rt,
        generics: &generics,
        target: &target,
        parts: Vec::new(),
    };
    // With `Self`, which may contain all of them.
    let mut names = params.clone();
    if ast
        .generics
        .params
        .iter()
        .any(|param| !matches!(param, GenericParam::Const(_)))
    {
        names.push(Ident::new("Self", Span::call_site()));
    }
    let all = [&names[..], &lifetimes(ast.generics)].concat();
    let lifetimes = Lifetimes::Static {
        own: &[],
        params: &all,
    };
    let parts: Vec<_> = ast
        .fields()
        .map(|field| {
            let ty = field.ty;
            block.add(match field.opaque {
                true => parse_quote!(#rt::interface::Opaque<#ty>),
                false => shape::shape(ty, &rt, lifetimes),
            })
        })
        .collect();
    let (form, variants) = variants(ast, &rt, &names);
    let (name, repr, stable) = (ident.unraw().to_string(), &ast.repr, ast.stable);
    let (key, digest) = identity(&rt, &text(ast), ast.generics);
    let bounds = bounds::of_item(ast.generics, None);
    let listed = lifetimes_impl(&rt, ast.generics, None, &target);
    let args = shape::list(&params, &rt);
    let parts = shape::tree(&parts, &rt);
    let description = quote! {
        #listed

        // SAFETY: all fields are listed, in order, with their types. The author vouches for those
        // that are opaque.
        #[automatically_derived]
        unsafe impl #own #rt::interface::Interface for #target #clause {
            const TYPE: #rt::interface::Type = #rt::interface::Type {
                key: #key,
                digest: #digest,
                repr: #repr,
                stable: #stable,
                bounds: #bounds,
                variants: &[#(#variants),*],
                ..#rt::interface::Type::of::<Self>(#name, #rt::interface::Form::#form)
            };
            type Args = #args;
            type Parts = #parts;
        }
    };
    block.write(&ast.allowed, &description)
}

/// The form, and the variants in the constant.
fn variants(ast: &Data<'_>, rt: &TokenStream, names: &[Ident]) -> (TokenStream, Vec<TokenStream>) {
    let (some, none) = options(rt);
    let place = |field: &Field<'_>| {
        let name = match &field.name {
            Member::Named(name) => quote!(#name),
            Member::Unnamed(index) => quote!(#index),
        };
        quote!(#some(#rt::std::mem::offset_of!(Self, #name)))
    };
    let own = Params::of(ast.generics);
    let record = |field: &Field<'_>, offset: TokenStream| {
        let name = field_name(field);
        let fixed = shape::is_fixed(field.ty, names);
        let (lifetimes, written) = match field.opaque {
            true => (String::new(), quote!(#rt::interface::Written::Fixed)),
            false => {
                let written = written::written([field.ty], names);
                (borrows::of_field(field.ty, &own), written.value(rt))
            }
        };
        quote! {
            #rt::interface::Field {
                name: #name,
                offset: #offset,
                lifetimes: #lifetimes,
                written: #written,
                fixed: #fixed,
            }
        }
    };
    match &ast.body {
        Body::Struct(fields) => {
            let fields = fields.iter().map(|field| record(field, place(field)));
            let one = quote! {
                #rt::interface::Variant { name: "", value: #none, fields: &[#(#fields),*] }
            };
            (quote!(Struct), vec![one])
        }
        Body::Enum(variants) => {
            let values = values(ast, variants, rt);
            let variants = variants.iter().zip(values).map(|(variant, value)| {
                let name = variant.ident.unraw().to_string();
                let value = value.map_or_else(|| none.clone(), |value| quote!(#some(#value)));
                let fields = variant.fields.iter().map(|one| record(one, none.clone()));
                quote! {
                    #rt::interface::Variant { name: #name, value: #value, fields: &[#(#fields),*] }
                }
            });
            (quote!(Enum), variants.collect())
        }
    }
}

/// Expressions for the discriminants, where there are any. A discriminant may be written as a
/// constant, so the macro does not know its value.
fn values(ast: &Data<'_>, variants: &[Variant<'_>], rt: &TokenStream) -> Vec<Option<TokenStream>> {
    let number = quote!(#rt::std::primitive::i128);
    if variants.iter().all(|variant| variant.fields.is_empty()) {
        let idents = variants.iter().map(|variant| variant.ident);
        return idents
            .map(|ident| Some(quote!(Self::#ident as #number)))
            .collect();
    }
    // A variant with fields can't be cast. rustc wants the integer where one has a number.
    let Some(integer) = &ast.integer else {
        return vec![None; variants.len()];
    };
    let (mut first, mut steps) = (quote!(0), 0);
    let values = variants.iter().map(|variant| {
        if let Some(value) = variant.discriminant {
            (first, steps) = (quote!((#value) as #rt::std::primitive::#integer), 0);
        }
        let (from, by) = (&first, Literal::i128_unsuffixed(steps));
        steps += 1;
        Some(quote!((#from) as #number + #by))
    });
    values.collect()
}

fn field_name(field: &Field<'_>) -> String {
    match &field.name {
        Member::Named(name) => name.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// All names in a description, for its hash. Discriminants are hashed as numbers, elsewhere.
fn text(ast: &Data<'_>) -> String {
    let own = Params::of(ast.generics);
    let fields = |fields: &[Field<'_>]| {
        let fields = fields.iter().map(|field| match field.opaque {
            true => {
                let ty = field.ty;
                format!("{}: opaque {}", field_name(field), quote!(#ty))
            }
            false => {
                let lifetimes = borrows::of_field_unshown(field.ty, &own);
                format!("{} {lifetimes}", field_name(field))
            }
        });
        fields.collect::<Vec<_>>().join(", ")
    };
    let body = match &ast.body {
        Body::Struct(one) => fields(one),
        Body::Enum(variants) => {
            let variants = variants.iter().map(|one| {
                let name = one.ident.unraw();
                format!("{name} {{ {} }};", fields(&one.fields))
            });
            variants.collect()
        }
    };
    let what = match &ast.body {
        Body::Struct(_) => "struct",
        Body::Enum(_) => "enum",
    };
    let bounds = bounds::of_item(ast.generics, None);
    format!(
        "{} {what} {} {{ {body} }} {bounds}",
        ast.repr,
        ast.ident.unraw()
    )
}

/// The types in the fields that belong to a parameter, such as `T::Item`. They get the parameter's
/// bound, as in std's derives.
fn projections<'a>(ast: &'a Data<'_>, params: &'a [Ident]) -> Vec<&'a TypePath> {
    struct Find<'a>(&'a [Ident], Vec<&'a TypePath>);
    impl<'a> Visit<'a> for Find<'a> {
        fn visit_type_path(&mut self, ty: &'a TypePath) {
            let mut segments = ty.path.segments.iter();
            let first = segments.next().map(|first| &first.ident);
            let of_param = first.is_some_and(|first| self.0.contains(first));
            if ty.qself.is_none() && of_param && segments.next().is_some() {
                self.1.push(ty);
            }
            visit::visit_type_path(self, ty);
        }
    }
    let mut find = Find(params, Vec::new());
    for field in ast.fields().filter(|field| !field.opaque) {
        find.visit_type(field.ty);
    }
    find.1
}
