//! The arguments of an attribute: `key = value, key = value`, and words without a value.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, bracketed, token};

use crate::errors::Errors;

/// One value. The key decides which kind it must be.
pub(crate) enum Value {
    Text(LitStr),
    Path(Path),
    List(token::Bracket, Vec<Item>),
    /// A word of [`FLAGS`].
    None,
    /// Anything else, kept to point at.
    Other(TokenStream),
}

/// One item of a list.
pub(crate) enum Item {
    Text(LitStr),
    Word(Ident),
    Other(TokenStream),
}

/// The keys that take no value.
const FLAGS: [&str; 3] = ["critical", "dynamic", "unmap"];

struct Arg {
    key: Ident,
    value: Value,
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected `key = value`"));
        }
        // Any word, as `crate` is a key.
        let key = Ident::parse_any(input)?;
        if input.is_empty() && FLAGS.iter().any(|flag| key == flag) {
            let value = Value::None;
            return Ok(Arg { key, value });
        }
        let equals: Option<Token![=]> = input.parse()?;
        if equals.is_none() || input.is_empty() {
            let message = format!("expected `key = value`: `{key}` has no value");
            return Err(syn::Error::new(key.span(), message));
        }
        Ok(Arg {
            key,
            value: input.parse()?,
        })
    }
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        if ahead.parse::<LitStr>().is_ok() && at_end(&ahead) {
            return input.parse().map(Value::Text);
        }
        let ahead = input.fork();
        if ahead.call(Path::parse_mod_style).is_ok() && at_end(&ahead) {
            return input.call(Path::parse_mod_style).map(Value::Path);
        }
        if input.peek(token::Bracket) {
            let content;
            let brackets = bracketed!(content in input);
            let items: Punctuated<Item, Token![,]> =
                content.parse_terminated(Item::parse, Token![,])?;
            return Ok(Value::List(brackets, items.into_iter().collect()));
        }
        rest(input).map(Value::Other)
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        if ahead.parse::<LitStr>().is_ok() && at_end(&ahead) {
            return input.parse().map(Item::Text);
        }
        let ahead = input.fork();
        if Ident::parse_any(&ahead).is_ok() && at_end(&ahead) {
            return Ident::parse_any(input).map(Item::Word);
        }
        rest(input).map(Item::Other)
    }
}

fn at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Everything up to the next comma.
fn rest(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !at_end(input) {
        tokens.extend([input.parse::<proc_macro2::TokenTree>()?]);
    }
    match tokens.is_empty() {
        true => Err(input.error("expected a value")),
        false => Ok(tokens),
    }
}

/// The arguments of one attribute. Each key is taken once.
pub(crate) struct Args {
    args: Vec<Arg>,
    taken: Vec<&'static str>,
}

impl Args {
    /// Reports an argument that can't be read, and continues after the next comma.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Vec::new();
        let mut rest = tokens.into_iter().peekable();
        while rest.peek().is_some() {
            let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
            let one: TokenStream = rest.by_ref().take_while(|token| !comma(token)).collect();
            match syn::parse2(one) {
                Ok(arg) => args.push(arg),
                Err(error) => errors.add(error),
            }
        }
        Args {
            args,
            taken: Vec::new(),
        }
    }

    fn take(&mut self, key: &'static str, errors: &mut Errors) -> Option<(Ident, Value)> {
        self.taken.push(key);
        let at = self.args.iter().position(|arg| arg.key == key)?;
        let Arg { key, value } = self.args.remove(at);
        while let Some(at) = self.args.iter().position(|arg| arg.key == key) {
            let again = self.args.remove(at);
            errors.at(&again.key, format!("`{key}` is given twice"));
        }
        Some((key, value))
    }

    pub(crate) fn text(&mut self, key: &'static str, errors: &mut Errors) -> Option<LitStr> {
        match self.take(key, errors)? {
            (_, Value::Text(text)) => Some(text),
            (key, other) => {
                wrong(errors, &key, &other, "a string literal");
                None
            }
        }
    }

    pub(crate) fn path(&mut self, key: &'static str, errors: &mut Errors) -> Option<Path> {
        match self.take(key, errors)? {
            (_, Value::Path(path)) => Some(path),
            (key, other) => {
                wrong(
                    errors,
                    &key,
                    &other,
                    "a path, without quotes, call or type arguments",
                );
                None
            }
        }
    }

    /// A value that is neither a text, nor a path, nor a list.
    pub(crate) fn tokens(
        &mut self,
        key: &'static str,
        wanted: &str,
        errors: &mut Errors,
    ) -> Option<TokenStream> {
        match self.take(key, errors)? {
            (_, Value::Other(tokens)) => Some(tokens),
            (key, other) => {
                wrong(errors, &key, &other, wanted);
                None
            }
        }
    }

    pub(crate) fn list(
        &mut self,
        key: &'static str,
        like: &str,
        errors: &mut Errors,
    ) -> Option<(token::Bracket, Vec<Item>)> {
        match self.take(key, errors)? {
            (_, Value::List(brackets, items)) => Some((brackets, items)),
            (key, other) => {
                wrong(errors, &key, &other, &format!("a list, as in `{like}`"));
                None
            }
        }
    }

    /// A key without a value.
    pub(crate) fn flag(&mut self, key: &'static str, errors: &mut Errors) -> Option<Ident> {
        let (key, value) = self.take(key, errors)?;
        match value {
            Value::None => {}
            other => wrong(errors, &key, &other, "no value"),
        }
        Some(key)
    }

    /// Reports the keys that were not taken.
    pub(crate) fn finish(self, errors: &mut Errors) {
        for arg in self.args {
            let known: Vec<_> = self.taken.iter().map(|key| format!("`{key}`")).collect();
            let expected = match &known[..] {
                [one] => one.clone(),
                several => format!("one of {}", several.join(", ")),
            };
            errors.at(
                &arg.key,
                format!("unknown key `{}`, expected {expected}", arg.key),
            );
        }
    }
}

fn wrong(errors: &mut Errors, key: &Ident, value: &Value, wanted: &str) {
    let message = format!("`{key}` takes {wanted}");
    match value {
        Value::Text(text) => errors.at(text, message),
        Value::Path(path) => errors.at(path, message),
        Value::List(brackets, _) => errors.add(syn::Error::new(brackets.span.join(), message)),
        Value::None => errors.at(key, message),
        Value::Other(tokens) => errors.at(tokens, message),
    }
}
