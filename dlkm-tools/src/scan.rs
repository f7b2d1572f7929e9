//! Whether a crate's source declares a module: `#[module]` on an `impl`, or on a `mod` that has a
//! body, or a call of the macro that a `modmeta!` leaves for its driver.
//!
//! The scan only parses the source. It compiles nothing and resolves no names, so it errs on the side
//! of "yes"; the built image decides.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Item, ItemMacro, ItemMod, Lit, Meta, Token};

/// Whether the crate whose root source file is `root` declares a module.
///
/// A file that does not parse counts as a module, so that the crate is built and rustc reports the
/// error. A missing file counts as empty: a `cfg` may exclude it, and if not, rustc reports that too.
pub(crate) fn declares_module(root: &Path) -> bool {
    let mut scan = Scan::default();
    let dir = root.parent().unwrap_or(Path::new("")).to_owned();
    scan.file(root, dir)
}

#[derive(Default)]
struct Scan {
    /// The files scanned so far, because `#[path]` can form a cycle.
    seen: HashSet<PathBuf>,
}

/// The folders in which `mod` items, at some place in a file, look for their files.
struct Place {
    /// The folder of `x.rs` and `x/mod.rs` for `mod x;`.
    children: PathBuf,
    /// The folder that `#[path]` is relative to.
    path_base: PathBuf,
}

impl Scan {
    /// Scans one file. `children` is the folder in which its `mod x;` items look for files.
    fn file(&mut self, file: &Path, children: PathBuf) -> bool {
        if !self.seen.insert(file.to_owned()) {
            return false;
        }
        let Ok(text) = std::fs::read_to_string(file) else {
            return false;
        };
        let Ok(ast) = syn::parse_file(&text) else {
            return true;
        };
        let path_base = file.parent().unwrap_or(Path::new("")).to_owned();
        self.items(
            &ast.items,
            &Place {
                children,
                path_base,
            },
        )
    }

    fn items(&mut self, items: &[Item], place: &Place) -> bool {
        items.iter().any(|item| match item {
            Item::Impl(item) => is_module(&item.attrs),
            Item::Macro(item) => is_driver_macro(item) && !is_test(&item.attrs),
            Item::Mod(item) if is_test(&item.attrs) => false,
            Item::Mod(item) => self.module(item, place),
            _ => false,
        })
    }

    fn module(&mut self, item: &ItemMod, place: &Place) -> bool {
        let name = item.ident.unraw().to_string();
        let paths = path_attributes(&item.attrs);
        if let Some((_, items)) = &item.content {
            let children = match paths.first() {
                Some(path) => place.path_base.join(path),
                None => place.children.join(&name),
            };
            return is_module(&item.attrs)
                || self.items(
                    items,
                    &Place {
                        path_base: children.clone(),
                        children,
                    },
                );
        }
        // `cfg_attr` can give several paths, and the default file is used if none of them applies.
        let by_attribute = paths
            .iter()
            .map(|path| place.path_base.join(path))
            .map(|file| {
                let children = file.parent().unwrap_or(Path::new("")).to_owned();
                (file, children)
            });
        let folder = place.children.join(&name);
        let by_name = [
            (place.children.join(format!("{name}.rs")), folder.clone()),
            (folder.join("mod.rs"), folder.clone()),
        ];
        by_attribute
            .chain(by_name)
            .any(|(file, children)| self.file(&file, children))
    }
}

/// Whether one of the attributes is `#[module]`, with any path before the name.
fn is_module(attrs: &[Attribute]) -> bool {
    flatten(attrs).iter().any(|meta| {
        meta.path()
            .segments
            .last()
            .is_some_and(|last| last.ident == "module")
    })
}

/// Whether it calls a macro such as `shm_dlkm!`, which writes the attribute.
fn is_driver_macro(item: &ItemMacro) -> bool {
    let name = item.mac.path.segments.last();
    name.is_some_and(|name| name.ident.to_string().ends_with("_dlkm"))
}

/// Whether the item exists only in tests, and so in no image.
fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path().is_ident("cfg")
            && attr
                .parse_args::<Meta>()
                .is_ok_and(|predicate| predicate.path().is_ident("test"))
    })
}

/// The paths in `#[path = "..."]`.
fn path_attributes(attrs: &[Attribute]) -> Vec<String> {
    let text = |meta: &Meta| match meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    flatten(attrs).iter().filter_map(text).collect()
}

/// The attributes, including those inside `cfg_attr(..)` whatever the condition.
fn flatten(attrs: &[Attribute]) -> Vec<Meta> {
    let mut found = Vec::new();
    let mut pending: Vec<Meta> = attrs.iter().map(|attr| attr.meta.clone()).collect();
    while let Some(meta) = pending.pop() {
        match &meta {
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
                pending.extend(inner.into_iter().flatten().skip(1));
            }
            _ => found.push(meta),
        }
    }
    found
}

#[cfg(test)]
mod tests;
