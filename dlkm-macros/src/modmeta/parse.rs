//! Reads the statements. Reports what can't be read and goes on with the next statement.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use syn::{Attribute, Lit, LitInt, LitStr};

use super::ast::{Autoload, Function, MOST_WORDS, Modmeta, Retfunc, STANDARD, Version, WORDS};
use super::cursor::{COMMA, Cursor};
use crate::args::Args;
use crate::ast::{Class, Name, StubKind};
use crate::errors::Errors;
use crate::runtime::Runtime;

/// The statements about a module.
const OF_MODULE: [&str; 7] = [
    "desc",
    "type",
    "version",
    "states",
    "loadable",
    "unloadable",
    "autoload",
];

/// The statements of the section `autoload`.
const OF_AUTOLOAD: [&str; 4] = ["class", "stub", "ustub", "wstub"];

const RETFUNC: &str = "the function to call without the module: `nomod_zero`, `nomod_minus_one`, \
                       `nomod_einval`, `nomod_void`, the path of a function of your own, or `0` \
                       for a panic";

/// `None` if there is no module, which was reported.
pub(super) fn parse(tokens: TokenStream, errors: &mut Errors) -> Option<Modmeta> {
    let mut cursor = Cursor::new(tokens, Span::call_site(), &["module"]);
    let (runtime, crate_path) = runtime(&mut cursor, errors);
    let attributes = cursor.attributes(errors);
    let word = cursor.ident().filter(|word| word == "module");
    let Some(word) = word else {
        let message = "expected `module NAME { ... }`, the metadata of one module";
        errors.add(syn::Error::new(Span::call_site(), message));
        return None;
    };
    let Some(name) = name(&mut cursor, word.span()) else {
        cursor.expected("the name of the module, as in `module shm { ... }`", errors);
        return None;
    };
    let Some(body) = cursor.braces() else {
        cursor.expected(
            "the module's statements in braces, as in `module shm { ... }`",
            errors,
        );
        return None;
    };
    if let Some(more) = cursor.next() {
        let message = "a `modmeta!` describes one module: write another one for what follows";
        errors.at(more, message);
    }
    let mut ast = Modmeta {
        runtime,
        crate_path,
        attributes,
        name,
        desc: None,
        kind: None,
        version: None,
        states: None,
        times: None,
        unloadable: None,
        autoload: Autoload::default(),
    };
    statements(
        &body,
        &OF_MODULE,
        errors,
        |word, attributes, cursor, errors| {
            if let Some(attribute) = attributes.first() {
                let message = "an attribute goes before `module`, or before a stub";
                errors.at(attribute, message);
            }
            ast.statement(word, cursor, errors);
        },
    );
    Some(ast)
}

/// `crate = path;` at the beginning.
fn runtime(cursor: &mut Cursor, errors: &mut Errors) -> (Runtime, Option<syn::Path>) {
    let mut tokens = TokenStream::new();
    if matches!(cursor.peek(), Some(TokenTree::Ident(word)) if word == "crate") {
        while let Some(token) = cursor.next() {
            if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';') {
                break;
            }
            tokens.extend([token]);
        }
    }
    let written = !tokens.is_empty();
    let mut args = Args::parse(tokens, errors);
    let example = "modmeta! { crate = framework::dlkm_rt; module ... }";
    let runtime = Runtime::take_like(&mut args, example, errors);
    args.finish(errors);
    let path = written.then(|| runtime.path.clone());
    (runtime, path)
}

/// Calls `each` for each statement, with its first word.
fn statements(
    body: &Group,
    known: &'static [&'static str],
    errors: &mut Errors,
    mut each: impl FnMut(Ident, Vec<Attribute>, &mut Cursor, &mut Errors),
) {
    let all = known.iter().map(|word| format!("`{word}`"));
    let all = all.collect::<Vec<_>>().join(", ");
    let mut cursor = Cursor::new(body.stream(), body.span_open(), known);
    loop {
        while cursor.punct(';').is_some() {}
        let attributes = cursor.attributes(errors);
        let Some(token) = cursor.next() else {
            if let Some(attribute) = attributes.first() {
                errors.at(attribute, "nothing follows this attribute");
            }
            return;
        };
        match token {
            TokenTree::Ident(word) if known.iter().any(|one| word == one) => {
                each(word, attributes, &mut cursor, errors);
            }
            TokenTree::Ident(word) => {
                let message = format!("unknown statement `{word}`, expected one of {all}");
                errors.at(&word, message);
                cursor.skip();
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                errors.at(&punct, COMMA);
            }
            other => {
                errors.at(&other, format!("expected a statement, one of {all}"));
                cursor.skip();
            }
        }
    }
}

impl Modmeta {
    fn statement(&mut self, word: Ident, cursor: &mut Cursor, errors: &mut Errors) {
        match &*word.to_string() {
            "desc" => {
                let text = text(cursor, "a description in quotes", errors);
                once(&mut self.desc, text, &word, errors);
            }
            "type" => {
                let kind = name(cursor, word.span());
                if kind.is_none() {
                    cursor.expected("the type of the module, as in `type misc`", errors);
                }
                once(&mut self.kind, kind, &word, errors);
            }
            "version" => {
                let version = version(cursor);
                if version.is_none() {
                    cursor.expected("a version, as in `version 0.1.0`", errors);
                }
                once(&mut self.version, version, &word, errors);
            }
            "states" => {
                let states = words(cursor, "a state, as in `states auto loaded static`", errors);
                once(&mut self.states, states, &word, errors);
            }
            "loadable" => {
                let times =
                    matches!(cursor.peek(), Some(TokenTree::Ident(word)) if word == "times");
                let like = "`loadable times early_boot_load`";
                if times {
                    cursor.next();
                    let times = words(cursor, &format!("a time, as in {like}"), errors);
                    once(&mut self.times, times, &word, errors);
                } else {
                    cursor.expected(&format!("`times`, as in {like}"), errors);
                    cursor.skip();
                }
            }
            "unloadable" => once(&mut self.unloadable, Some(word.clone()), &word, errors),
            _ => match cursor.braces() {
                Some(body) => {
                    let section = autoload(word.clone(), &body, errors);
                    if self.autoload.word.is_some() {
                        errors.at(&word, "`autoload` is given twice");
                    } else {
                        self.autoload = section;
                    }
                }
                None => {
                    cursor.expected("stubs in braces, as in `autoload { ... }`", errors);
                    cursor.skip();
                }
            },
        }
    }
}

fn autoload(word: Ident, body: &Group, errors: &mut Errors) -> Autoload {
    let mut section = Autoload {
        word: Some(word),
        ..Autoload::default()
    };
    statements(
        body,
        &OF_AUTOLOAD,
        errors,
        |word, attributes, cursor, errors| {
            let kind = StubKind::ALL
                .into_iter()
                .find(|kind| word == kind.attribute());
            match kind {
                Some(kind) => section
                    .functions
                    .extend(function(kind, attributes, cursor, errors)),
                None => {
                    if let Some(attribute) = attributes.first() {
                        errors.at(attribute, "an attribute goes before a stub");
                    }
                    let class = class(cursor, errors);
                    once(&mut section.class, class, &word, errors);
                }
            }
        },
    );
    section
}

/// `None` if it has no name, which was reported.
fn function(
    kind: StubKind,
    attributes: Vec<Attribute>,
    cursor: &mut Cursor,
    errors: &mut Errors,
) -> Option<Function> {
    let like = match kind {
        StubKind::Strong => "stub shmget nomod_minus_one",
        StubKind::Unloadable => "ustub shmat nomod_einval 3",
        StubKind::Weak => "wstub shmexit nomod_zero",
    };
    let name = Some(()).filter(|()| !cursor.at_end());
    let Some(name) = name.and_then(|()| cursor.ident()) else {
        cursor.expected(&format!("the name of the function, as in `{like}`"), errors);
        cursor.skip();
        return None;
    };
    let retfunc = retfunc(cursor, errors);
    let is_number = matches!(cursor.peek(), Some(TokenTree::Literal(_)));
    let words = match cursor.literal().filter(|_| retfunc.is_some()) {
        Some(literal) => words_of(literal.into(), errors),
        None => {
            if retfunc.is_some() && kind == StubKind::Unloadable && !is_number {
                let message = format!("the number of argument words of `{name}`, as in `{like}`");
                cursor.expected(&message, errors);
            }
            WORDS
        }
    };
    Some(Function {
        attributes,
        kind,
        name,
        retfunc,
        words,
    })
}

/// `None` if there is none, which was reported.
fn retfunc(cursor: &mut Cursor, errors: &mut Errors) -> Option<Retfunc> {
    if !cursor.at_end() {
        if let Some(TokenTree::Literal(literal)) = cursor.peek()
            && literal.to_string() == "0"
        {
            let span = literal.span();
            cursor.next();
            return Some(Retfunc::Panic(span));
        }
        if let Some(path) = cursor.path() {
            let standard = path
                .get_ident()
                .filter(|word| STANDARD.iter().any(|one| word == one));
            return Some(match standard.cloned() {
                Some(word) => Retfunc::Standard(word),
                None => Retfunc::Own(path),
            });
        }
    }
    cursor.expected(RETFUNC, errors);
    None
}

fn words_of(literal: TokenTree, errors: &mut Errors) -> usize {
    let number = syn::parse2::<LitInt>(literal.clone().into());
    let number = number.ok().and_then(|number| number.base10_parse().ok());
    match number.filter(|number| *number <= MOST_WORDS) {
        Some(number) => number,
        None => {
            let message = format!("expected the number of argument words, 0 to {MOST_WORDS}");
            errors.at(literal, message);
            WORDS
        }
    }
}

fn class(cursor: &mut Cursor, errors: &mut Errors) -> Option<Class> {
    let word = Some(()).filter(|()| !cursor.at_end());
    let class = match word.and_then(|()| cursor.ident()) {
        Some(word) if word == "unloadable" => return Some(Class::Unloadable),
        Some(word) if word == "load_only" => return Some(Class::LoadOnly(word)),
        other => other,
    };
    match class {
        Some(word) => {
            let message = format!("unknown class `{word}`, expected `unloadable` or `load_only`");
            errors.at(word, message);
        }
        None => cursor.expected("a class, `unloadable` or `load_only`", errors),
    }
    cursor.skip();
    None
}

/// `shm`, `tcp-ip` or `"shm"`.
fn name(cursor: &mut Cursor, before: Span) -> Option<Name> {
    let tokens = cursor.joined(&['-']);
    let span = tokens.clone().into_iter().next()?.span();
    let text = match syn::parse2::<LitStr>(tokens.clone()) {
        Ok(text) => text.value(),
        Err(_) => written(tokens),
    };
    // Of a macro, if the tokens are.
    let span = span.located_at(if text.is_empty() { before } else { span });
    Some(Name { text, span })
}

/// `0.1.0` or `"0.1.0"`.
fn version(cursor: &mut Cursor) -> Option<Version> {
    let tokens = cursor.joined(&['.', '-', '+']);
    tokens.clone().into_iter().next()?;
    let text = match syn::parse2::<LitStr>(tokens.clone()) {
        Ok(text) => text.value(),
        Err(_) => written(tokens.clone()),
    };
    Some(Version { text, tokens })
}

/// The tokens without blanks.
fn written(tokens: TokenStream) -> String {
    tokens.into_iter().map(|token| token.to_string()).collect()
}

fn text(cursor: &mut Cursor, what: &str, errors: &mut Errors) -> Option<LitStr> {
    if let Some(TokenTree::Literal(literal)) = cursor.peek()
        && let Lit::Str(text) = Lit::new(literal.clone())
    {
        cursor.next();
        return Some(text);
    }
    cursor.expected(what, errors);
    cursor.skip();
    None
}

fn words(cursor: &mut Cursor, what: &str, errors: &mut Errors) -> Option<Vec<Ident>> {
    let words = cursor.words(errors);
    if words.is_empty() {
        cursor.expected(what, errors);
        cursor.skip();
        return None;
    }
    Some(words)
}

/// Keeps the first of two statements.
fn once<T>(place: &mut Option<T>, value: Option<T>, word: &Ident, errors: &mut Errors) {
    if place.is_some() {
        errors.at(word, format!("`{word}` is given twice"));
    } else {
        *place = value;
    }
}
