//! The names and the attributes of an item of any kind.

use proc_macro2::{Ident, TokenTree};
use syn::ext::IdentExt;
use syn::{Attribute, ForeignItem, Item};

/// The names that an item defines.
pub fn names_of(item: &Item) -> Vec<String> {
    let idents: Vec<&Ident> = match item {
        Item::Const(item) => vec![&item.ident],
        Item::Enum(item) => vec![&item.ident],
        Item::Fn(item) => vec![&item.sig.ident],
        Item::ForeignMod(block) => block.items.iter().filter_map(foreign).collect(),
        Item::Macro(item) => item.ident.iter().collect(),
        Item::Static(item) => vec![&item.ident],
        Item::Struct(item) => vec![&item.ident],
        Item::Trait(item) => vec![&item.ident],
        Item::TraitAlias(item) => vec![&item.ident],
        Item::Type(item) => vec![&item.ident],
        Item::Union(item) => vec![&item.ident],
        // A static without a value, such as linkme's: syn leaves it as tokens.
        Item::Verbatim(tokens) => {
            let tokens = tokens.clone().into_iter();
            let mut after =
                tokens.skip_while(|t| !matches!(t, TokenTree::Ident(i) if i == "static"));
            return match after.nth(1) {
                Some(TokenTree::Ident(name)) => vec![name.to_string()],
                _ => Vec::new(),
            };
        }
        _ => Vec::new(),
    };
    idents
        .iter()
        .map(|ident| ident.unraw().to_string())
        .collect()
}

fn foreign(item: &ForeignItem) -> Option<&Ident> {
    match item {
        ForeignItem::Fn(item) => Some(&item.sig.ident),
        ForeignItem::Static(item) => Some(&item.ident),
        ForeignItem::Type(item) => Some(&item.ident),
        _ => None,
    }
}

/// The attributes of an item.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
