//! Tokens: where they are in the author's file, and which names they contain.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Item;

/// The spans of the first and the last token.
pub(crate) fn ends(tokens: TokenStream) -> (Span, Span) {
    let mut spans = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => (group.span_open(), group.span_close()),
        other => (other.span(), other.span()),
    });
    let call_site = (Span::call_site(), Span::call_site());
    let first = spans.next().unwrap_or(call_site);
    let last = spans.last().unwrap_or(first);
    (first.0, last.1)
}

/// The tokens as if the author had written them at `there`.
pub(crate) fn located(tokens: TokenStream, there: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        locate(&mut token, there);
        token
    });
    tokens.collect()
}

/// The tokens as if the author had begun and ended them at these places.
pub(crate) fn between(tokens: TokenStream, (first, last): (Span, Span)) -> TokenStream {
    let mut tokens: Vec<_> = tokens.into_iter().collect();
    if let [head, .., tail] = &mut tokens[..] {
        locate(head, first);
        locate(tail, last);
    }
    tokens.into_iter().collect()
}

fn locate(token: &mut TokenTree, there: Span) {
    let of_macro = matches!(token, TokenTree::Ident(word) if *word == "$crate");
    token.set_span(match of_macro {
        // The span of `$crate` says which crate it is.
        true => there.resolved_at(token.span()),
        false => there,
    });
}

/// Whether one of the names occurs in the tokens.
pub(crate) fn mention(tokens: TokenStream, names: &[Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => names.contains(&ident),
        TokenTree::Group(group) => mention(group.stream(), names),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// What to underline of an item: about its first line.
pub(crate) fn head(item: &Item) -> TokenStream {
    match item {
        Item::Fn(item) => item.sig.to_token_stream(),
        Item::Struct(item) => item.ident.to_token_stream(),
        Item::Enum(item) => item.ident.to_token_stream(),
        other => other.to_token_stream(),
    }
}
