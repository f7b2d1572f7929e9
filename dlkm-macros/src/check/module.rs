//! Modules.

use quote::ToTokens;
use syn::visit::Visit;
use syn::{Attribute, Ident, Item, ItemImpl, ItemMod, Path};

use super::words::{desc, name, version_mistake};
use crate::ast::{Body, Module, Name};
use crate::attributes::{is_cfg, is_export};
use crate::errors::Errors;
use crate::parse::{PHASES, STATES};

pub(crate) fn module(module: &Module<'_>, errors: &mut Errors) {
    if let Some(declared) = &module.name {
        name(declared, "module name", errors);
    }
    if let Some(kind) = &module.kind {
        let text = Name {
            text: kind.value(),
            span: kind.span(),
        };
        name(&text, "module kind", errors);
    }
    if let Some(version) = &module.version
        && let Some(message) = version_mistake(&version.value())
    {
        errors.at(version, message);
    }
    if let Some(text) = &module.desc {
        desc(text, errors);
    }
    check_words(module.states.as_deref(), "state", &STATES, errors);
    check_words(module.phases.as_deref(), "phase", &PHASES, errors);
    check_depends(module, errors);
    if let Some(idle) = &module.idle {
        idle.check(module.states.as_deref(), errors);
    }
    match &module.body {
        Body::Impl(export) => check_impl(export.item, errors),
        Body::Mod(item, exports) => {
            if item.content.is_none() {
                errors.at(
                    item,
                    "the macro can't read another file: write the `mod` with its body, as in \
                     `mod name { ... }`, or put `#[module]` on the `impl` in that file",
                );
            }
            for export in exports {
                check_impl(export.item, errors);
                for attribute in export.item.attrs.iter().filter(|one| is_cfg(one)) {
                    errors.at(
                        attribute,
                        "the macro can't evaluate `cfg`: put it on the whole `mod`",
                    );
                }
            }
            check_exports(item, errors);
            check_twice(exports.iter().filter_map(|export| export.interface), errors);
        }
    }
}

/// rustc does not know `#[export]`, so it could not say where one belongs.
fn check_exports(item: &ItemMod, errors: &mut Errors) {
    struct Find<'a>(&'a mut Errors);
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_attribute(&mut self, attribute: &'ast Attribute) {
            if is_export(attribute) {
                let message = "`#[export]` goes on an `impl Interface for Type` directly inside the \
                               `mod`";
                self.0.at(attribute, message);
            }
        }
    }
    let mut find = Find(errors);
    for inner in item.content.iter().flat_map(|(_, items)| items) {
        match inner {
            Item::Impl(inner) => inner.items.iter().for_each(|one| find.visit_impl_item(one)),
            other => find.visit_item(other),
        }
    }
}

fn check_impl(item: &ItemImpl, errors: &mut Errors) {
    if item.trait_.is_none() {
        errors.at(
            &item.self_ty,
            "a module must implement an interface: write `impl Interface for Type`",
        );
    }
    if let Some(token) = &item.modifiers.polarity {
        errors.at(token, "a module can't be a negative `impl`: remove `!`");
    }
    if let Some(token) = &item.modifiers.defaultness {
        errors.at(token, "a module's `impl` can't be `default`");
    }
    if let Some(token) = &item.unsafety {
        errors.at(token, "an interface is safe to implement: remove `unsafe`");
    }
    if !item.generics.params.is_empty() {
        errors.at(
            &item.generics,
            "a module is a single type, so its `impl` can't have parameters",
        );
    }
}

fn check_twice<'a>(interfaces: impl Iterator<Item = &'a Path>, errors: &mut Errors) {
    let mut seen = Vec::new();
    for interface in interfaces {
        let text = interface.to_token_stream().to_string();
        if seen.contains(&text) {
            errors.at(
                interface,
                "a module can provide an interface only once: move this `impl` to another module",
            );
        }
        seen.push(text);
    }
}

/// Words that are unknown, or there twice.
pub(crate) fn check_words(
    words: Option<&[Ident]>,
    what: &str,
    known: &[&str],
    errors: &mut Errors,
) {
    let mut seen: Vec<&Ident> = Vec::new();
    for word in words.unwrap_or_default() {
        if !known.iter().any(|known| word == known) {
            let all = known.iter().map(|word| format!("`{word}`"));
            let all = all.collect::<Vec<_>>().join(", ");
            errors.at(
                word,
                format!("unknown {what} `{word}`, expected one of {all}"),
            );
        } else if seen.contains(&word) {
            errors.at(word, format!("`{word}` is listed twice"));
        }
        seen.push(word);
    }
}

fn check_depends(module: &Module<'_>, errors: &mut Errors) {
    let strong = module.depends.iter();
    let strong = strong.map(|one| (&one.literal, &*one.name, one.interface));
    let soft = module.wants.iter();
    let soft = soft.map(|one| (&one.literal, &*one.name, false));
    let weak: Vec<_> = module.weak.iter().map(|one| (one, one.value())).collect();
    let weak = weak.iter().map(|(one, name)| (*one, &**name, false));
    let mut seen = Vec::new();
    for (literal, text, interface) in strong.chain(soft).chain(weak) {
        let own = module.name.as_ref().is_some_and(|name| name.text == text) && !interface;
        let what = if interface {
            "interface name"
        } else {
            "module name"
        };
        if own {
            errors.at(literal, "a module can't depend on itself");
        } else if seen.contains(&(text, interface)) {
            errors.at(literal, format!("`{text}` is listed twice"));
        } else {
            name(
                &Name {
                    text: text.to_owned(),
                    span: literal.span(),
                },
                what,
                errors,
            );
        }
        seen.push((text, interface));
    }
}
