//! The values from which the items of an interface are generated: one for the interface, one for
//! each stub. They are made once, and passed to each file that generates an item.

use std::collections::HashSet;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Path, Type};

use super::direct_symbol::SymbolNames;
use super::shields;
use crate::ast::{Abi, Interface, Stub, StubKind};
use crate::{paths, static_list};

/// The most arguments for which the runtime has its own functions.
pub(super) const MOST: usize = 12;

/// An interface without errors.
pub(super) struct InterfaceParts<'a> {
    pub(super) ast: &'a Interface<'a>,
    /// The runtime, as the author's place names it.
    pub(super) outer_rt: TokenStream,
    /// The runtime, as the glue names it.
    pub(super) rt: TokenStream,
    /// `None` where the build links no interface directly.
    pub(super) symbols: Option<SymbolNames>,
    pub(super) stubs: Vec<StubParts<'a>>,
}

impl<'a> InterfaceParts<'a> {
    pub(super) fn new(ast: &'a Interface<'a>) -> Self {
        let runtime = &ast.runtime.path;
        let symbols = static_list::is_used().then(|| SymbolNames::new(&ast.name.text));
        let names: HashSet<&Ident> = ast.stubs.iter().map(|stub| &stub.item.sig.ident).collect();
        let stubs = ast.stubs.iter().enumerate();
        let stubs = stubs.map(|(index, stub)| {
            let symbols = symbols.as_ref().filter(|_| is_linked_directly(ast));
            StubParts::new(ast, index, stub, symbols, &names)
        });
        InterfaceParts {
            ast,
            outer_rt: paths::private(runtime),
            rt: runtime_in_glue().into_token_stream(),
            stubs: stubs.collect(),
            symbols,
        }
    }

    /// Whether the stubs call symbols in place of slots.
    pub(super) fn is_linked_directly(&self) -> bool {
        is_linked_directly(self.ast)
    }
}

/// Not with an `async fn`: its stub awaits the box that an export makes.
fn is_linked_directly(ast: &Interface<'_>) -> bool {
    static_list::contains(&ast.name.text) && !ast.stubs.iter().any(Stub::is_async)
}

/// One function of the interface. Its stub, the functions that the stub's slot may hold, its
/// record, its export and its symbol are written from this.
pub(super) struct StubParts<'a> {
    pub(super) interface: &'a Interface<'a>,
    pub(super) stub: &'a Stub<'a>,
    /// The runtime, as the glue names it. A word, which is quoted faster than a list of tokens.
    pub(super) rt: Ident,
    /// The function's place among those of the interface.
    pub(super) index: Literal,
    /// `<'a, 'b>`; brackets even around nothing, which keep rustc from proposing to put its
    /// own into the author's declaration.
    pub(super) lifetimes: TokenStream,
    pub(super) args: Vec<&'a Ident>,
    /// The types of the arguments, as the glue names them.
    pub(super) types: Vec<Type>,
    /// The type of the result, as the glue names it.
    pub(super) result: TokenStream,
    /// `extern "C-unwind"`, or nothing.
    pub(super) convention: TokenStream,
    /// The function of `or = path`, as the glue names it.
    pub(super) fallback: Option<Path>,
    /// What each argument refers to, if the export puts a shield in front of it.
    pub(super) shielded: Vec<Option<&'a Type>>,
    /// The symbol that the stub calls, where the build links the interface directly.
    pub(super) symbol: Option<String>,
}

impl<'a> StubParts<'a> {
    fn new(
        interface: &'a Interface<'a>,
        index: usize,
        stub: &'a Stub<'a>,
        symbols: Option<&SymbolNames>,
        names: &HashSet<&Ident>,
    ) -> Self {
        let generics = &stub.item.sig.generics.params;
        let types = stub.args.iter().map(|arg| paths::deeper_type(arg.ty));
        let result = stub.result.map(paths::deeper_type);
        let fallback = stub.fallback.as_ref();
        StubParts {
            interface,
            stub,
            rt: runtime_in_glue(),
            index: Literal::usize_unsuffixed(index),
            lifetimes: quote!(<#generics>),
            args: stub.args.iter().map(|arg| &arg.name).collect(),
            types: types.collect(),
            result: result.map_or_else(|| quote!(()), |ty| quote!(#ty)),
            // C's own calling convention, but a panic of a Rust module may pass.
            convention: match interface.abi {
                Abi::Rust => TokenStream::new(),
                Abi::C => quote!(extern "C-unwind"),
            },
            shielded: shields::shielded(interface, stub),
            fallback: fallback.map(|path| paths::deeper_function(path, names)),
            symbol: symbols.map(|symbols| symbols.of(&stub.item.sig.ident)),
        }
    }

    pub(super) fn name(&self) -> &'a Ident {
        &self.stub.item.sig.ident
    }

    /// The name of one of the function's generated items. Its span is not the author's, so no
    /// lint judges it.
    pub(super) fn item(&self, what: &str) -> Ident {
        format_ident!("{what}_{}", self.name(), span = Span::call_site())
    }

    /// `-> Result<..>` of the function as the author declared it; nothing for `()` left out.
    pub(super) fn arrow(&self) -> TokenStream {
        let result = &self.result;
        let arrow = self.stub.result.map(|_| quote!(-> #result));
        arrow.unwrap_or_default()
    }

    /// `-> ...` of the functions that the slot may hold.
    pub(super) fn slot_arrow(&self) -> TokenStream {
        let (rt, result) = (&self.rt, &self.result);
        match self.stub.is_async() {
            true => quote!(-> #rt::ModuleFuture<#result>),
            false => self.arrow(),
        }
    }

    /// `for<'a> fn(...) -> ...`
    pub(super) fn signature(&self) -> TokenStream {
        let (lifetimes, types, arrow) = (&self.lifetimes, &self.types, self.arrow());
        let generics = &self.stub.item.sig.generics.params;
        let binder = (!generics.is_empty()).then(|| quote!(for #lifetimes));
        quote!(#binder fn(#(#types),*) #arrow)
    }

    /// The runtime's method that returns the slot's function. Its name says the type of the
    /// function, as far as rustc does not infer it.
    pub(super) fn slot_function(&self) -> TokenStream {
        let count = self.args.len();
        if self.interface.abi == Abi::Rust && count <= MOST {
            return format_ident!("function{count}", span = Span::call_site()).to_token_stream();
        }
        let (convention, types) = (&self.convention, self.args.iter().map(|_| quote!(_)));
        quote!(function::<#convention fn(#(#types),*) -> _>)
    }

    /// Whether a call of the stub holds the module.
    pub(super) fn holds(&self) -> bool {
        self.stub.kind != StubKind::Strong && self.interface.unloadable
    }
}

/// The name under which the glue imports the runtime.
fn runtime_in_glue() -> Ident {
    Ident::new("dlkm_private", Span::call_site())
}

/// A local variable, distinct from an author's argument of the same name.
pub(super) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
