//! The stubs of an interface.

use syn::{Attribute, FnArg, GenericParam, Generics, Meta, Pat, Safety, Type};

use crate::ast::{Abi, Interface, OnPanic, Stub, StubKind};
use crate::attributes::{conditional_stub, is_cfg};
use crate::check_type::check_type;
use crate::errors::Errors;
use crate::{lifetimes, shape};

pub(super) fn check_stub(stub: &Stub<'_>, kind: Abi, outer: &Generics, errors: &mut Errors) {
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
pub(super) fn check_fallback_after_panic(
    interface: &Interface<'_>,
    stub: &Stub<'_>,
    errors: &mut Errors,
) {
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
