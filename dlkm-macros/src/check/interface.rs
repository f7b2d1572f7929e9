//! Interfaces, apart from their stubs.

use std::collections::HashSet;

use syn::Ident;
use syn::visit::Visit;

use super::stub::{check_fallback_after_panic, check_stub};
use super::words::{is_name, name};
use crate::ast::{Interface, Name, OnPanic, Stub, StubKind};
use crate::errors::Errors;

pub(crate) fn interface(interface: &Interface<'_>, errors: &mut Errors) {
    let item = interface.item;
    if interface.as_dyn {
        return;
    }
    name(&interface.name, "interface name", errors);
    // One that is derived from a wrong name was reported with it.
    if let Some(table) = interface
        .table
        .as_ref()
        .filter(|_| is_name(&interface.name.text))
    {
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
            "`on_panic = unload` needs a `#[ustub]` or `class = unloadable`: otherwise modules of this \
             interface are never unloaded",
        );
    }
    check_class(interface, errors);
    let mut seen = HashSet::new();
    for stub in &interface.stubs {
        check_fallback_after_panic(interface, stub, errors);
        let name = &stub.item.sig.ident;
        if !seen.insert(name) {
            errors.at(name, format!("`{name}` is declared twice"));
        }
        check_stub(stub, interface.abi, &item.generics, errors);
        if interface.table.is_some() {
            check_entry(stub, errors);
        }
        let asyncness = stub.item.sig.asyncness.as_ref();
        if let Some(token) = asyncness.filter(|_| interface.table.is_some()) {
            errors.at(
                token,
                "a function of a switch table can't be `async`: return an object with an `async fn`, \
                 or remove `async`",
            );
        }
    }
}

/// A call of a `#[ustub]` holds the module, which is of no use if the module always stays.
fn check_class(interface: &Interface<'_>, errors: &mut Errors) {
    let Some(word) = &interface.load_only else {
        return;
    };
    let mut stubs = interface.stubs.iter();
    if let Some(stub) = stubs.find(|stub| stub.kind == StubKind::Unloadable) {
        let name = &stub.item.sig.ident;
        let message = format!(
            "`class = load_only` contradicts the `#[ustub]` of `{name}`, which lets the module be \
             unloaded: declare the function with `#[stub]`, or remove `class`"
        );
        errors.at(word, message);
    }
}

/// The methods that each entry of a switch table has.
const ENTRY: [&str; 5] = ["module", "keys", "number", "desc", "is_loaded"];

/// A function of a switch table is a method of its entries.
fn check_entry(stub: &Stub<'_>, errors: &mut Errors) {
    let name = &stub.item.sig.ident;
    if ENTRY.iter().any(|taken| name == taken) {
        let message = format!(
            "each entry of a switch table has a method `{name}` already: choose another name"
        );
        errors.at(name, message);
    }
    let types = stub.args.iter().map(|arg| arg.ty).chain(stub.result);
    for ty in types {
        let mut find = FindEntry(None);
        find.visit_type(ty);
        if let Some(found) = find.0 {
            errors.at(
                found,
                "beside the trait, `Entry` is an entry of the switch table: write the path of your own \
                 type, as in `self::Entry`",
            );
        }
    }
}

/// A type whose whole path is `Entry`.
struct FindEntry<'a>(Option<&'a Ident>);

impl<'a> Visit<'a> for FindEntry<'a> {
    fn visit_path(&mut self, path: &'a syn::Path) {
        let named = path.segments.first().map(|first| &first.ident);
        if path.leading_colon.is_none() && named.is_some_and(|name| name == "Entry") {
            self.0 = self.0.or(named);
        }
        syn::visit::visit_path(self, path);
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
