//! The author's attributes: which of them the macros read, and which a generated item takes over.

use proc_macro2::TokenStream;
use quote::{ToTokens, TokenStreamExt, quote};
use syn::punctuated::Punctuated;
use syn::{AttrStyle, Attribute, Ident, ItemTrait, Meta, Path, Token, TraitItem, parse_quote};

use crate::ast::{Interface, Stub, StubKind};
use crate::signature;

/// The kind of stub that the attribute declares, if it is a stub attribute. Compares only the last
/// segment, so that a path works.
pub(crate) fn stub_kind(attribute: &Attribute) -> Option<StubKind> {
    kind_of(attribute.path())
}

fn kind_of(path: &Path) -> Option<StubKind> {
    // An identifier is compared by its text, which comes from the compiler: once is enough.
    let name = path.segments.last()?.ident.to_string();
    StubKind::ALL
        .into_iter()
        .find(|kind| name == kind.attribute())
}

/// Its path, if that is one word.
fn word(path: &Path) -> Option<String> {
    path.get_ident().map(Ident::to_string)
}

/// Whether the attribute marks an `impl` as provided.
pub(crate) fn is_export(attribute: &Attribute) -> bool {
    attribute.path().is_ident("export")
}

/// Whether the attribute may remove its item, or change its type.
pub(crate) fn is_cfg(attribute: &Attribute) -> bool {
    match word(attribute.path()).as_deref() {
        Some("cfg") => true,
        Some("cfg_attr") => !is_conditional_remark(attribute),
        _ => false,
    }
}

/// Whether it is a `cfg_attr` of attributes that change neither the item nor its type, as docs.rs
/// has them.
fn is_conditional_remark(attribute: &Attribute) -> bool {
    const REMARKS: [&str; 10] = [
        "allow",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "forbid",
        "inline",
        "must_use",
        "warn",
    ];
    attribute.path().is_ident("cfg_attr")
        && conditional(attribute).is_some_and(|inner| {
            let known = |one: &Meta| REMARKS.iter().any(|name| one.path().is_ident(name));
            inner.iter().all(known)
        })
}

/// The attributes in a `cfg_attr`.
fn conditional(attribute: &Attribute) -> Option<Vec<Meta>> {
    let all = Punctuated::<Meta, Token![,]>::parse_terminated;
    let all = attribute.parse_args_with(all).ok()?;
    Some(all.into_iter().skip(1).collect())
}

/// The stub attribute in a `cfg_attr`.
pub(crate) fn conditional_stub(attribute: &Attribute) -> Option<StubKind> {
    if !attribute.path().is_ident("cfg_attr") {
        return None;
    }
    conditional(attribute)?
        .iter()
        .find_map(|one| kind_of(one.path()))
}

/// The attribute for another item: an inner one of the trait becomes an outer one.
fn outer(attribute: &Attribute) -> Attribute {
    Attribute {
        style: AttrStyle::Outer,
        ..attribute.clone()
    }
}

/// The attributes that a stub takes over from its function in the trait.
pub(crate) fn of_stub(ast: &Interface<'_>, stub: &Stub<'_>) -> TokenStream {
    let own = stub.item.attrs.iter();
    let own: Vec<_> = own
        .filter_map(|one| word(one.path()).zip(Some(one)))
        .collect();
    let of_name = |name| own.iter().filter(move |(word, _)| word == name);
    let mut taken = TokenStream::new();
    for name in ["doc", "must_use", "deprecated", "allow"] {
        taken.append_all(of_name(name).map(|(_, one)| one));
    }
    let conditional = of_name("cfg_attr").map(|(_, one)| one);
    taken.append_all(conditional.filter(|one| is_conditional_remark(one)));
    if of_name("deprecated").next().is_none() {
        let inherited = ast.item.attrs.iter();
        let inherited = inherited.filter(|one| one.path().is_ident("deprecated"));
        taken.append_all(inherited.map(outer));
    }
    if of_name("doc").next().is_none() {
        // So that rustc reports missing documentation once, on the trait.
        let doc = format!("See [`{}::{}`].", ast.item.ident, stub.item.sig.ident);
        taken.extend(quote!(#[doc = #doc]));
    }
    // After an empty line.
    let about = format!("\n{}", about(ast, stub));
    taken.extend(quote!(#[doc = #about]));
    taken
}

/// What a call does with the module, for the stub's documentation.
fn about(ast: &Interface<'_>, stub: &Stub<'_>) -> String {
    let interface = &ast.name.text;
    let fallback = stub.fallback.as_ref();
    let fallback = fallback.map(|path| signature::tokens_text(path.to_token_stream()));
    let otherwise = match &fallback {
        Some(path) => format!("calls `{path}`"),
        None => "returns the error".to_owned(),
    };
    match stub.kind {
        StubKind::Strong => format!(
            "Strong stub of interface `{interface}`: the first call loads the module, which then \
             stays loaded. If it can't be loaded, a call {otherwise}."
        ),
        StubKind::Unloadable => format!(
            "Strong stub of interface `{interface}`: a call loads the module if it is not loaded, \
             and keeps it loaded until it returns. If it can't be loaded, a call {otherwise}."
        ),
        StubKind::Weak => format!(
            "Weak stub of interface `{interface}`: while the module is not loaded, a call \
             {otherwise} and loads nothing."
        ),
    }
}

/// The trait's attributes that the module of stubs takes over.
pub(crate) fn for_module(item: &ItemTrait) -> impl Iterator<Item = Attribute> {
    let taken = item.attrs.iter().filter(|one| {
        // `doc(hidden)` and the like; the trait keeps the text.
        let hidden = one.path().is_ident("doc") && matches!(one.meta, Meta::List(_));
        hidden || one.path().is_ident("allow")
    });
    taken.map(outer)
}

/// [`allowed`], for a trait and its functions.
pub(crate) fn allowed_in_trait(item: &ItemTrait) -> Vec<Attribute> {
    let functions = item.items.iter().filter_map(|member| match member {
        TraitItem::Fn(function) => Some(&function.attrs),
        _ => None,
    });
    allowed(functions.chain([&item.attrs]))
}

/// The author's `allow` attributes, for generated code that repeats the author's types and names.
/// That code can't allow anything else, as the author may have forbidden it.
pub(crate) fn allowed<'a>(attrs: impl Iterator<Item = &'a Vec<Attribute>>) -> Vec<Attribute> {
    let mut taken = Vec::new();
    let mut deprecated = false;
    for one in attrs.flatten() {
        match word(one.path()).as_deref() {
            Some("deprecated") => deprecated = true,
            Some("allow") => taken.push(outer(one)),
            _ => {}
        }
    }
    if deprecated {
        taken.push(parse_quote!(#[allow(deprecated)]));
    }
    taken
}
