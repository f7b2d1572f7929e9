//! The author's attributes: which of them the macros read, and which a generated item takes over.

use proc_macro2::TokenStream;
use quote::{ToTokens, TokenStreamExt, quote};
use syn::punctuated::Punctuated;
use syn::{
    AttrStyle, Attribute, Expr, ExprLit, Ident, ItemTrait, Lit, Meta, Path, Token, TraitItem,
    parse_quote,
};

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

/// Whether the attribute describes a trait for `dyn`.
pub(crate) fn is_object(attribute: &Attribute) -> bool {
    is_last(attribute, "interface")
}

/// Whether the attribute makes a trait an interface.
pub(crate) fn is_module(attribute: &Attribute) -> bool {
    is_last(attribute, "module")
}

/// Compares only the last segment, so that a path works.
fn is_last(attribute: &Attribute, name: &str) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == name)
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
    let docs: Vec<&Attribute> = of_name("doc").map(|(_, one)| *one).collect();
    let heading = first_heading(&docs).unwrap_or(docs.len());
    let mut taken = TokenStream::new();
    taken.append_all(&docs[..heading]);
    if docs.is_empty() {
        // So that rustc reports missing documentation once, on the trait.
        let doc = format!("See [`{}::{}`].", ast.item.ident, stub.item.sig.ident);
        taken.extend(quote!(#[doc = #doc]));
    }
    // Between empty lines.
    let about = format!("\n{}\n", about(ast, stub));
    taken.extend(quote!(#[doc = #about]));
    taken.append_all(&docs[heading..]);
    for name in ["must_use", "deprecated", "allow"] {
        taken.append_all(of_name(name).map(|(_, one)| one));
    }
    let conditional = of_name("cfg_attr").map(|(_, one)| one);
    taken.append_all(conditional.filter(|one| is_conditional_remark(one)));
    if of_name("deprecated").next().is_none() {
        let inherited = ast.item.attrs.iter();
        let inherited = inherited.filter(|one| one.path().is_ident("deprecated"));
        taken.append_all(inherited.map(outer));
    }
    taken
}

/// The position of the first line of documentation that is a heading, as `# Errors`: what stands
/// below it belongs to its section.
fn first_heading(attributes: &[&Attribute]) -> Option<usize> {
    let mut in_code = false;
    attributes.iter().position(|attribute| {
        let Meta::NameValue(line) = &attribute.meta else {
            return false;
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(line),
            ..
        }) = &line.value
        else {
            return false;
        };
        let line = line.value();
        let line = line.trim_start();
        in_code ^= line.starts_with("```") || line.starts_with("~~~");
        !in_code && attribute.path().is_ident("doc") && line.starts_with('#')
    })
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
             stays loaded. If it can't be loaded, the stub {otherwise}."
        ),
        StubKind::Unloadable => format!(
            "Strong stub of interface `{interface}`: a call loads the module if it is not loaded, \
             and keeps it loaded until it returns. If it can't be loaded, the stub {otherwise}."
        ),
        StubKind::Weak => format!(
            "Weak stub of interface `{interface}`: while the module is not loaded, the stub \
             {otherwise} and does not load it."
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_is_no_line_of_an_example() {
        let item: syn::ItemFn = parse_quote! {
            /// Adds.
            ///
            /// ```
            /// # use api::add;
            /// add(1, 2);
            /// ```
            ///
            /// # Errors
            /// None.
            fn add() {}
        };
        let lines: Vec<_> = item.attrs.iter().collect();
        assert_eq!(first_heading(&lines), Some(7));
        assert_eq!(first_heading(&lines[..7]), None);
    }
}
