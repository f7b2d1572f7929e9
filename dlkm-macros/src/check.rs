//! Reports each declaration that makes no sense, at the author's own token, with what to write
//! instead.

use std::collections::HashSet;

use quote::ToTokens;
use syn::visit::Visit;
use syn::{
    Attribute, FnArg, GenericParam, Generics, Ident, Item, ItemImpl, ItemMod, LitStr, Meta, Pat,
    Path, Safety, Type,
};

use crate::ast::{Abi, Body, Interface, Module, Name, OnPanic, Stub, StubKind};
use crate::attributes::{conditional_stub, is_cfg, is_export};
use crate::check_type::check_type;
use crate::errors::Errors;
use crate::parse::{PHASES, STATES};
use crate::{lifetimes, shape};

pub(crate) fn interface(interface: &Interface<'_>, errors: &mut Errors) {
    let item = interface.item;
    if interface.as_dyn {
        return;
    }
    name(&interface.name, "interface name", errors);
    if let Some(table) = &interface.table {
        name(table, "name of a switch table", errors);
    }
    check_module_ident(interface, errors);
    if let Some(token) = &item.unsafety {
        errors.at(
            token,
            "an interface can't be an `unsafe trait`: calling a stub is safe",
        );
    }
    if let Some(token) = &item.modifiers.auto_token {
        errors.at(token, "an interface can't be an `auto trait`");
    }
    if !item.generics.params.is_empty() {
        errors.at(
            &item.generics,
            "an interface can't have generic parameters: its functions are found by name",
        );
    } else if let Some(clause) = &item.generics.where_clause {
        errors.at(clause, "an interface can't have a `where` clause");
    }
    if !item.supertraits.is_empty() {
        errors.at(&item.supertraits, "an interface can't have supertraits");
    }
    if item.items.is_empty() {
        errors.at(
            &item.ident,
            "an interface must declare at least one function",
        );
    }
    if let OnPanic::Unload(word) = &interface.on_panic
        && !interface.unloadable
    {
        errors.at(
            word,
            "`on_panic = unload` needs a `#[ustub]`: without one, modules of this interface are never \
             unloaded",
        );
    }
    let mut seen = HashSet::new();
    for stub in &interface.stubs {
        check_fallback_after_panic(interface, stub, errors);
        let name = &stub.item.sig.ident;
        if !seen.insert(name) {
            errors.at(name, format!("`{name}` is declared twice"));
        }
        check_stub(stub, interface.abi, &item.generics, errors);
        if let Some(token) = stub
            .item
            .sig
            .asyncness
            .as_ref()
            .filter(|_| interface.table.is_some())
        {
            errors.at(
                token,
                "a function of a switch table can't be `async`: return an object with an `async fn`, \
                 through an interface of its own, or remove `async`",
            );
        }
    }
}

/// The module of stubs, beside the trait, has the interface's name.
fn check_module_ident(interface: &Interface<'_>, errors: &mut Errors) {
    let Name { text, span } = interface.module_name();
    let attribute = match interface.table {
        Some(_) => "#[switch(table = \"...\")]",
        None => "#[module(name = \"...\")]",
    };
    let ident = text.replace('-', "_");
    if !is_name(text) {
        return;
    }
    if syn::parse_str::<Ident>(&ident).is_err() {
        let message = format!(
            "`{text}` would be the name of the module of stubs, but it is a keyword: choose \
             another name with `{attribute}`"
        );
        errors.add(syn::Error::new(*span, message));
    } else if interface.item.ident == ident {
        let message = format!(
            "the trait and its module of stubs would both be named `{ident}`: rename the trait, \
             or choose another name with `{attribute}`"
        );
        errors.at(&interface.item.ident, message);
    }
}

fn check_stub(stub: &Stub<'_>, kind: Abi, outer: &Generics, errors: &mut Errors) {
    let item = stub.item;
    let sig = &item.sig;
    if let Some(token) = &sig.constness {
        errors.at(
            token,
            "a stub can't be `const`: its module is loaded at run time",
        );
    }
    if let Some(token) = sig.asyncness.as_ref().filter(|_| kind == Abi::C) {
        errors.at(
            token,
            "a stub can't be `async` with `abi = \"C\"`, because futures have no C ABI: take a \
             callback that is called on completion, or remove `abi`",
        );
    }
    match &sig.safety {
        Safety::Default => {}
        Safety::Unsafe(token) => errors.at(token, "calling a stub is safe: remove `unsafe`"),
        Safety::Safe(token) => errors.at(token, "a stub is always safe: remove `safe`"),
    }
    if let Some(abi) = &sig.abi {
        errors.at(
            abi,
            match kind {
                Abi::Rust => "a stub uses Rust's calling convention: remove `extern`",
                Abi::C => "`abi = \"C\"` applies to all functions: remove `extern`",
            },
        );
    }
    if let Some(token) = &sig.variadic {
        errors.at(
            token,
            "a stub can't be variadic: declare a fixed number of arguments",
        );
    }
    for param in &sig.generics.params {
        match param {
            GenericParam::Lifetime(param) if param.bounds.is_empty() => {}
            GenericParam::Lifetime(param) => {
                errors.at(param, "a stub's lifetimes can't have bounds");
            }
            GenericParam::Type(_) | GenericParam::Const(_) => errors.at(
                param,
                "a stub can't be generic, because its module is already compiled: take `&dyn Trait` \
                 instead",
            ),
        }
    }
    if let Some(clause) = &sig.generics.where_clause {
        errors.at(clause, "a stub can't have a `where` clause");
    }
    if let Some(block) = &item.default {
        errors.at(
            block,
            "a stub has no body, because its module provides it: for calls while the module is \
             not loaded, name a function with `or = path`",
        );
    }
    lifetimes::check(sig, outer, errors);
    for arg in &sig.inputs {
        check_arg(arg, errors);
    }
    if let Some(ty) = stub.result {
        check_type(ty, GENERIC, OF_MODULE, errors);
    }
    // `parse` has reported those with a stub attribute.
    let conditional = |one: &&Attribute| is_cfg(one) && conditional_stub(one).is_none();
    for attribute in item.attrs.iter().filter(conditional) {
        errors.at(
            attribute,
            "a single function can't have `cfg`, because host and module must see the same \
             functions: put it on the whole trait",
        );
    }
    check_fallback(stub, kind, errors);
}

fn check_arg(arg: &FnArg, errors: &mut Errors) {
    match arg {
        FnArg::Receiver(receiver) => errors.at(
            receiver,
            "a stub can't take `self`: a module has no value to call it on",
        ),
        FnArg::Typed(arg) => {
            match &*arg.pat {
                Pat::Ident(name) if name.by_ref.is_none() && name.mutability.is_none() => {}
                Pat::Wild(_) => {}
                other => errors.at(
                    other,
                    "an argument of a stub must be a plain name: destructure it in the module's \
                     function",
                ),
            }
            check_type(&arg.ty, GENERIC, OF_MODULE, errors);
            for attribute in arg.attrs.iter().filter(|one| is_cfg(one)) {
                errors.at(
                    attribute,
                    "a single argument can't have `cfg`, because host and module must see the \
                     same arguments: put it on the whole trait",
                );
            }
        }
    }
}

const GENERIC: &str = "a stub can't be generic, because its module is already compiled: use `&dyn \
                       Trait` or a concrete type";
const OF_MODULE: &str = "a stub's types can't depend on the module: instead of `Self`, name a type \
                         of the interface's crate";

/// The fallback gets the same `&mut` again, which a result that borrows from it forbids.
fn check_fallback_after_panic(interface: &Interface<'_>, stub: &Stub<'_>, errors: &mut Errors) {
    let mutable = |ty: &Type| matches!(ty, Type::Reference(ty) if ty.mutability.is_some());
    let again = matches!(interface.on_panic, OnPanic::Fallback) && stub.fallback.is_some();
    if let Some(token) = stub.item.sig.asyncness.as_ref().filter(|_| again) {
        errors.at(
            token,
            "an `async` function can't have `or` with `on_panic = fallback`: its arguments are \
             gone when its future panics; without `or`, the panic is returned as an error",
        );
        return;
    }
    if let Some(result) = stub.result
        && again
        && stub.args.iter().any(|arg| mutable(arg.ty))
        && !shape::is_fixed(result, &[])
    {
        errors.at(
            result,
            "with `on_panic = fallback`, the result can't borrow if there is a `&mut` argument: \
             after a panic, the fallback is called with the same arguments",
        );
    }
}

fn check_fallback(stub: &Stub<'_>, abi: Abi, errors: &mut Errors) {
    let Some(attribute) = stub.attribute.filter(|_| stub.fallback.is_none()) else {
        return;
    };
    let has_arguments = match &attribute.meta {
        Meta::Path(_) => false,
        Meta::List(list) => !list.tokens.is_empty(),
        Meta::NameValue(_) => true,
    };
    if stub.kind == StubKind::Weak && !has_arguments {
        errors.at(
            attribute,
            "a weak stub does not load its module: name the function to call instead with \
             `#[wstub(or = path)]`",
        );
    } else if stub.result.is_none() && !has_arguments {
        let name = &stub.item.sig.ident;
        let ways = match abi {
            Abi::Rust => "return `Result<(), E>` with `E: From<LoadError>`",
            Abi::C => "return a type of your own that implements `OrLoadError`",
        };
        errors.at(
            name,
            format!(
                "`{name}` can't report that its module could not be loaded: {ways}, or name a \
                 function to call instead with `#[{}(or = path)]`",
                stub.kind.attribute()
            ),
        );
    }
}

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
    if let Some(version) = &module.version {
        check_version(version, errors);
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

fn check_words(words: Option<&[Ident]>, what: &str, known: &[&str], errors: &mut Errors) {
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

/// Names become parts of file names, of identifiers and of lists separated by spaces.
fn name(name: &Name, what: &str, errors: &mut Errors) {
    if !is_name(&name.text) {
        let message = format!(
            "`{}` is not a valid {what}: use lowercase letters, digits, `-` and `_`, and start \
             with a letter",
            name.text
        );
        errors.add(syn::Error::new(name.span, message));
    }
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters
        .next()
        .is_some_and(|letter| letter.is_ascii_lowercase());
    let rest = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-'
    };
    first && letters.all(rest)
}

/// Reports a description that is no single line of text.
pub(crate) fn desc(desc: &LitStr, errors: &mut Errors) {
    if let Some(sign) = desc.value().chars().find(|sign| is_hidden(*sign)) {
        let text = match sign {
            '\0' | '\n' => "`desc` must be a single line of text".to_owned(),
            sign => format!(
                "`desc` must not contain U+{:04X}, which does not show as itself",
                u32::from(sign)
            ),
        };
        errors.at(desc, &text);
    }
}

/// Whether the character is a control character, a separator of lines, or changes the direction
/// of the text. `dlkm-metadata/src/visible.rs`, which refuses such an image, has the same function.
fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

fn check_version(version: &LitStr, errors: &mut Errors) {
    let text = version.value();
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<_> = core.split('.').collect();
    let number = |part: &&str| part.parse::<u64>().is_ok() && !part.starts_with('+');
    if numbers.len() != 3
        || !numbers.iter().all(number)
        || text.contains(|sign| sign == ' ' || is_hidden(sign))
    {
        errors.add(syn::Error::new(
            version.span(),
            format!(
                "\"{text}\" is not a valid version: write \"major.minor.patch\", as in \"1.0.2\""
            ),
        ));
    }
}
