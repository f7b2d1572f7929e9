//! The names that the source defines, and the crate, module, type or trait that has each.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Attribute, Fields, ImplItem, Item, ItemTrait, Meta, TraitItem, Type};

use crate::files::Files;
use crate::source::{names_in_use, names_of};

/// Keywords after which a macro's tokens define a name.
const DEFINING: &[&str] = &[
    "fn",
    "struct",
    "enum",
    "static",
    "const",
    "type",
    "trait",
    "mod",
    "macro_rules",
];

/// Names, by the module, type or trait that has them. Types of the same name count as one.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, BTreeSet<String>>);

impl Names {
    /// The names in all sources. A UI case that rustc must reject need not parse.
    pub(super) fn read(files: &Files) -> Result<Names, String> {
        let mut names = Names::default();
        for path in files.paths().filter(|path| path.ends_with(".rs")) {
            let text = files.text(path).expect("it is one of the paths");
            match syn::parse_file(text) {
                Ok(parsed) => names.items(&module_of(path), &parsed.items),
                Err(_) if path.starts_with("ui-tests/fail/") => {}
                Err(error) => return Err(format!("{path}: {error}")),
            }
        }
        Ok(names)
    }

    /// Whether each name of a path is in the one before it.
    pub(super) fn has(&self, path: &[&str]) -> bool {
        path.windows(2).all(|pair| {
            let members = self.0.get(pair[0]);
            members.is_some_and(|members| members.contains(pair[1]))
        })
    }

    fn add(&mut self, owner: &str, names: impl IntoIterator<Item = String>) {
        self.0.entry(owner.to_owned()).or_default().extend(names);
    }

    fn items(&mut self, module: &str, items: &[Item]) {
        for item in items {
            self.add(module, names_of(item));
            match item {
                Item::Mod(item) => {
                    let name = item.ident.unraw().to_string();
                    self.add(module, [name.clone()]);
                    if let Some((_, items)) = &item.content {
                        self.items(&name, items);
                    }
                }
                Item::Use(item) => self.add(module, names_in_use(&item.tree)),
                Item::Macro(item) => match item.mac.parse_body::<syn::File>() {
                    Ok(body) => self.items(module, &body.items),
                    Err(_) => self.add(module, defined_by(item.mac.tokens.clone())),
                },
                Item::Struct(item) => self.add(&item.ident.to_string(), fields(&item.fields)),
                Item::Enum(item) => {
                    let variants = item.variants.iter();
                    let variants = variants.map(|variant| variant.ident.to_string());
                    self.add(&item.ident.to_string(), variants);
                    for variant in &item.variants {
                        self.add(&variant.ident.to_string(), fields(&variant.fields));
                    }
                }
                Item::Impl(item) => {
                    if let Type::Path(path) = &*item.self_ty
                        && let Some(last) = path.path.segments.last()
                    {
                        let members = item.items.iter().flat_map(member_of_impl);
                        self.add(&last.ident.to_string(), members);
                    }
                }
                Item::Trait(item) => self.interface(item),
                _ => {}
            }
        }
    }

    /// A trait, and the module of its stubs if it is an interface of dlkm.
    fn interface(&mut self, item: &ItemTrait) {
        let name = item.ident.to_string();
        let members: Vec<String> = item.items.iter().flat_map(member_of_trait).collect();
        if let Some(module) = item
            .attrs
            .iter()
            .find_map(|attr| interface_name(attr, &name))
        {
            self.add(&module, members.clone());
        }
        self.add(&name, members);
    }
}

/// The module that a file is: `a/b.rs` and `a/b/mod.rs` are `b`, `app-rt/src/lib.rs` is `app_rt`.
fn module_of(path: &str) -> String {
    let mut parts = path.trim_end_matches(".rs").rsplit('/');
    let mut name = parts.next().expect("a path has a name");
    if matches!(name, "mod" | "lib" | "main") {
        name = parts.find(|part| *part != "src").unwrap_or(name);
    }
    name.replace('-', "_")
}

fn fields(fields: &Fields) -> Vec<String> {
    let names = fields.iter().filter_map(|field| field.ident.as_ref());
    names.map(|name| name.unraw().to_string()).collect()
}

fn member_of_impl(item: &ImplItem) -> Vec<String> {
    match item {
        ImplItem::Const(item) => vec![item.ident.to_string()],
        ImplItem::Fn(item) => vec![item.sig.ident.unraw().to_string()],
        ImplItem::Type(item) => vec![item.ident.to_string()],
        ImplItem::Macro(item) => defined_by(item.mac.tokens.clone()),
        _ => Vec::new(),
    }
}

fn member_of_trait(item: &TraitItem) -> Option<String> {
    match item {
        TraitItem::Const(item) => Some(item.ident.to_string()),
        TraitItem::Fn(item) => Some(item.sig.ident.unraw().to_string()),
        TraitItem::Type(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

/// The name in `#[module(name = "…")]`, or the trait's name in lower case.
fn interface_name(attr: &Attribute, of_trait: &str) -> Option<String> {
    if attr.path().segments.last()?.ident != "module" {
        return None;
    }
    let Meta::List(list) = &attr.meta else {
        return Some(of_trait.to_lowercase());
    };
    let mut tokens = list.tokens.clone().into_iter();
    let has_name = tokens.any(|token| matches!(token, TokenTree::Ident(key) if key == "name"));
    match tokens.nth(1) {
        Some(TokenTree::Literal(name)) if has_name => {
            Some(name.to_string().trim_matches('"').replace('-', "_"))
        }
        _ => Some(of_trait.to_lowercase()),
    }
}

/// The names that the tokens of a macro seem to define.
fn defined_by(tokens: TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    let mut after_keyword = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => names.extend(defined_by(group.stream())),
            TokenTree::Ident(ident) => {
                if after_keyword {
                    names.push(ident.unraw().to_string());
                }
                after_keyword = DEFINING.iter().any(|keyword| ident == keyword);
            }
            _ => after_keyword = false,
        }
    }
    names
}
