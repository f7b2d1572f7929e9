//! What makes no sense, each with the author's own token and what to write instead.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{FnArg, GenericParam, Ident, ItemImpl, LitStr, Pat, Path, Safety, Type, TypeImplTrait};

use crate::ast::{Body, Interface, Module, Name, Stub, StubKind};
use crate::errors::Errors;

pub(crate) fn interface(interface: &Interface<'_>, errors: &mut Errors) {
    let item = interface.item;
    name(&interface.name, "an interface's name", errors);
    if let Some(token) = &item.unsafety {
        errors.at(
            token,
            "calling a stub is safe, so an interface is no `unsafe trait`",
        );
    }
    if let Some(token) = &item.modifiers.auto_token {
        errors.at(token, "an interface is no `auto trait`");
    }
    if !item.generics.params.is_empty() {
        errors.at(
            &item.generics,
            "an interface has no generic parameters: its functions are found by name",
        );
    } else if let Some(clause) = &item.generics.where_clause {
        errors.at(clause, "an interface has no `where` clause");
    }
    if !item.supertraits.is_empty() {
        errors.at(&item.supertraits, "an interface has no supertraits");
    }
    if item.items.is_empty() {
        errors.at(&item.ident, "an interface declares at least one function");
    }
    for stub in &interface.stubs {
        check_stub(stub, errors);
    }
}

fn check_stub(stub: &Stub<'_>, errors: &mut Errors) {
    let item = stub.item;
    let sig = &item.sig;
    if let Some(token) = &sig.constness {
        errors.at(
            token,
            "a stub can't be `const`: its module is loaded at run time",
        );
    }
    if let Some(token) = &sig.asyncness {
        errors.at(
            token,
            "a stub can't be `async`: return what the caller can wait for instead",
        );
    }
    match &sig.safety {
        Safety::Default => {}
        Safety::Unsafe(token) => errors.at(token, "a stub is a safe function"),
        Safety::Safe(token) => errors.at(token, "a stub is safe without saying so"),
    }
    if let Some(abi) = &sig.abi {
        errors.at(abi, "a stub has Rust's own calling convention");
    }
    if let Some(token) = &sig.variadic {
        errors.at(token, "a stub takes a fixed number of arguments");
    }
    for param in &sig.generics.params {
        match param {
            GenericParam::Lifetime(param) if param.bounds.is_empty() => {}
            GenericParam::Lifetime(param) => {
                errors.at(param, "a stub's lifetimes have no bounds");
            }
            GenericParam::Type(_) | GenericParam::Const(_) => errors.at(
                param,
                "a stub can't be generic: an image holds compiled code; take `&dyn Trait` instead",
            ),
        }
    }
    if let Some(clause) = &sig.generics.where_clause {
        errors.at(clause, "a stub has no `where` clause");
    }
    if let Some(block) = &item.default {
        errors.at(
            block,
            "a stub has no body: the module has it; for when that is not loaded name a \
             function: `or = path`",
        );
    }
    for arg in &sig.inputs {
        check_arg(arg, errors);
    }
    if let Some(ty) = stub.result {
        no_impl_trait(ty, errors);
    }
    for attribute in &item.attrs {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            errors.at(
                attribute,
                "host and module must see the same functions: put `cfg` on the whole interface",
            );
        }
    }
    check_fallback(stub, errors);
}

fn check_arg(arg: &FnArg, errors: &mut Errors) {
    match arg {
        FnArg::Receiver(receiver) => errors.at(
            receiver,
            "a stub is a plain function without `self`: a module has no value to call it on",
        ),
        FnArg::Typed(arg) => {
            match &*arg.pat {
                Pat::Ident(name) if name.by_ref.is_none() && name.mutability.is_none() => {}
                Pat::Wild(_) => {}
                other => errors.at(other, "a stub's argument is a plain name"),
            }
            no_impl_trait(&arg.ty, errors);
        }
    }
}

fn no_impl_trait(ty: &Type, errors: &mut Errors) {
    struct Find<'a>(&'a mut Errors);
    impl<'ast> Visit<'ast> for Find<'_> {
        fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
            self.0.at(
                ty,
                "a stub can't be generic: an image holds compiled code; use `&dyn Trait` or a \
                 type of its own",
            );
            visit::visit_type_impl_trait(self, ty);
        }
    }
    Find(errors).visit_type(ty);
}

fn check_fallback(stub: &Stub<'_>, errors: &mut Errors) {
    let Some(attribute) = stub.attribute.filter(|_| stub.fallback.is_none()) else {
        return;
    };
    let has_arguments = !matches!(attribute.meta, syn::Meta::Path(_));
    if stub.kind == StubKind::Weak && !has_arguments {
        errors.at(
            attribute,
            "a weak stub does not load its module: name the function to call instead, \
             `#[wstub(or = path)]`",
        );
    } else if stub.result.is_none() && !has_arguments {
        let name = &stub.item.sig.ident;
        errors.at(
            name,
            format!(
                "`{name}` has no way to say that its module can't be loaded: return \
                 `Result<(), E>` with `E: From<LoadError>`, or name a function to call \
                 instead, `#[{}(or = path)]`",
                stub.kind.attribute()
            ),
        );
    }
}

pub(crate) fn module(module: &Module<'_>, errors: &mut Errors) {
    if let Some(declared) = &module.name {
        name(declared, "a module's name", errors);
    }
    if let Some(kind) = &module.kind {
        let text = Name {
            text: kind.value(),
            span: kind.span(),
        };
        name(&text, "a module's kind", errors);
    }
    if let Some(version) = &module.version {
        check_version(version, errors);
    }
    if let Some(desc) = &module.desc
        && desc.value().contains(['\0', '\n'])
    {
        errors.at(desc, "a description is one line of text");
    }
    check_states(module.states.as_deref().unwrap_or_default(), errors);
    check_depends(module, errors);
    match &module.body {
        Body::Impl(export) => check_impl(export.item, errors),
        Body::Mod(item, exports) => {
            if item.content.is_none() {
                errors.at(
                    item,
                    "the macro can't see into another file: write the `mod` with its body, \
                     `mod name { ... }`, or put `#[module]` on the `impl` in that file",
                );
            }
            for export in exports {
                check_impl(export.item, errors);
            }
            check_twice(exports.iter().filter_map(|export| export.interface), errors);
        }
    }
}

fn check_impl(item: &ItemImpl, errors: &mut Errors) {
    if item.trait_.is_none() {
        errors.at(
            &item.self_ty,
            "a module implements an interface: `impl Interface for Type`",
        );
    }
    if let Some(token) = &item.modifiers.polarity {
        errors.at(token, "a module implements its interface");
    }
    if let Some(token) = &item.modifiers.defaultness {
        errors.at(token, "a module's `impl` can't be `default`");
    }
    if let Some(token) = &item.unsafety {
        errors.at(token, "an interface is safe, and so is its `impl`");
    }
    if !item.generics.params.is_empty() {
        errors.at(
            &item.generics,
            "a module is one type: an `impl` with parameters leaves open which",
        );
    }
}

fn check_twice<'a>(interfaces: impl Iterator<Item = &'a Path>, errors: &mut Errors) {
    let mut seen = Vec::new();
    for interface in interfaces {
        let text = interface.to_token_stream().to_string();
        if seen.contains(&text) {
            errors.at(interface, "a module provides an interface once");
        }
        seen.push(text);
    }
}

fn check_states(states: &[Ident], errors: &mut Errors) {
    let mut seen: Vec<&Ident> = Vec::new();
    for state in states {
        if !["auto", "loaded", "static"]
            .iter()
            .any(|known| state == known)
        {
            errors.at(
                state,
                format!("unknown state `{state}`; a module supports `auto`, `loaded`, `static`"),
            );
        } else if seen.contains(&state) {
            errors.at(state, format!("`{state}` stands here twice"));
        }
        seen.push(state);
    }
}

fn check_depends(module: &Module<'_>, errors: &mut Errors) {
    let mut seen = Vec::new();
    for needed in &module.depends {
        let text = needed.value();
        let own = module.name.as_ref().is_some_and(|name| name.text == text);
        if own {
            errors.at(needed, "a module can't depend on itself");
        } else if seen.contains(&text) {
            errors.at(needed, format!("`{text}` stands here twice"));
        } else {
            name(
                &Name {
                    text: text.clone(),
                    span: needed.span(),
                },
                "a module's name",
                errors,
            );
        }
        seen.push(text);
    }
}

/// Names are parts of file names, of identifiers and of blank-separated lists.
fn name(name: &Name, what: &str, errors: &mut Errors) {
    let mut letters = name.text.chars();
    let first = letters
        .next()
        .is_some_and(|letter| letter.is_ascii_lowercase());
    let rest = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_' || letter == '-'
    };
    if !first || !letters.all(rest) {
        let message = format!(
            "{what} begins with a small letter and goes on with small letters, digits, `-` \
             and `_`: not `{}`",
            name.text
        );
        errors.add(syn::Error::new(name.span, message));
    } else if syn::parse_str::<Ident>(&name.text.replace('-', "_")).is_err() {
        let message = format!(
            "{what} becomes a Rust module's, and `{}` is a keyword",
            name.text
        );
        errors.add(syn::Error::new(name.span, message));
    }
}

fn check_version(version: &LitStr, errors: &mut Errors) {
    let text = version.value();
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<_> = core.split('.').collect();
    let number = |part: &&str| part.parse::<u64>().is_ok() && !part.starts_with('+');
    if numbers.len() != 3 || !numbers.iter().all(number) || text.contains([' ', '\0', '\n']) {
        errors.add(syn::Error::new(
            version.span(),
            format!("a version reads \"major.minor.patch\", as in \"1.0.2\": not \"{text}\""),
        ));
    }
}
