//! A switch table: the trait, and beside it the module with the table's functions and its entries.

use proc_macro2::TokenStream;
use quote::quote;

use super::interface::{described, trait_with_exports};
use super::parts::{InterfaceParts, StubParts, local};
use super::{export, stub};
use crate::ast::{Interface, StubKind};
use crate::{attributes, paths};

pub(super) fn expand(ast: &Interface<'_>) -> TokenStream {
    let parts = InterfaceParts::new(ast);
    let (rt, item, name) = (&parts.rt, ast.item, &ast.name.text);
    let private = paths::private(&paths::deeper_path(&ast.runtime.path));
    let outer = paths::deeper_path(&ast.runtime.path);
    let (module, vis, trait_ident) = (ast.ident(), ast.vis(), &item.ident);
    let declaration = trait_with_exports(&parts);
    let described = described(&parts);
    let (stubs, count) = (&parts.stubs, parts.stubs.len());
    let methods = stubs.iter().map(method);
    let kinds = stubs.iter().map(|parts| match parts.stub.kind {
        StubKind::Strong => quote!(#rt::StubKind::Strong),
        StubKind::Unloadable => quote!(#rt::StubKind::Unloadable),
        StubKind::Weak => quote!(#rt::StubKind::Weak),
    });
    let glue = stubs.iter().map(while_unbound);
    let exports = stubs.iter().filter_map(export::item);
    let known = export::known(&parts);
    let doc = format!("The switch table `{name}`: see [`{trait_ident}`].");
    let on_module = attributes::for_module(item);
    let on_glue = attributes::allowed_in_trait(item);
    let common = common(&outer, rt, name);
    quote! {
        #declaration

        #[doc = #doc]
        #(#on_module)*
        #vis mod #module {
            use super::*;

            #common

            impl Entry {
                #(#methods)*
            }

            #[doc(hidden)]
            #(#on_glue)*
            #[allow(clippy::all, clippy::pedantic)]
            pub(super) mod dlkm_glue {
                use super::*;
                pub(super) use #private as #rt;

                #described

                pub static HOLD: #rt::HoldPlace = #rt::HoldPlace::new();

                #[#rt::distributed_slice(#rt::DLKM_SWITCHES)]
                #[linkme(crate = #rt::linkme)]
                pub static SWITCH: #rt::Switch = #rt::Switch::new(
                    #rt::StubTable {
                        declaration: DECLARATION,
                        types: TYPES,
                        hold: &HOLD,
                        stubs: &[],
                        kinds: &[#(#kinds),*],
                        entry: #rt::None,
                        waits: #rt::None,
                        reach: #rt::None,
                    },
                );

                pub type Handle = #rt::Entry<#count>;

                #known
                #(#glue)*
                #(#exports)*
            }
        }
    }
}

/// What each table has: `get`, `probe`, `candidates`, `at`, `entries`, and what an entry says of itself.
fn common(runtime: &syn::Path, rt: &TokenStream, name: &str) -> TokenStream {
    let std = quote!(#rt::std);
    let entries = quote!(#rt::entries);
    let switch = quote!(&dlkm_glue::SWITCH);
    let result = quote!(#std::result::Result<Entry, #runtime::SwitchError>);
    let get = format!(
        "The entry for a key of a module that provides `{name}`. It does not load the module."
    );
    let all =
        format!("All modules that provide `{name}`, installed and loaded ones, sorted by number.");
    quote! {
        use dlkm_glue::#rt;

        /// An entry of the table: the functions of one module. The first call loads it.
        #[derive(#std::clone::Clone, #std::marker::Copy, #std::fmt::Debug)]
        pub struct Entry(dlkm_glue::Handle);

        #[doc = #get]
        ///
        /// # Errors
        /// No module that is installed and used has the key, or several have it.
        #[inline]
        pub fn get(key: &#std::primitive::str) -> #result {
            #entries::get(#switch, key).map(Entry)
        }

        /// The entry for data that begin with `head`, by the modules' magic numbers, or else for the
        /// extension of a file's name. It loads no module.
        ///
        /// # Errors
        /// No module that is installed and used recognises them.
        pub fn probe(
            head: &[#std::primitive::u8],
            extension: #std::option::Option<&#std::primitive::str>,
        ) -> #result {
            #entries::probe(#switch, head, extension).map(Entry)
        }

        /// All entries that `probe` chooses from, at least one, the best first: by magic numbers, those
        /// that compare more bits before others, then by extension. A caller may ask their modules.
        ///
        /// # Errors
        /// No module that is installed and used recognises the data.
        pub fn candidates(
            head: &[#std::primitive::u8],
            extension: #std::option::Option<&#std::primitive::str>,
        ) -> #std::result::Result<#std::vec::Vec<Entry>, #runtime::SwitchError> {
            let all = #entries::candidates(#switch, head, extension)?;
            #std::result::Result::Ok(#entries::each(all, Entry))
        }

        /// The entry of that number.
        #[inline]
        pub fn at(number: #std::primitive::usize) -> #std::option::Option<Entry> {
            #entries::at(#switch, number).map(Entry)
        }

        #[doc = #all]
        ///
        /// # Errors
        /// The modules can't be listed.
        pub fn entries() -> #std::result::Result<#std::vec::Vec<Entry>, #runtime::SwitchError> {
            let all = #entries::all(#switch)?;
            #std::result::Result::Ok(#entries::each(all, Entry))
        }

        impl Entry {
            /// The name of its module.
            pub fn module(self) -> &'static #std::primitive::str {
                self.0.module()
            }

            /// Its keys.
            pub fn keys(self) -> &'static [#std::string::String] {
                self.0.keys()
            }

            /// The extensions of names of files whose content it serves, without the dot.
            pub fn extensions(self) -> &'static [#std::string::String] {
                self.0.extensions()
            }

            /// By which bytes it recognises data.
            pub fn magics(self) -> &'static [#runtime::metadata::Magic] {
                self.0.magics()
            }

            /// Its number, which stays as long as the kernel runs.
            pub fn number(self) -> #std::primitive::usize {
                self.0.number()
            }

            /// What its author says about it.
            pub fn desc(self) -> &'static #std::primitive::str {
                self.0.desc()
            }

            /// Whether its module is loaded.
            pub fn is_loaded(self) -> #std::primitive::bool {
                self.0.is_loaded()
            }
        }
    }
}

/// The method that callers call.
fn method(parts: &StubParts<'_>) -> TokenStream {
    let StubParts {
        stub,
        rt,
        index,
        args,
        ..
    } = parts;
    let attributes = attributes::of_stub(parts.interface, stub);
    let (name, generics) = (parts.name(), &stub.item.sig.generics.params);
    let types = stub.args.iter().map(|arg| paths::deeper_type_by(arg.ty, 1));
    let arrow = stub.result.map(|ty| {
        let ty = paths::deeper_type_by(ty, 1);
        quote!(-> #ty)
    });
    let (function, load) = (parts.slot_function(), parts.item("load"));
    let unbound = (parts.holds() && stub.kind == StubKind::Weak).then(|| {
        let fallback = parts.item("FALLBACK");
        quote! {
            if self.0.is_unbound(#index) {
                return dlkm_glue::#fallback(#(#args),*);
            }
        }
    });
    let (hold, code) = (local("hold"), local("code"));
    let holds = parts.holds().then(|| {
        let first = parts.item("first");
        quote! {
            let #hold = self.0.enter();
            if #hold.is_none() {
                return dlkm_glue::#first(self.0, #(#args),*);
            }
        }
    });
    quote! {
        #attributes
        #[inline]
        pub fn #name<#generics>(self, #(#args: #types),*) #arrow {
            #unbound
            #holds
            match self.0.code(#index) {
                // SAFETY: the slot's functions have the type of this one.
                #rt::Some(#code) => (unsafe { #code.#function() })(#(#args),*),
                #rt::None => dlkm_glue::#load(self.0, #(#args),*),
            }
        }
    }
}

/// The functions for a call that must ask the kernel, and for a thread's first call.
fn while_unbound(parts: &StubParts<'_>) -> TokenStream {
    let StubParts {
        stub,
        rt,
        index,
        lifetimes,
        args,
        types,
        ..
    } = parts;
    let (arrow, function, load) = (parts.arrow(), parts.slot_function(), parts.item("load"));
    let (entry, code, error) = (local("entry"), local("code"), local("error"));
    let fallback = stub::fallback(parts);
    let refused = stub::refused(parts, &error);
    let ask = match stub.kind {
        StubKind::Weak => quote!(resolve_weak),
        StubKind::Strong | StubKind::Unloadable => quote!(resolve),
    };
    let first = parts.holds().then(|| {
        let (name, hold) = (parts.item("first"), local("_hold"));
        quote! {
            #[cold]
            pub fn #name #lifetimes(#entry: Handle, #(#args: #types),*) #arrow {
                let #hold = #entry.enter_first();
                match #entry.code(#index) {
                    // SAFETY: the slot's functions have the type of this one.
                    #rt::Some(#code) => (unsafe { #code.#function() })(#(#args),*),
                    #rt::None => #load(#entry, #(#args),*),
                }
            }
        }
    });
    quote! {
        #fallback
        #first

        #[cold]
        pub fn #load #lifetimes(#entry: Handle, #(#args: #types),*) #arrow {
            match #rt::#ask(#entry.table(), #index) {
                // SAFETY: the kernel checked name and signature against the module.
                #rt::Ok(#code) => (unsafe { #code.#function() })(#(#args),*),
                #refused,
            }
        }
    }
}
