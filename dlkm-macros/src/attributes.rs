//! The author's attributes: which of them the macros read, and which a generated item takes over.

use syn::{Attribute, ItemTrait, Meta, TraitItem, parse_quote};

use crate::ast::{Interface, Stub, StubKind};

/// The kind of stub that the attribute declares, if it is a stub attribute. Compares only the last
/// segment, so that a path works.
pub(crate) fn stub_kind(attribute: &Attribute) -> Option<StubKind> {
    let name = &attribute.path().segments.last()?.ident;
    StubKind::ALL
        .into_iter()
        .find(|kind| name == kind.attribute())
}

/// Whether the attribute marks an `impl` as provided.
pub(crate) fn is_export(attribute: &Attribute) -> bool {
    attribute.path().is_ident("export")
}

/// Whether the attribute may remove its item.
pub(crate) fn is_cfg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

/// The attributes that a stub takes over from its function in the trait.
pub(crate) fn of_stub(ast: &Interface<'_>, stub: &Stub<'_>) -> Vec<Attribute> {
    let own = &stub.item.attrs;
    let is = |name| move |one: &&Attribute| one.path().is_ident(name);
    let mut taken: Vec<_> = ["doc", "must_use", "deprecated", "allow"]
        .into_iter()
        .flat_map(|name| own.iter().filter(is(name)))
        .cloned()
        .collect();
    if !own.iter().any(|one| one.path().is_ident("deprecated")) {
        taken.extend(ast.item.attrs.iter().filter(is("deprecated")).cloned());
    }
    if !own.iter().any(|one| is("doc")(&one)) {
        // So that rustc reports missing documentation once, on the trait.
        let doc = format!("See [`{}::{}`].", ast.item.ident, stub.item.sig.ident);
        taken.push(parse_quote!(#[doc = #doc]));
    }
    taken
}

/// Whether the module of stubs takes the attribute over from the trait.
pub(crate) fn is_for_module(attribute: &Attribute) -> bool {
    // `doc(hidden)` and the like; the trait keeps the text.
    let hidden = attribute.path().is_ident("doc") && matches!(attribute.meta, Meta::List(_));
    hidden || attribute.path().is_ident("allow")
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
        deprecated |= one.path().is_ident("deprecated");
        if one.path().is_ident("allow") {
            taken.push(one.clone());
        }
    }
    if deprecated {
        taken.push(parse_quote!(#[allow(deprecated)]));
    }
    taken
}
