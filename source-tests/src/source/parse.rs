//! Reads files into modules.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{
    Attribute, ImplItemFn, Item, ItemExternCrate, ItemMacro, ItemMod, ItemUse, Macro, MetaList,
    Path, Visibility,
};

use super::attributes::{is_for_tests, path_of};
use super::items::{attributes, names_of};
use super::tokens::{self, Context};
use super::tree::{Crate, Module, Written};
use super::use_tree;
use crate::files::Files;

/// Macros whose tokens are code of another crate.
const QUOTING: &[&str] = &[
    "quote",
    "quote_spanned",
    "parse_quote",
    "parse_quote_spanned",
];

impl Crate {
    /// Reads the crate whose root is the file `root`. `for_expansions` is the module of the root
    /// that the expansions of its exported macros name, if there is one: `$crate::<that>::…` in
    /// a macro is written for other crates and does not count.
    ///
    /// # Errors
    ///
    /// Says which file is missing or does not parse.
    pub fn read(files: &Files, root: &str, for_expansions: Option<&str>) -> Result<Crate, String> {
        let mut reader = Reader {
            files,
            parsed: Crate {
                modules: Vec::new(),
                exported_macros: BTreeMap::new(),
                for_expansions: for_expansions.map(str::to_owned),
            },
        };
        let module = reader.add(root, None, false);
        reader.file(module, &folder_of(root))?;
        Ok(reader.parsed)
    }
}

struct Reader<'a> {
    files: &'a Files,
    parsed: Crate,
}

impl Reader<'_> {
    fn add(&mut self, file: &str, parent: Option<usize>, for_tests: bool) -> usize {
        self.parsed.modules.push(Module {
            file: file.to_owned(),
            parent,
            children: BTreeMap::new(),
            items: BTreeSet::new(),
            macros: BTreeSet::new(),
            imports: Vec::new(),
            globs: Vec::new(),
            has_expanded_items: false,
            for_tests,
            written: Vec::new(),
        });
        self.parsed.modules.len() - 1
    }

    /// Reads the file of `module`, whose own modules are in `children`.
    fn file(&mut self, module: usize, children: &str) -> Result<(), String> {
        let file = self.parsed.modules[module].file.clone();
        let text = self.files.text(&file).ok_or(format!("{file} is missing"))?;
        let parsed = syn::parse_file(text)
            .map_err(|error| format!("{file}:{}: {error}", error.span().start().line))?;
        self.items(module, parsed.items, children, &folder_of(&file))
    }

    /// `children` is where `mod x;` looks for `x.rs`, and `beside` where `#[path]` starts.
    fn items(
        &mut self,
        module: usize,
        items: Vec<Item>,
        children: &str,
        beside: &str,
    ) -> Result<(), String> {
        for item in items {
            match item {
                Item::Mod(item) => self.module(module, item, children, beside)?,
                item if is_for_tests(attributes(&item)) => {}
                item => self.item(module, &item),
            }
        }
        Ok(())
    }

    fn module(
        &mut self,
        parent: usize,
        item: ItemMod,
        children: &str,
        beside: &str,
    ) -> Result<(), String> {
        let name = item.ident.unraw().to_string();
        let for_tests = self.parsed.modules[parent].for_tests || is_for_tests(&item.attrs);
        let folder = format!("{children}/{name}");
        let (file, items) = match item.content {
            Some((_, items)) => (self.parsed.modules[parent].file.clone(), Some(items)),
            None => (self.find(&item.attrs, &folder, beside)?, None),
        };
        let module = self.add(&file, Some(parent), for_tests);
        self.parsed.modules[parent].children.insert(name, module);
        match items {
            Some(items) => self.items(module, items, &folder, &folder),
            // The modules of `a/mod.rs` are in `a`, and so are those of `a.rs`; those of a file
            // that is named by `#[path]` are beside it.
            None if file == format!("{folder}.rs") => self.file(module, &folder),
            None => self.file(module, &folder_of(&file)),
        }
    }

    /// The file of `mod x;`, where `folder` is that of the parent's modules and `x`.
    fn find(&self, attrs: &[Attribute], folder: &str, beside: &str) -> Result<String, String> {
        if let Some(path) = attrs.iter().find_map(|attr| path_of(&attr.meta)) {
            return Ok(joined(beside, &path));
        }
        let [flat, nested] = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
        [&flat, &nested]
            .into_iter()
            .find(|path| self.files.text(path).is_some())
            .cloned()
            .ok_or(format!("neither {flat} nor {nested} exists"))
    }

    fn item(&mut self, module: usize, item: &Item) {
        let here = &mut self.parsed.modules[module];
        here.items.extend(names_of(item));
        if let Item::Macro(item) = item {
            let exported = item.attrs.iter().any(is_export);
            match item.ident.as_ref().map(ToString::to_string) {
                Some(name) => {
                    if exported {
                        let file = here.file.clone();
                        self.parsed.exported_macros.insert(name.clone(), file);
                    }
                    here.macros.insert(name);
                }
                None => here.has_expanded_items = true,
            }
        }
        let mut paths = Paths {
            here,
            for_expansions: self.parsed.for_expansions.as_deref(),
        };
        paths.visit_item(item);
        if let Item::Verbatim(tokens) = item {
            paths.tokens(tokens.clone(), Context::Call);
        }
    }
}

/// Collects the paths that are written in an item.
struct Paths<'a> {
    here: &'a mut Module,
    for_expansions: Option<&'a str>,
}

impl Paths<'_> {
    fn write(&mut self, path: Vec<String>, line: usize, is_macro: bool) {
        let for_others =
            path[0] == "$crate" && path.len() > 1 && self.for_expansions == Some(path[1].as_str());
        if !for_others && !self.here.for_tests {
            self.here.written.push(Written {
                path,
                line,
                is_macro,
            });
        }
    }

    fn tokens(&mut self, tokens: TokenStream, context: Context) {
        for (path, line) in tokens::paths(tokens, context) {
            self.write(path, line, false);
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if is_for_tests(&item.attrs) {
            return;
        }
        for mut leaf in use_tree::leaves(&item.tree) {
            if item.leading_colon.is_some() {
                // Nothing in scope has this name, so it is in another crate.
                leaf.path.insert(0, "::".to_owned());
            }
            match leaf.name {
                Some(name) => self.here.imports.push((name, leaf.path.clone())),
                None => self.here.globs.push(leaf.path.clone()),
            }
            self.write(leaf.path, leaf.line, false);
        }
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        if let (true, Some((_, name))) = (item.ident == "self", &item.rename) {
            let path = vec!["crate".to_owned()];
            self.here.imports.push((name.to_string(), path));
        }
    }

    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        // A single name is local, or comes from a `use`.
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            let line = path.segments[0].ident.span().start().line;
            self.write(segments(path), line, false);
        }
        visit::visit_path(self, path);
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        if item.ident.is_none() {
            visit::visit_item_macro(self, item);
            return;
        }
        let exported = item.attrs.iter().any(is_export);
        let context = if exported {
            Context::Exported
        } else {
            Context::Definition
        };
        self.tokens(item.mac.tokens.clone(), context);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let name = call.path.segments.last().expect("paths are not empty");
        if call.path.leading_colon.is_none() {
            let line = name.ident.span().start().line;
            self.write(segments(&call.path), line, true);
        }
        if !QUOTING.iter().any(|quoting| name.ident == quoting) {
            self.tokens(call.tokens.clone(), Context::Call);
        }
    }

    fn visit_meta_list(&mut self, list: &'ast MetaList) {
        self.tokens(list.tokens.clone(), Context::Call);
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}

fn is_export(attr: &Attribute) -> bool {
    attr.path().is_ident("macro_export")
}

fn segments(path: &Path) -> Vec<String> {
    let idents = path.segments.iter().map(|segment| &segment.ident);
    idents.map(|ident| ident.unraw().to_string()).collect()
}

fn folder_of(file: &str) -> String {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.to_owned()
}

/// `path` from `folder`, without `..`.
fn joined(folder: &str, path: &str) -> String {
    let mut names: Vec<&str> = folder.split('/').collect();
    for name in path.split('/') {
        match name {
            ".." => drop(names.pop()),
            "." => {}
            name => names.push(name),
        }
    }
    names.join("/")
}
