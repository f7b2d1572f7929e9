//! From a struct or an enum to the AST. Reports what can't be described.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Fields, Generics, Ident, Index, Item, ItemEnum, ItemStruct, Meta, Token, Type,
};

use super::ast::{Body, Data, Field, Member, Variant};
use crate::args::Args;
use crate::attributes;
use crate::errors::Errors;
use crate::runtime::Runtime;

/// `None` if there is nothing to describe.
pub(super) fn parse<'a>(item: &'a Item, errors: &mut Errors) -> Option<Data<'a>> {
    match item {
        Item::Struct(item) => {
            let last = item.fields.iter().last();
            let tail = last.map(|field| &field.ty).filter(|ty| is_unsized(ty));
            if let Some(ty) = tail {
                let message = "a struct that crosses must be `Sized`: put this in a `Box`, or behind \
                               a reference";
                errors.at(ty, message);
                return None;
            }
            Some(structure(item, errors))
        }
        Item::Enum(item) => Some(enumeration(item, errors)),
        Item::Union(item) => {
            let message = "a union can't be described, because it does not record which of its \
                           fields is in use: make it an `enum`, or put it in a struct's field with \
                           `#[interface(unsafe(opaque))]`";
            errors.at(item.union_token, message);
            None
        }
        other => {
            errors.at(
                other,
                "`Interface` can be derived only for a `struct` or an `enum`",
            );
            None
        }
    }
}

/// Whether the tokens show that the type is unsized.
fn is_unsized(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(ty) => ty.qself.is_none() && ty.path.is_ident("str"),
        _ => false,
    }
}

fn structure<'a>(item: &'a ItemStruct, errors: &mut Errors) -> Data<'a> {
    let fields = fields(&item.fields, errors);
    let repr = Repr::of(&item.attrs);
    let stable = (repr.has("C") || repr.has("transparent")) && !repr.has("packed");
    let inner = item.fields.iter().map(|field| &field.attrs);
    Data {
        stable,
        allowed: attributes::allowed(inner.chain([&item.attrs])),
        ..data(
            &item.attrs,
            &item.ident,
            &item.generics,
            Body::Struct(fields),
            &repr,
            errors,
        )
    }
}

fn enumeration<'a>(item: &'a ItemEnum, errors: &mut Errors) -> Data<'a> {
    let variants = item.variants.iter().map(|variant| {
        misplaced(&variant.attrs, errors);
        Variant {
            ident: &variant.ident,
            discriminant: variant.discriminant.as_ref().map(|(_, value)| value),
            fields: fields(&variant.fields, errors),
        }
    });
    let variants: Vec<_> = variants.collect();
    let repr = Repr::of(&item.attrs);
    let units = variants.iter().all(|variant| variant.fields.is_empty());
    let inner = item.variants.iter().flat_map(|variant| {
        let fields = variant.fields.iter().map(|field| &field.attrs);
        fields.chain([&variant.attrs])
    });
    Data {
        stable: units && (repr.has("C") || repr.integer().is_some()),
        allowed: attributes::allowed(inner.chain([&item.attrs])),
        ..data(
            &item.attrs,
            &item.ident,
            &item.generics,
            Body::Enum(variants),
            &repr,
            errors,
        )
    }
}

fn data<'a>(
    attrs: &'a [Attribute],
    ident: &'a Ident,
    generics: &'a Generics,
    body: Body<'a>,
    repr: &Repr,
    errors: &mut Errors,
) -> Data<'a> {
    Data {
        runtime: runtime(attrs, errors),
        ident,
        generics,
        repr: repr.text(),
        integer: repr.integer(),
        stable: false,
        body,
        allowed: Vec::new(),
    }
}

fn fields<'a>(fields: &'a Fields, errors: &mut Errors) -> Vec<Field<'a>> {
    let fields = fields.iter().enumerate().map(|(i, field)| Field {
        name: match &field.ident {
            Some(name) => Member::Named(name),
            None => Member::Unnamed(Index::from(i)),
        },
        ty: &field.ty,
        opaque: opaque(&field.attrs, errors),
    });
    fields.collect()
}

fn is_ours(attribute: &&Attribute) -> bool {
    attribute.path().is_ident("interface")
}

/// `#[interface(crate = path)]` on the type.
fn runtime(attrs: &[Attribute], errors: &mut Errors) -> Runtime {
    let mut tokens = TokenStream::new();
    let mut found = attrs.iter().filter(is_ours);
    if let Some(first) = found.next() {
        match &first.meta {
            Meta::List(list) if is_opaque(&list.tokens) => errors.at(
                &list.tokens,
                "`unsafe(opaque)` goes on a field, not on a type",
            ),
            Meta::List(list) => tokens = list.tokens.clone(),
            _ => errors.at(
                first,
                "write `#[interface(crate = path)]`, or remove the attribute",
            ),
        }
    }
    for again in found {
        errors.at(again, "a type takes only one `#[interface]` attribute");
    }
    let mut args = Args::parse(tokens, errors);
    let runtime = Runtime::take(&mut args, "interface", errors);
    args.finish(errors);
    runtime
}

/// `#[interface(unsafe(opaque))]` on a field.
fn opaque(attrs: &[Attribute], errors: &mut Errors) -> bool {
    let mut found = attrs.iter().filter(is_ours);
    let Some(first) = found.next() else {
        return false;
    };
    for again in found {
        errors.at(again, "a field takes only one `#[interface]` attribute");
    }
    match &first.meta {
        Meta::List(list) if is_opaque(&list.tokens) => return true,
        Meta::List(list) if list.tokens.to_string() == "opaque" => errors.at(
            &list.tokens,
            "write `unsafe(opaque)`: you promise that the field holds no code",
        ),
        Meta::List(list) if !list.tokens.is_empty() => {
            errors.at(&list.tokens, "expected `unsafe(opaque)`");
        }
        _ => errors.at(
            first,
            "write `#[interface(unsafe(opaque))]`, or remove the attribute",
        ),
    }
    false
}

/// Whether the tokens are `unsafe(opaque)`.
fn is_opaque(tokens: &TokenStream) -> bool {
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    matches!(&tokens[..], [TokenTree::Ident(word), TokenTree::Group(group)]
        if word == "unsafe" && group.stream().to_string() == "opaque")
}

fn misplaced(attrs: &[Attribute], errors: &mut Errors) {
    for attribute in attrs.iter().filter(is_ours) {
        errors.at(
            attribute,
            "a variant can't have this attribute: `unsafe(opaque)` goes on its fields, `crate = \
             path` on the type",
        );
    }
}

/// The arguments of all `repr` attributes.
struct Repr(Vec<Meta>);

impl Repr {
    /// Skips an attribute that can't be read: rustc itself reports it.
    fn of(attrs: &[Attribute]) -> Self {
        let lists = attrs.iter().filter(|one| one.path().is_ident("repr"));
        let items = lists.filter_map(|one| {
            one.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .ok()
        });
        Repr(items.flatten().collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|one| one.path().is_ident(name))
    }

    fn integer(&self) -> Option<Ident> {
        let integers = [
            "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        ];
        let mut idents = self.0.iter().filter_map(|one| one.path().get_ident());
        let found = idents.find(|ident| integers.iter().any(|name| ident == name));
        found.cloned()
    }

    fn text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let items = self.0.iter().map(|one| {
            let text = one.to_token_stream().to_string();
            text.replace(' ', "")
        });
        format!("repr({})", items.collect::<Vec<_>>().join(", "))
    }
}
