//! Compares the code that the macros generate for the example `shm` with what the chapter "How a
//! call travels" shows. `BLESS=1 cargo test -p book-tests` writes it anew.
//!
//! The macro crate's own files are compiled into this test, since a procedural macro can be called
//! by the compiler only. A new file at that crate's root takes a line here.

#![allow(dead_code, unreachable_pub, unused_imports)]

#[path = "../../../../dlkm-macros/src/args.rs"]
mod args;
#[path = "../../../../dlkm-macros/src/as_dyn.rs"]
mod as_dyn;
#[path = "../../../../dlkm-macros/src/ast.rs"]
mod ast;
#[path = "../../../../dlkm-macros/src/attributes.rs"]
mod attributes;
#[path = "../../../../dlkm-macros/src/borrows/mod.rs"]
mod borrows;
#[path = "../../../../dlkm-macros/src/check/mod.rs"]
mod check;
#[path = "../../../../dlkm-macros/src/check_type.rs"]
mod check_type;
#[path = "../../../../dlkm-macros/src/dependency.rs"]
mod dependency;
#[path = "../../../../dlkm-macros/src/errors.rs"]
mod errors;
#[path = "../../../../dlkm-macros/src/expand/mod.rs"]
mod expand;
#[path = "../../../../dlkm-macros/src/grouped.rs"]
mod grouped;
#[path = "../../../../dlkm-macros/src/idle.rs"]
mod idle;
#[path = "../../../../dlkm-macros/src/lifetimes.rs"]
mod lifetimes;
#[path = "../../../../dlkm-macros/src/modmeta/mod.rs"]
mod modmeta;
#[path = "../../../../dlkm-macros/src/parse.rs"]
mod parse;
#[path = "../../../../dlkm-macros/src/paths.rs"]
mod paths;
#[path = "../../../../dlkm-macros/src/plain.rs"]
mod plain;
#[path = "../../../../dlkm-macros/src/runtime.rs"]
mod runtime;
#[path = "../../../../dlkm-macros/src/shape/mod.rs"]
mod shape;
#[path = "../../../../dlkm-macros/src/signature.rs"]
mod signature;
#[path = "../../../../dlkm-macros/src/static_list.rs"]
mod static_list;
#[path = "../../../../dlkm-macros/src/switch_keys.rs"]
mod switch_keys;
#[path = "../../../../dlkm-macros/src/tokens.rs"]
mod tokens;
#[path = "../../../../dlkm-macros/src/written.rs"]
mod written;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Item, Meta};

/// Each module here is the only one of its crate.
mod first_module {
    pub(crate) fn before_this() -> Option<String> {
        None
    }
}

#[test]
fn the_generated_code_is_what_the_book_shows() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = here.join("../../../examples/shm");
    let mut listing = String::from(
        "// What `#[module]` makes of examples/shm, item by item; `rt` is short for the private\n\
         // module of `dlkm_rt`, and `std` for `rt::std`. Written by tests/expansion.rs.\n",
    );
    for file in ["api/src/lib.rs", "driver/src/lib.rs"] {
        let source = fs::read_to_string(examples.join(file)).unwrap();
        let (args, item) = annotated(&source);
        let written = as_written(&source);
        listing.push_str(&anchored(&format!("written_{}", &file[..3]), &written));
        let made: syn::File = syn::parse2(expand::module(args, item)).unwrap();
        made.items
            .iter()
            .for_each(|item| write(item, "", &mut listing));
    }
    compare("shm.rs", &listing);
}

#[test]
fn the_statements_make_what_the_book_shows() {
    let source = include_str!("../../../../scenarios/api/src/statements.rs");
    let file = syn::parse_file(source).unwrap();
    let call = file.items.iter().find_map(|item| match item {
        Item::Macro(item) => Some(&item.mac),
        _ => None,
    });
    let listing = String::from(
        "// What `modmeta!` makes of the statements in scenarios/api. Written by tests/expansion.rs.\n",
    );
    let made: syn::File = syn::parse2(modmeta::modmeta(call.unwrap().tokens.clone())).unwrap();
    let interface = made
        .items
        .iter()
        .find(|item| matches!(item, Item::Trait(_)));
    let mut shown = String::new();
    write(interface.unwrap(), "", &mut shown);
    // rustfmt leaves attributes as they are.
    for (from, to) in [
        ("# [", "#["),
        (":: dlkm_rt :: ", "dlkm_rt::"),
        (" :: ", "::"),
        (" (", "("),
        (" , ", ", "),
    ] {
        shown = shown.replace(from, to);
    }
    compare("modmeta.rs", &(listing + &shown));
}

/// Compares a listing with the committed file; with `BLESS`, writes it.
fn compare(file: &str, listing: &str) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("expansion")
        .join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&place, listing).unwrap();
    }
    let shown = fs::read_to_string(&place).unwrap_or_default();
    assert!(
        shown == listing,
        "{} is not what the macros make now; see it with BLESS=1, and the chapter with it:\n{listing}",
        place.display()
    );
}

/// The item with `#[module]`, with its documentation, as it stands in the file.
fn as_written(source: &str) -> String {
    let lines: Vec<_> = source.lines().collect();
    let attribute = lines.iter().position(|line| line.starts_with("#[module"));
    let attribute = attribute.unwrap();
    let is_doc = |line: &&&str| line.starts_with("///");
    let docs = lines[..attribute].iter().rev().take_while(is_doc).count();
    let end = lines[attribute..].iter().position(|line| *line == "}");
    lines[attribute - docs..=attribute + end.unwrap()].join("\n") + "\n"
}

fn anchored(name: &str, text: &str) -> String {
    format!("\n// ANCHOR: {name}\n{text}// ANCHOR_END: {name}\n")
}

/// The arguments of the one `#[module]` in a file, and its item without it.
fn annotated(source: &str) -> (TokenStream, TokenStream) {
    let mut file = syn::parse_file(source).unwrap();
    for item in &mut file.items {
        let attrs: &mut Vec<Attribute> = match item {
            Item::Trait(item) => &mut item.attrs,
            Item::Impl(item) => &mut item.attrs,
            _ => continue,
        };
        let Some(at) = attrs.iter().position(|one| one.path().is_ident("module")) else {
            continue;
        };
        let args = match attrs.remove(at).meta {
            Meta::List(list) => list.tokens,
            _ => TokenStream::new(),
        };
        return (args, item.to_token_stream());
    }
    panic!("no #[module] in the file");
}

/// Appends an item with its anchor, and the items of a module one by one.
fn write(item: &Item, within: &str, out: &mut String) {
    if let Item::Mod(module) = item {
        let name = &module.ident;
        let path = format!("{within}{name}_");
        if let Some((_, items)) = &module.content {
            items.iter().for_each(|item| write(item, &path, out));
        }
        return;
    }
    let name = match item {
        Item::Trait(item) => item.ident.to_string(),
        Item::Impl(_) => "impl".to_owned(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Const(item) => item.ident.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Macro(item) => item.mac.path.segments.last().unwrap().ident.to_string(),
        _ => return,
    };
    let text = pretty(&item.to_token_stream().to_string());
    out.push_str(&anchored(&format!("{within}{name}"), &text));
}

/// As rustfmt writes it, with short paths and without the author's documentation.
fn pretty(tokens: &str) -> String {
    let private = paths::private(&syn::parse_quote!(::dlkm_rt)).to_string();
    let short = tokens
        .replace(&private, "rt")
        .replace("dlkm_private", "rt")
        .replace("rt :: std", "std")
        // rustfmt leaves an attribute's arguments as they are.
        .replace(
            "# [linkme (crate = rt :: linkme)]",
            "#[linkme(crate = rt::linkme)]",
        );
    let mut rustfmt = Command::new("rustfmt")
        // As wide as a listing in the book.
        .args(["--edition", "2024", "--config", "max_width=84"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = rustfmt.stdin.take().unwrap();
    input.write_all(short.as_bytes()).unwrap();
    drop(input);
    let output = rustfmt.wait_with_output().unwrap();
    assert!(output.status.success(), "rustfmt refused:\n{short}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|line| {
            let line = line.trim_start();
            !line.starts_with("#[doc =") && !line.starts_with("///")
        })
        .flat_map(|line| [line, "\n"])
        .collect()
}
