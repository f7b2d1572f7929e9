//! The interface that the statements are, the functions that its stubs call without the module, and
//! the macro for its driver.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, LitStr, Path};

use super::ast::{Function, Modmeta, Retfunc};
use super::check::phase;
use crate::ast::StubKind;
use crate::check::is_name;
use crate::paths;

/// From how many arguments on clippy finds them too many.
const TOO_MANY: usize = 8;

/// How the names of defaults begin.
const WITHOUT: &str = "without_";

pub(super) fn expand(ast: &Modmeta, is_sound: bool) -> TokenStream {
    // With the wrong ones, rustc would report more than the mistake.
    let has_name = is_name(&ast.name.text) && ast.has_usable_name();
    if !has_name || !ast.runtime.found || ast.autoload.functions.is_empty() {
        return TokenStream::new();
    }
    let mut seen = HashSet::new();
    let functions = ast.autoload.functions.iter();
    let functions: Vec<_> = functions.filter(|one| seen.insert(&one.name)).collect();
    let mut defaults = Defaults {
        ast,
        is_sound,
        known: HashMap::new(),
        items: Vec::new(),
    };
    let named: Vec<_> = functions
        .iter()
        .enumerate()
        .map(|(index, function)| defaults.of(index, function))
        .collect();
    let interface = interface(ast, &functions, &named);
    let (defaults, driver) = (defaults.module(), for_driver(ast));
    quote!(#interface #defaults #driver)
}

/// The trait, for `#[module]` to expand.
fn interface(ast: &Modmeta, functions: &[&Function], defaults: &[TokenStream]) -> TokenStream {
    let runtime = &ast.runtime.path;
    let name = LitStr::new(&ast.name.text, ast.name.span);
    let trait_ident = Ident::new(&ast.trait_text(), ast.name.span);
    let attributes = &ast.attributes;
    let doc = (!has_doc(attributes)).then(|| {
        let doc = match &ast.desc {
            Some(desc) => desc.value(),
            None => format!("The functions of the module `{}`.", ast.name.text),
        };
        quote!(#[doc = #doc])
    });
    let for_drivers = format!(
        " A driver in Rust implements it in the macro `{}_dlkm!`, which adds the module's metadata.",
        ast.ident_text()
    );
    // One that contradicts the stubs was reported.
    let is_unloadable = |one: &&Function| one.kind == StubKind::Unloadable;
    let class = match ast.is_unloadable() || functions.iter().any(is_unloadable) {
        true => quote!(unloadable),
        false => quote!(load_only),
    };
    let crate_key = ast.crate_path.as_ref().map(|path| quote!(, crate = #path));
    let has_capitals = |one: &&Function| one.name.to_string().contains(char::is_uppercase);
    // The names are C's.
    let allow_names = functions
        .iter()
        .any(has_capitals)
        .then(|| quote!(#[allow(non_snake_case)]));
    let allow_words = functions
        .iter()
        .any(|one| one.words >= TOO_MANY)
        .then(|| quote!(#[allow(clippy::too_many_arguments)]));
    let functions = functions
        .iter()
        .zip(defaults)
        .map(|(function, default)| declaration(ast, function, default));
    quote! {
        #doc
        #(#attributes)*
        #[doc = ""]
        #[doc = #for_drivers]
        #allow_names
        #allow_words
        #[#runtime::module(name = #name, abi = "C", class = #class #crate_key)]
        pub trait #trait_ident {
            #(#functions)*
        }
    }
}

fn declaration(ast: &Modmeta, function: &Function, default: &TokenStream) -> TokenStream {
    let Function {
        attributes,
        kind,
        name,
        words,
        ..
    } = function;
    let stub = Ident::new(kind.attribute(), Span::call_site());
    let doc = (!has_doc(attributes)).then(|| {
        let doc = description(ast, function);
        quote!(#[doc = #doc])
    });
    let args = (0..*words).map(|i| format_ident!("arg{i}"));
    // So that rustc points here if a driver's function has another type.
    let here = Span::call_site().located_at(name.span());
    let signature = quote_spanned!(here=> (#(#args: usize),*) -> isize);
    quote! {
        #doc
        #(#attributes)*
        #[#stub(or = #default)]
        fn #name #signature;
    }
}

fn description(ast: &Modmeta, function: &Function) -> String {
    let module = &ast.name.text;
    let calls = match function.kind {
        StubKind::Strong => format!("Loads `{module}`, which then stays loaded."),
        StubKind::Unloadable => format!("Loads `{module}`, and holds it until the call returns."),
        StubKind::Weak => format!("Loads nothing: calls `{module}` if that is loaded."),
    };
    let without = match &function.retfunc {
        Some(Retfunc::Standard(word)) => format!("returns what `{word}` returns"),
        Some(Retfunc::Own(path)) => {
            let path = path.to_token_stream().to_string().replace(' ', "");
            format!("returns what `{path}` returns")
        }
        Some(Retfunc::Panic(_)) | None => "panics".to_owned(),
    };
    format!("{calls} Without the module, the call {without}.")
}

fn has_doc(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|one| one.path().is_ident("doc"))
}

/// The functions that stubs call without the module. A stub's function has its arguments; those that
/// the author names have none.
struct Defaults<'a> {
    ast: &'a Modmeta,
    is_sound: bool,
    /// By what they call, and with how many arguments.
    known: HashMap<(String, usize), Ident>,
    items: Vec<TokenStream>,
}

impl Defaults<'_> {
    /// The path of the default of a function, which is that many functions behind the first.
    fn of(&mut self, index: usize, function: &Function) -> TokenStream {
        let module = self.name();
        let what = match &function.retfunc {
            Some(Retfunc::Standard(word)) => word.to_string(),
            Some(Retfunc::Own(path)) => path.to_token_stream().to_string(),
            Some(Retfunc::Panic(_)) if self.is_sound => format!("0 {index}"),
            // What is wrong was reported.
            Some(Retfunc::Panic(_)) | None => "nomod_zero".to_owned(),
        };
        let key = (what, function.words);
        let known = self.known.get(&key).cloned();
        let name = known.unwrap_or_else(|| {
            let name = format_ident!("{WITHOUT}{}", self.items.len());
            let item = self.item(&name, index, function);
            self.items.push(item);
            self.known.insert(key, name.clone());
            name
        });
        quote!(#module::#name)
    }

    fn item(&self, name: &Ident, index: usize, function: &Function) -> TokenStream {
        let words = (0..function.words).map(|_| quote!(_: usize));
        let body = match &function.retfunc {
            Some(Retfunc::Standard(word)) => {
                let word = Ident::new(&word.to_string(), Span::call_site());
                quote!(dlkm_private::#word())
            }
            Some(Retfunc::Own(path)) => {
                let span = path.span();
                let path = inside(path);
                // So that rustc reports another type at the author's path.
                quote_spanned! {span=>
                    const RETFUNC: fn() -> isize = #path;
                    RETFUNC()
                }
            }
            Some(Retfunc::Panic(_)) if self.is_sound => {
                let (module, index) = (
                    format_ident!("{}", self.ast.ident_text()),
                    Literal::usize_unsuffixed(index),
                );
                quote!(dlkm_private::no_module(&super::#module::dlkm_glue::INTERFACE, #index))
            }
            Some(Retfunc::Panic(_)) | None => quote!(dlkm_private::nomod_zero()),
        };
        quote! {
            pub(super) fn #name(#(#words),*) -> isize {
                #body
            }
        }
    }

    fn name(&self) -> Ident {
        format_ident!("dlkm_nomod_{}", self.ast.ident_text())
    }

    fn module(&self) -> TokenStream {
        let (name, items) = (self.name(), &self.items);
        let private = paths::private(&paths::deeper_path_by(&self.ast.runtime.path, 1));
        quote! {
            #[allow(unused_imports, clippy::all, clippy::pedantic)]
            mod #name {
                use super::*;
                use #private as dlkm_private;

                #(#items)*
            }
        }
    }
}

/// A function's path, as written in the module of defaults.
fn inside(path: &Path) -> Path {
    let is_own = |name: &Ident| name.to_string().starts_with(WITHOUT);
    match path.get_ident().filter(|name| is_own(name)) {
        Some(name) => syn::parse_quote!(super::#name),
        None => paths::deeper_path_by(path, 1),
    }
}

/// The macro that makes an `impl` the module, with the metadata that the statements say.
fn for_driver(ast: &Modmeta) -> TokenStream {
    let name = format_ident!("{}_dlkm", ast.ident_text(), span = Span::call_site());
    let exported = format_ident!("dlkm_modmeta_{}", ast.ident_text());
    let keys = keys(ast);
    let runtime = of_crate(&ast.runtime.path);
    let crate_key = ast.crate_path.as_ref().map(|_| quote!(crate = #runtime,));
    let doc = format!(
        "Makes an `impl` the module `{}`, with the metadata of its `modmeta!`.\n\n\
         Further keys of `#[module]` stand before it in parentheses: `(load = init) impl ...`.",
        ast.name.text
    );
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! #exported {
            ((crate = $($rt:ident)::+ $(, $($key:tt)*)?) $($item:tt)*) => {
                #[$($rt)::+::module(#keys, crate = $($rt)::+ $(, $($key)*)?)]
                $($item)*
            };
            (($($key:tt)*) $($item:tt)*) => {
                #[#runtime::module(#keys, #crate_key $($key)*)]
                $($item)*
            };
            ($($item:tt)*) => {
                #[#runtime::module(#keys, #crate_key)]
                $($item)*
            };
        }

        #[doc = #doc]
        #[doc(inline)]
        pub use #exported as #name;
    }
}

/// What the statements say about the module, as keys of `#[module]`.
fn keys(ast: &Modmeta) -> TokenStream {
    let mut keys = Vec::new();
    let name = &ast.name.text;
    keys.push(quote!(name = #name));
    if let Some(kind) = &ast.kind {
        let kind = &kind.text;
        keys.push(quote!(kind = #kind));
    }
    if let Some(desc) = &ast.desc {
        keys.push(quote!(desc = #desc));
    }
    if let Some(version) = &ast.version {
        let version = &version.text;
        keys.push(quote!(version = #version));
    }
    if let Some(states) = &ast.states {
        keys.push(quote!(states = [#(#states),*]));
    }
    if let Some(times) = &ast.times {
        let phases = times.iter().filter_map(phase);
        let phases = phases.map(|phase| Ident::new(phase, Span::call_site()));
        keys.push(quote!(phases = [#(#phases),*]));
    }
    quote!(#(#keys),*)
}

/// A path of this crate, as a macro that other crates call names it.
fn of_crate(path: &Path) -> TokenStream {
    let tokens = path.to_token_stream().into_iter().enumerate();
    tokens
        .flat_map(|(i, token)| match token {
            TokenTree::Ident(word) if i == 0 && word == "crate" => quote!($crate),
            other => other.into(),
        })
        .collect()
}
