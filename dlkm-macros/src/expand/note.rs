//! The note by which an interface tells package managers which module its callers load.

use std::fmt::Write;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use super::parts::InterfaceParts;
use crate::ast::StubKind;

/// `None` where the build links the interface directly: it loads nothing.
pub(super) fn note(interface: &InterfaceParts<'_>) -> Option<TokenStream> {
    if interface.is_linked_directly() {
        return None;
    }
    let (rt, ast) = (&interface.rt, interface.ast);
    let name = &ast.name.text;
    let is_weak = ast.stubs.iter().all(|stub| stub.kind == StubKind::Weak);
    let priority = match is_weak {
        true => "suggested",
        false => "recommended",
    };
    let about = first_paragraph(&ast.item.attrs)
        .unwrap_or_else(|| format!("The module behind the interface {name}"));
    // Another module may provide the interface too, but this is the first that a kernel looks for.
    let json = format!(
        "[{{\"feature\":{},\"description\":{},\"priority\":\"{priority}\",\"soname\":[{}]}}]",
        quoted(name),
        quoted(&about),
        quoted(&format!("{name}.so"))
    );
    Some(quote!(#rt::place_dlopen_note! { #json }))
}

/// The first paragraph of a documentation, in one line.
fn first_paragraph(attributes: &[Attribute]) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    for attribute in attributes.iter().filter(|one| one.path().is_ident("doc")) {
        let Meta::NameValue(pair) = &attribute.meta else {
            continue;
        };
        // What a macro makes is not known yet.
        let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = &pair.value
        else {
            break;
        };
        // `///` alone is an empty text, which has one empty line.
        for line in text.value().split('\n') {
            if line.trim().is_empty() && !words.is_empty() {
                return Some(words.join(" "));
            }
            words.extend(line.split_whitespace().map(str::to_owned));
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => {
                // Control characters have two bytes in UTF-16. Writing to a `String` does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
