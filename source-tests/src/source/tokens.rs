//! Paths in the tokens of macros, which syn does not parse.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use syn::UseTree;
use syn::ext::IdentExt;
use syn::parse::Parser;

use super::use_tree::leaves;

/// Where tokens are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// In a call of a macro, or in an attribute.
    Call,
    /// In the definition of a macro that its crate alone calls. A path that begins with a plain
    /// name is resolved where the macro is called, so it is left out.
    Definition,
    /// In the definition of a macro that other crates call, where `super` and `self` are theirs.
    Exported,
}

impl Context {
    fn resolves(self, first: &str) -> bool {
        match self {
            Context::Call => true,
            Context::Definition => matches!(first, "$crate" | "crate" | "super" | "self"),
            Context::Exported => first == "$crate",
        }
    }
}

/// The paths of two names or more in `tokens`, each with its line.
pub(super) fn paths(tokens: TokenStream, context: Context) -> Vec<(Vec<String>, usize)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => {
                found.extend(paths(group.stream(), context));
                at += 1;
            }
            TokenTree::Ident(_) => at = path(&tokens, at, context, &mut found),
            _ => at += 1,
        }
    }
    found
}

/// Reads the path that begins at `start`; returns where it ends.
fn path(
    tokens: &[TokenTree],
    start: usize,
    context: Context,
    found: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    let line = tokens[start].span().start().line;
    let mut names = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        names.push(ident.unraw().to_string());
        at += 1;
        if !is_colons(tokens, at) {
            break;
        }
        at += 2;
    }
    let before = start.checked_sub(1).map(|before| &tokens[before]);
    let after_dollar = matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == '$');
    // `::a::b` is in another crate, and the caller of the macro gives the `$a` of `$a::b`.
    let elsewhere = start >= 2 && is_colons(tokens, start - 2);
    if after_dollar && names[0] == "crate" {
        names[0] = "$crate".to_owned();
    }
    let of_caller = after_dollar && names[0] != "$crate";
    if elsewhere || of_caller || !context.resolves(&names[0]) {
        return at;
    }
    match tokens.get(at) {
        // `use $crate::a::{b, c};`
        Some(TokenTree::Group(group)) if is_colons_before(tokens, at) => {
            let braced = TokenTree::Group(group.clone()).into();
            let parse = <UseTree as syn::parse::Parse>::parse;
            for leaf in parse.parse2(braced).iter().flat_map(leaves) {
                found.push(([names.clone(), leaf.path].concat(), leaf.line));
            }
            at + 1
        }
        _ => {
            if names.len() > 1 {
                found.push((names, line));
            }
            at
        }
    }
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| match tokens.get(at) {
        Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => Some(punct.spacing()),
        _ => None,
    };
    colon(at) == Some(Spacing::Joint) && colon(at + 1).is_some()
}

fn is_colons_before(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_colons(tokens, at - 2)
}
