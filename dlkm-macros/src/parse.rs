//! From tokens to the AST. Reports what the AST can't represent; `check` reports what it can
//! represent and makes no sense.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::{
    Attribute, FnArg, Ident, ItemImpl, ItemMod, ItemTrait, LitStr, Meta, Pat, Path, ReturnType,
    TraitItem, TraitItemFn,
};

use crate::args::{Args, Item};
use crate::as_dyn;
use crate::ast::{Abi, Arg, Body, Class, Export, Interface, Module, Name, OnPanic, Stub, StubKind};
use crate::attributes::{conditional_stub, is_export, stub_kind};
use crate::dependency::{Depends, Want};
use crate::errors::Errors;
use crate::idle::Idle;
use crate::runtime::Runtime;
use crate::switch_keys::SwitchKeys;

/// `#[module]` or `#[switch]` on a trait.
pub(crate) fn interface<'a>(
    args: TokenStream,
    item: &'a ItemTrait,
    is_switch: bool,
    errors: &mut Errors,
) -> Interface<'a> {
    let mut args = Args::parse(args, errors);
    let name = match args.text("name", errors) {
        Some(text) => Name {
            text: text.value(),
            span: text.span(),
        },
        None => Name {
            text: snake_case(&item.ident),
            span: item.ident.span(),
        },
    };
    let table = is_switch.then(|| match args.text("table", errors) {
        Some(text) => Name {
            text: text.value(),
            span: text.span(),
        },
        None => Name {
            text: format!("{}sw", name.text),
            span: name.span,
        },
    });
    let abi = match is_switch {
        true => Abi::Rust,
        false => abi(&mut args, errors),
    };
    let class = class(&mut args, errors);
    let on_panic = on_panic(&mut args, errors);
    let attribute = if is_switch { "switch" } else { "module" };
    let runtime = Runtime::take(&mut args, attribute, errors);
    args.finish(errors);
    let as_dyn = as_dyn::report(item, errors);
    let mut unimportant = Errors::default();
    let errors = if as_dyn { &mut unimportant } else { errors };
    let mut stubs = Vec::new();
    for member in &item.items {
        match member {
            TraitItem::Fn(function) => stubs.push(stub(function, errors)),
            other => errors.at(
                other,
                "an interface can declare only functions: move this out of the trait",
            ),
        }
    }
    Interface {
        runtime,
        item,
        name,
        table,
        abi,
        on_panic,
        unloadable: matches!(class, Some(Class::Unloadable))
            || stubs.iter().any(|stub| stub.kind == StubKind::Unloadable),
        load_only: match class {
            Some(Class::LoadOnly(word)) => Some(word),
            Some(Class::Unloadable) | None => None,
        },
        stubs,
        as_dyn,
    }
}

fn class(args: &mut Args, errors: &mut Errors) -> Option<Class> {
    let path = args.path("class", errors)?;
    match path.get_ident() {
        Some(word) if word == "load_only" => Some(Class::LoadOnly(word.clone())),
        Some(word) if word == "unloadable" => Some(Class::Unloadable),
        _ => {
            let message = "`class` must be `unloadable` (each call but those of a `#[stub]` holds \
                           the module, which can be unloaded) or `load_only` (the module stays \
                           loaded)";
            errors.at(path, message);
            None
        }
    }
}

fn on_panic(args: &mut Args, errors: &mut Errors) -> OnPanic {
    let Some(path) = args.path("on_panic", errors) else {
        return OnPanic::Propagate;
    };
    match path.get_ident() {
        Some(word) if word == "propagate" => OnPanic::Propagate,
        Some(word) if word == "fallback" => OnPanic::Fallback,
        Some(word) if word == "unload" => OnPanic::Unload(word.clone()),
        _ => {
            let message = "`on_panic` must be `propagate` (the default), `fallback` (the stub acts \
                           as if the module could not be loaded) or `unload` (the panic continues, \
                           and the next call loads the module again)";
            errors.at(path, message);
            OnPanic::Propagate
        }
    }
}

fn abi(args: &mut Args, errors: &mut Errors) -> Abi {
    match args.text("abi", errors) {
        Some(text) if text.value() == "C" => Abi::C,
        Some(text) => {
            let message = "unknown ABI, expected `\"C\"`: for Rust's own ABI, remove `abi`";
            errors.at(text, message);
            Abi::Rust
        }
        None => Abi::Rust,
    }
}

fn stub<'a>(item: &'a TraitItemFn, errors: &mut Errors) -> Stub<'a> {
    let mut found = item
        .attrs
        .iter()
        .filter_map(|one| Some((one, stub_kind(one)?)));
    let first = found.next();
    let conditional = item
        .attrs
        .iter()
        .find(|one| conditional_stub(one).is_some());
    for (again, _) in found {
        errors.at(
            again,
            "a function takes only one of `#[stub]`, `#[ustub]` and `#[wstub]`: remove this one",
        );
    }
    if let (Some(attribute), None) = (conditional, first) {
        errors.at(
            attribute,
            "a stub attribute can't be in `cfg_attr`, because host and module must see the same \
             functions: write the attribute by itself, and put `cfg` on the whole trait",
        );
    } else if first.is_none() {
        let name = &item.sig.ident;
        errors.at(
            name,
            format!(
                "`{name}` needs a stub attribute, for calls while its module is not loaded: \
                 `#[stub]` loads the module for good, `#[ustub]` loads it and lets it be unloaded, \
                 `#[wstub(or = path)]` calls another function"
            ),
        );
    }
    let fallback = first.and_then(|(attribute, _)| fallback(attribute, errors));
    let args = item
        .sig
        .inputs
        .iter()
        .enumerate()
        .filter_map(|(i, arg)| match arg {
            FnArg::Typed(arg) => {
                let name = match &*arg.pat {
                    Pat::Ident(name) => name.ident.clone(),
                    // Distinct from an argument that the author named so.
                    _ => Ident::new(&format!("arg{i}"), Span::mixed_site()),
                };
                Some(Arg { name, ty: &arg.ty })
            }
            FnArg::Receiver(_) => None,
        });
    let result = match &item.sig.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(&**ty),
    };
    let args: Vec<_> = args.collect();
    Stub {
        item,
        kind: first.map_or(StubKind::Strong, |(_, kind)| kind),
        attribute: first.map(|(attribute, _)| attribute),
        fallback,
        args,
        result,
    }
}

fn fallback(attribute: &Attribute, errors: &mut Errors) -> Option<Path> {
    let tokens = match &attribute.meta {
        Meta::Path(_) => return None,
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(value) => {
            errors.at(value, "expected `(or = path)` after the attribute's name");
            return None;
        }
    };
    let mut args = Args::parse(tokens, errors);
    let fallback = args.path("or", errors);
    args.finish(errors);
    fallback
}

pub(crate) fn module_impl<'a>(
    args: TokenStream,
    item: &'a ItemImpl,
    errors: &mut Errors,
) -> Module<'a> {
    module(args, None, Body::Impl(export(item)), errors)
}

pub(crate) fn module_mod<'a>(
    args: TokenStream,
    item: &'a ItemMod,
    errors: &mut Errors,
) -> Module<'a> {
    let items = item.content.as_ref().map_or(&[][..], |(_, items)| items);
    let exports = items.iter().filter_map(|inner| match inner {
        syn::Item::Impl(inner) if inner.attrs.iter().any(is_export) => Some(export(inner)),
        _ => None,
    });
    let name = Name {
        text: item.ident.unraw().to_string(),
        span: item.ident.span(),
    };
    module(args, Some(name), Body::Mod(item, exports.collect()), errors)
}

fn export(item: &ItemImpl) -> Export<'_> {
    Export {
        item,
        interface: item.trait_.as_ref().map(|(path, _)| path),
    }
}

fn module<'a>(
    args: TokenStream,
    default_name: Option<Name>,
    body: Body<'a>,
    errors: &mut Errors,
) -> Module<'a> {
    let mut args = Args::parse(args, errors);
    let name = args.text("name", errors);
    let name = name
        .map(|text| Name {
            text: text.value(),
            span: text.span(),
        })
        .or(default_name);
    let module = Module {
        name,
        kind: args.text("kind", errors),
        version: args.text("version", errors),
        desc: args.text("desc", errors),
        states: words("states", "state", &STATES, &mut args, errors),
        phases: words("phases", "phase", &PHASES, &mut args, errors),
        critical: args.flag("critical", errors),
        load: args.path("load", errors),
        unload: args.path("unload", errors),
        save: args.path("save", errors),
        hand_over: hand_over(&mut args, errors),
        depends: names("depends", "[\"shm\"]", &mut args, errors)
            .into_iter()
            .map(|text| Depends::parse(text, errors))
            .collect(),
        wants: names("wants", "[\"after log\"]", &mut args, errors)
            .into_iter()
            .map(Want::parse)
            .collect(),
        weak: names("weak", "[\"fonts\"]", &mut args, errors),
        idle: args
            .text("idle", errors)
            .and_then(|text| Idle::parse(text, errors)),
        switch_keys: SwitchKeys::take(&mut args, errors),
        unmap: args.flag("unmap", errors),
        runtime: Runtime::take(&mut args, "module", errors),
        body,
    };
    args.finish(errors);
    module
}

/// The states that a module can support.
pub(crate) const STATES: [&str; 3] = ["auto", "loaded", "static"];

/// The phases in which a module can be loaded.
pub(crate) const PHASES: [&str; 4] = ["boot1", "boot2", "init", "auto"];

/// A list of words that the kernel knows, such as `states = [auto, static]`.
fn words(
    key: &'static str,
    what: &str,
    known: &[&str],
    args: &mut Args,
    errors: &mut Errors,
) -> Option<Vec<Ident>> {
    let form = format!("[{}]", known.join(", "));
    let (brackets, items) = args.list(key, &form, errors)?;
    let all = known.iter().map(|word| format!("`{word}`"));
    let all = all.collect::<Vec<_>>().join(", ");
    if items.is_empty() {
        let message = format!("a module must support at least one of the {key} {all}");
        errors.add(syn::Error::new(brackets.span.join(), message));
    }
    let mut words = Vec::new();
    for item in items {
        match item {
            Item::Word(word) => words.push(word),
            Item::Text(text) => errors.at(text, format!("write the {what} without quotes")),
            Item::Other(tokens) => errors.at(tokens, format!("expected one of {all}")),
        }
    }
    Some(words)
}

fn names(key: &'static str, like: &str, args: &mut Args, errors: &mut Errors) -> Vec<LitStr> {
    let Some((_, items)) = args.list(key, like, errors) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for item in items {
        match item {
            Item::Text(text) => names.push(text),
            Item::Word(word) => {
                errors.at(
                    &word,
                    format!("write the module's name in quotes: \"{word}\""),
                );
            }
            Item::Other(tokens) => errors.at(tokens, "expected the name of a module, in quotes"),
        }
    }
    names
}

fn hand_over(args: &mut Args, errors: &mut Errors) -> Vec<Ident> {
    let Some((_, items)) = args.list("hand_over", "[STATE]", errors) else {
        return Vec::new();
    };
    let message = "expected the name of a `static` of the type `ModuleCell`";
    let mut states: Vec<Ident> = Vec::new();
    for item in items {
        match item {
            Item::Word(word) if states.contains(&word) => {
                errors.at(&word, format!("`{word}` is listed twice"));
            }
            Item::Word(word) => states.push(word),
            Item::Text(text) => errors.at(text, message),
            Item::Other(tokens) => errors.at(tokens, message),
        }
    }
    states
}

/// `TcpIp` → `tcp_ip`.
fn snake_case(ident: &Ident) -> String {
    let mut out = String::new();
    for letter in ident.unraw().to_string().chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}
