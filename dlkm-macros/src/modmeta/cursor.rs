//! Reads tokens one by one. A macro sees no line ends, so the statements' own words are what ends a
//! statement.

use std::collections::VecDeque;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Path};

use crate::errors::Errors;

pub(super) const COMMA: &str = "the words of a statement stand side by side: remove the comma";

pub(super) struct Cursor {
    rest: VecDeque<TokenTree>,
    /// What begins a statement here.
    statements: &'static [&'static str],
    /// Where to point if a token is missing.
    last: Span,
}

impl Cursor {
    pub(super) fn new(
        tokens: TokenStream,
        before: Span,
        statements: &'static [&'static str],
    ) -> Self {
        let mut rest = VecDeque::new();
        flatten(tokens, &mut rest);
        Cursor {
            rest,
            statements,
            last: before,
        }
    }

    pub(super) fn peek(&self) -> Option<&TokenTree> {
        self.rest.front()
    }

    pub(super) fn next(&mut self) -> Option<TokenTree> {
        let token = self.rest.pop_front()?;
        self.last = token.span();
        Some(token)
    }

    /// Reports what is missing, at the next token or after the last one.
    pub(super) fn expected(&self, what: &str, errors: &mut Errors) {
        let message = format!("expected {what}");
        match self.peek().filter(|_| !self.at_end()) {
            Some(token) => errors.at(token, message),
            None => errors.add(syn::Error::new(self.last, message)),
        }
    }

    /// Whether the statement ends here.
    pub(super) fn at_end(&self) -> bool {
        match self.peek() {
            None => true,
            Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ';' | '#'),
            Some(TokenTree::Ident(word)) => self.is_statement(word),
            Some(_) => false,
        }
    }

    fn is_statement(&self, word: &Ident) -> bool {
        self.statements.iter().any(|one| word == one)
    }

    /// Skips the rest of a statement that can't be read.
    pub(super) fn skip(&mut self) {
        while !self.at_end() {
            self.next();
        }
    }

    pub(super) fn ident(&mut self) -> Option<Ident> {
        let Some(TokenTree::Ident(word)) = self.peek() else {
            return None;
        };
        let word = word.clone();
        self.next();
        Some(word)
    }

    pub(super) fn literal(&mut self) -> Option<Literal> {
        let Some(TokenTree::Literal(literal)) = self.peek() else {
            return None;
        };
        let literal = literal.clone();
        self.next();
        Some(literal)
    }

    pub(super) fn punct(&mut self, sign: char) -> Option<Punct> {
        let punct = self.ahead(sign)?.clone();
        self.next();
        Some(punct)
    }

    fn ahead(&self, sign: char) -> Option<&Punct> {
        match self.peek() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == sign => Some(punct),
            _ => None,
        }
    }

    pub(super) fn braces(&mut self) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let group = group.clone();
                self.next();
                Some(group)
            }
            _ => None,
        }
    }

    /// Words up to the next statement. One with something else behind it is a statement too, though
    /// not one of those that there are.
    pub(super) fn words(&mut self, errors: &mut Errors) -> Vec<Ident> {
        let mut words = Vec::new();
        loop {
            while let Some(comma) = self.punct(',') {
                errors.at(comma, COMMA);
            }
            let Some(TokenTree::Ident(word)) = self.peek() else {
                return words;
            };
            let behind = self.rest.get(1);
            let is_statement = self.is_statement(word)
                || matches!(behind, Some(TokenTree::Literal(_) | TokenTree::Group(_)));
            if is_statement {
                return words;
            }
            words.extend(self.ident());
        }
    }

    /// Tokens that are written together, with these signs between them: `0.1.0`, `tcp-ip`.
    pub(super) fn joined(&mut self, signs: &[char]) -> TokenStream {
        let mut tokens = TokenStream::new();
        loop {
            match self.peek() {
                Some(TokenTree::Ident(_) | TokenTree::Literal(_)) => tokens.extend(self.next()),
                _ => return tokens,
            }
            let sign = signs.iter().find_map(|sign| self.ahead(*sign)).cloned();
            match sign {
                Some(sign) => {
                    self.next();
                    tokens.extend([TokenTree::Punct(sign)]);
                }
                None => return tokens,
            }
        }
    }

    /// `#[…]`, and documentation.
    pub(super) fn attributes(&mut self, errors: &mut Errors) -> Vec<Attribute> {
        let mut tokens = TokenStream::new();
        while self.ahead('#').is_some() {
            tokens.extend(self.next());
            match self.peek() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
                    tokens.extend(self.next());
                }
                _ => break,
            }
        }
        match syn::parse::Parser::parse2(Attribute::parse_outer, tokens) {
            Ok(attributes) => attributes,
            Err(error) => {
                errors.add(error);
                Vec::new()
            }
        }
    }

    /// `name`, `module::name`, `::crate_name::name`.
    pub(super) fn path(&mut self) -> Option<Path> {
        let mut tokens = TokenStream::new();
        let mut colons = self.colons();
        loop {
            tokens.extend(colons.take().into_iter().flatten());
            match self.ident() {
                Some(word) => word.to_tokens(&mut tokens),
                None => return None,
            }
            colons = self.colons();
            if colons.is_none() {
                return syn::parse::Parser::parse2(Path::parse_mod_style, tokens).ok();
            }
        }
    }

    fn colons(&mut self) -> Option<[TokenTree; 2]> {
        let first = self.ahead(':')?;
        if first.spacing() != Spacing::Joint {
            return None;
        }
        Some([self.next()?, self.next()?])
    }
}

/// Takes fragments of another macro, as `$name`, for what is in them.
fn flatten(tokens: TokenStream, into: &mut VecDeque<TokenTree>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flatten(group.stream(), into);
            }
            other => into.push_back(other),
        }
    }
}
