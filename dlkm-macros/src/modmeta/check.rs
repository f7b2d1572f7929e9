//! Reports each statement that makes no sense, at the author's own token.

use std::collections::HashSet;

use syn::Ident;

use super::ast::{Modmeta, Retfunc};
use crate::ast::{Class, StubKind};
use crate::check::{check_words, desc, is_name, name, version_mistake};
use crate::errors::Errors;
use crate::parse::{PHASES, STATES};

/// `loadable times`: the word of HP-UX, and those for all phases.
const TIMES: [&str; 5] = ["early_boot_load", "boot1", "boot2", "init", "auto"];

/// The phase that a time is.
pub(super) fn phase(time: &Ident) -> Option<&'static str> {
    if time == "early_boot_load" {
        return Some("boot1");
    }
    PHASES.into_iter().find(|phase| time == phase)
}

pub(super) fn check(ast: &Modmeta, errors: &mut Errors) {
    name(&ast.name, "module name", errors);
    check_name(ast, errors);
    if let Some(kind) = &ast.kind {
        name(kind, "module type", errors);
    }
    if let Some(text) = &ast.desc {
        desc(text, errors);
    }
    if let Some(version) = &ast.version
        && let Some(message) = version_mistake(&version.text)
    {
        errors.at(&version.tokens, message);
    }
    check_words(ast.states.as_deref(), "state", &STATES, errors);
    check_words(ast.times.as_deref(), "time", &TIMES, errors);
    check_times(ast.times.as_deref().unwrap_or_default(), errors);
    check_functions(ast, errors);
    check_class(ast, errors);
}

/// Two names become identifiers: of the module of stubs, and of the trait.
fn check_name(ast: &Modmeta, errors: &mut Errors) {
    if is_name(&ast.name.text) && !ast.has_usable_name() {
        let message = format!(
            "`{}` is a keyword of Rust, and would be the name of the module of stubs: choose \
             another name",
            ast.name.text
        );
        errors.add(syn::Error::new(ast.name.span, message));
    }
}

/// `boot1` has two names.
fn check_times(times: &[Ident], errors: &mut Errors) {
    let mut first = times.iter().filter(|time| phase(time) == Some("boot1"));
    if let (Some(one), Some(other)) = (first.next(), first.next())
        && one != other
    {
        errors.at(other, format!("`{other}` and `{one}` are the same time"));
    }
}

fn check_functions(ast: &Modmeta, errors: &mut Errors) {
    let section = &ast.autoload;
    if section.functions.is_empty() {
        let span = section.word.as_ref().map_or(ast.name.span, Ident::span);
        let message = format!(
            "`{}` has no functions: add a stub, as in `autoload {{ stub shmget nomod_minus_one }}`",
            ast.name.text
        );
        errors.add(syn::Error::new(span, message));
    }
    let mut seen = HashSet::new();
    for function in &section.functions {
        let name = &function.name;
        if !seen.insert(name) {
            errors.at(name, format!("`{name}` is declared twice"));
        }
        if let (StubKind::Weak, Some(Retfunc::Panic(span))) = (function.kind, &function.retfunc) {
            let message = format!(
                "`{name}` would panic in each call without its module: a weak stub needs a \
                 function, as in `wstub {name} nomod_zero`"
            );
            errors.add(syn::Error::new(*span, message));
        }
    }
}

fn check_class(ast: &Modmeta, errors: &mut Errors) {
    let Some(Class::LoadOnly(word)) = &ast.autoload.class else {
        return;
    };
    if ast.unloadable.is_some() {
        let message =
            "`class load_only` contradicts the statement `unloadable`: remove one of them";
        errors.at(word, message);
    }
    let mut functions = ast.autoload.functions.iter();
    if let Some(function) = functions.find(|one| one.kind == StubKind::Unloadable) {
        let message = format!(
            "`class load_only` contradicts the `ustub` of `{}`, which lets the module be unloaded: \
             declare the function with `stub`, or remove `class`",
            function.name
        );
        errors.at(word, message);
    }
}
