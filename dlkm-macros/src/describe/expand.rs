//! From the AST to a description.
//!
//! All of it stands in a block of its own, with a key that only it has; why, tells
//! `dlkm_rt::interface::part`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{
    GenericParam, Generics, Ident, Lifetime, LifetimeParam, Type, TypePath, WherePredicate,
    parse_quote,
};

use super::ast::{Body, Data, Field, Member, Method, Object};
use super::object;
use crate::shape::{self, Lifetimes};

/// A type and what it holds.
struct Block<'a> {
    rt: &'a TokenStream,
    generics: &'a Generics,
    /// The type.
    target: &'a TokenStream,
    /// The types that it holds.
    parts: Vec<Type>,
}

impl Block<'_> {
    /// Adds a part; what stands for it.
    fn add(&mut self, part: Type) -> TokenStream {
        let (rt, target) = (self.rt, self.target);
        let index = Literal::usize_unsuffixed(self.parts.len());
        self.parts.push(part);
        quote!(#rt::interface::Part<#target, #index>)
    }

    fn write(self, judgements: &[syn::Attribute], description: &TokenStream) -> TokenStream {
        let Block {
            rt,
            generics,
            target,
            parts,
        } = self;
        let (own, _, clause) = generics.split_for_impl();
        let holds = parts.iter().enumerate().map(|(i, part)| {
            let index = Literal::usize_unsuffixed(i);
            quote! {
                #[automatically_derived]
                impl #own #rt::interface::Holds<DlkmKey, #index> for #target #clause {
                    type Type = #part;
                }
            }
        });
        let mut open = generics.clone();
        open.params.push(parse_quote!(DlkmAny));
        open.params
            .push(parse_quote!(const DLKM_INDEX: #rt::std::primitive::usize));
        open.make_where_clause().predicates.push(parse_quote! {
            #target: DlkmKeyed<Key = DlkmAny> + #rt::interface::Holds<DlkmAny, DLKM_INDEX>
        });
        let (any, _, any_clause) = open.split_for_impl();
        let keyed = (!parts.is_empty()).then(|| {
            quote! {
                struct DlkmKey;

                trait DlkmKeyed {
                    type Key;
                }

                #[automatically_derived]
                impl #own DlkmKeyed for #target #clause {
                    type Key = DlkmKey;
                }

                #(#holds)*

                #[automatically_derived]
                impl #any #rt::interface::HasPart<DLKM_INDEX> for #target #any_clause {
                    type Type = <#target as #rt::interface::Holds<DlkmAny, DLKM_INDEX>>::Type;
                }
            }
        });
        quote! {
            #(#judgements)*
            const _: () = {
                #keyed
                #description
            };
        }
    }
}

/// `impl Interface` for a struct or an enum.
pub(super) fn data(ast: &Data<'_>) -> TokenStream {
    let (runtime, ident) = (&ast.runtime, ast.ident);
    let rt = quote!(#runtime::private);
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
    let parts: Vec<_> = ast
        .fields()
        .map(|field| {
            let ty = field.ty;
            block.add(match field.opaque {
                true => parse_quote!(#rt::interface::Opaque<#ty>),
                false => shape::shape(ty, &rt, Lifetimes::Static(&[])),
            })
        })
        .collect();
    let (form, variants) = variants(ast, &rt, &params);
    let (name, repr, stable) = (ident.unraw().to_string(), &ast.repr, ast.stable);
    let (key, digest) = identity(&rt, &text(ast), ast.generics);
    let args = shape::list(&params, &rt);
    let parts = shape::tree(&parts, &rt);
    let description = quote! {
        // SAFETY: all fields are listed, in their order, by the types that they have; for
        // those that are opaque the author vouches.
        #[automatically_derived]
        unsafe impl #own #rt::interface::Interface for #target #clause {
            const TYPE: #rt::interface::Type = #rt::interface::Type {
                key: #key,
                digest: #digest,
                repr: #repr,
                stable: #stable,
                variants: &[#(#variants),*],
                ..#rt::interface::Type::of::<Self>(#name, #rt::interface::Form::#form)
            };
            type Args = #args;
            type Parts = #parts;
        }
    };
    block.write(&ast.judgements, &description)
}

/// The form, and the variants of the constant.
fn variants(ast: &Data<'_>, rt: &TokenStream, params: &[Ident]) -> (TokenStream, Vec<TokenStream>) {
    let (some, none) = options(rt);
    let place = |field: &Field<'_>| {
        let name = match &field.name {
            Member::Named(name) => quote!(#name),
            Member::Unnamed(index) => quote!(#index),
        };
        quote!(#some(#rt::std::mem::offset_of!(Self, #name)))
    };
    let record = |field: &Field<'_>, offset: TokenStream| {
        let name = field_name(field);
        let fixed = shape::pins(field.ty, params);
        quote!(#rt::interface::Field { name: #name, offset: #offset, fixed: #fixed })
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
            let units = variants.iter().all(|variant| variant.fields.is_empty());
            let variants = variants.iter().map(|variant| {
                let (ident, name) = (variant.ident, variant.ident.unraw().to_string());
                let value = match units {
                    true => quote!(#some(Self::#ident as #rt::std::primitive::i128)),
                    false => none.clone(),
                };
                let fields = variant.fields.iter().map(|one| record(one, none.clone()));
                quote! {
                    #rt::interface::Variant { name: #name, value: #value, fields: &[#(#fields),*] }
                }
            });
            (quote!(Enum), variants.collect())
        }
    }
}

fn options(rt: &TokenStream) -> (TokenStream, TokenStream) {
    let option = quote!(#rt::std::option::Option);
    (quote!(#option::Some), quote!(#option::None))
}

fn field_name(field: &Field<'_>) -> String {
    match &field.name {
        Member::Named(name) => name.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

/// All names of a description, for its hash.
fn text(ast: &Data<'_>) -> String {
    let fields = |fields: &[Field<'_>]| {
        let fields = fields.iter().map(|field| match field.opaque {
            true => {
                let ty = field.ty;
                format!("{}: opaque {}", field_name(field), quote!(#ty))
            }
            false => field_name(field),
        });
        fields.collect::<Vec<_>>().join(", ")
    };
    let body = match &ast.body {
        Body::Struct(one) => fields(one),
        Body::Enum(variants) => {
            let variants = variants.iter().map(|one| {
                let name = one.ident.unraw();
                format!(
                    "{name} {{ {} }} = {};",
                    fields(&one.fields),
                    one.discriminant
                )
            });
            variants.collect()
        }
    };
    let what = match &ast.body {
        Body::Struct(_) => "struct",
        Body::Enum(_) => "enum",
    };
    format!("{} {what} {} {{ {body} }}", ast.repr, ast.ident.unraw())
}

/// The key and the digest, which constants among the parameters change.
fn identity(rt: &TokenStream, text: &str, generics: &Generics) -> (TokenStream, TokenStream) {
    let mut key = quote! {
        #rt::interface::digest(#rt::std::concat!(
            #rt::std::module_path!(), ":", #rt::std::line!(), ":", #rt::std::column!(),
        ))
    };
    let hash: Literal = Literal::u64_suffixed(hash(text));
    let mut digest = quote!(#hash);
    for param in generics.const_params() {
        let name = &param.ident;
        let number = quote!(#name as #rt::std::primitive::u128);
        key = quote!(#rt::interface::mixed(#key, #number));
        digest = quote!(#rt::interface::mixed(#digest, #number));
    }
    (key, digest)
}

/// As `dlkm_rt::interface::digest`: FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn type_params(generics: &Generics) -> Vec<Ident> {
    let params = generics.type_params();
    params.map(|param| param.ident.clone()).collect()
}

fn bound_params(generics: &mut Generics, bound: &TokenStream) {
    for param in generics.type_params_mut() {
        param.bounds.push(parse_quote!(#bound));
    }
}

/// The types in the fields that belong to a parameter, as `T::Item` does: they are bound
/// like the parameter, as std's derives do.
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

/// `impl Interface` for `dyn Trait`, with each set of auto traits.
pub(super) fn object(ast: &Object<'_>) -> TokenStream {
    let (runtime, item) = (&ast.runtime, ast.item);
    let ident = &item.ident;
    let rt = quote!(#runtime::private);
    let params = type_params(&item.generics);
    let mut generics = object::generics(item);
    bound_params(&mut generics, &quote!(#rt::interface::Interface));
    bound_params(&mut generics, &quote!('static));
    let (_, arguments, _) = item.generics.split_for_impl();
    let lifetime = quote!('dlkm_object);
    let object = quote!(dyn #ident #arguments);
    let target = quote!((#object + #lifetime));
    let param = Lifetime::new("'dlkm_object", proc_macro2::Span::call_site());
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
    for one in &ast.supers {
        let ty = object::super_type(one, &lifetime);
        let part = block.add(shape::shape(&ty, &rt, Lifetimes::Static(&[])));
        let bound = &one.bound;
        let fixed = shape::pins(&parse_quote!(dyn #bound), &params);
        add(one.name.clone(), fixed, part);
    }
    for method in &ast.methods {
        let part = function(method, &mut block);
        let (args, result) = (&method.args, method.result.into_iter());
        let written: Type = parse_quote!(fn(&(), #(#args),*) #(-> #result)*);
        let fixed = shape::pins(&written, &params);
        add(method.ident.unraw().to_string(), fixed, part);
    }
    let name = format!("dyn {}", ident.unraw());
    let (key, digest) = identity(&rt, &format!("{name} {}", names.join(", ")), &item.generics);
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
            // SAFETY: it has the same methods.
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
        // SAFETY: supertraits and methods are listed, in their order.
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
    block.write(&ast.judgements, &description)
}

/// The method as a list of one `Function`.
fn function(method: &Method<'_>, block: &mut Block<'_>) -> TokenStream {
    let rt = block.rt.clone();
    let [kind, receiver] = [method.kind, method.receiver].map(Literal::usize_unsuffixed);
    let lifetimes = Lifetimes::Static(&method.lifetimes);
    let mut args = vec![quote!(#rt::interface::One<#rt::interface::Receiver<#receiver>>)];
    for ty in &method.args {
        args.push(block.add(shape::shape(ty, &rt, lifetimes)));
    }
    let args = shape::tree(&args, &rt);
    let result = match method.result {
        Some(ty) => block.add(shape::shape(ty, &rt, lifetimes)),
        None => quote!(()),
    };
    quote!(#rt::interface::One<#rt::interface::Function<#kind, #args, #result>>)
}
