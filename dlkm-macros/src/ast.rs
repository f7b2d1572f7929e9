//! The author's declarations, as the macros see them. The AST borrows from syn's tree.

use proc_macro2::Span;
use syn::{
    Attribute, Ident, ItemImpl, ItemMod, ItemTrait, LitStr, Path, TraitItemFn, Type, Visibility,
};

use crate::dependency::{Depends, Want};
use crate::idle::Idle;
use crate::runtime::Runtime;
use crate::switch_keys::SwitchKeys;

/// A name, as written or derived from an identifier, with the span to point at.
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// `#[module]` on a trait.
pub(crate) struct Interface<'a> {
    pub(crate) runtime: Runtime,
    pub(crate) item: &'a ItemTrait,
    pub(crate) name: Name,
    /// The module beside the trait, if that is a switch table: `#[switch]` in place of `#[module]`.
    pub(crate) table: Option<Name>,
    pub(crate) abi: Abi,
    pub(crate) on_panic: OnPanic,
    pub(crate) stubs: Vec<Stub<'a>>,
    /// Used as `dyn` too, which was reported.
    pub(crate) as_dyn: bool,
    /// Whether a call can hold the module, so that it can be unloaded. HP-UX calls this the class.
    pub(crate) unloadable: bool,
    /// The word `load_only`, if the author says so.
    pub(crate) load_only: Option<Ident>,
}

/// The class that the author gives an interface.
pub(crate) enum Class {
    /// Contains the word.
    LoadOnly(Ident),
    Unloadable,
}

/// How an interface's functions are called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abi {
    Rust,
    /// `abi = "C"`.
    C,
}

/// What happens after a panic in the module.
#[derive(Clone)]
pub(crate) enum OnPanic {
    /// The stub panics in the caller.
    Propagate,
    /// The stub acts as if the module could not be loaded.
    Fallback,
    /// The stub panics in the caller, and the module is unloaded. Contains the word `unload`.
    Unload(Ident),
}

impl Interface<'_> {
    /// The module of stubs: the name of the interface or of the switch table, as an identifier.
    pub(crate) fn ident(&self) -> Ident {
        let Name { text, span } = self.module_name();
        Ident::new(&text.replace('-', "_"), *span)
    }

    /// The name of the module beside the trait.
    pub(crate) fn module_name(&self) -> &Name {
        self.table.as_ref().unwrap_or(&self.name)
    }

    pub(crate) fn vis(&self) -> &Visibility {
        &self.item.vis
    }
}

/// The three kinds of stub.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum StubKind {
    Strong,
    Unloadable,
    Weak,
}

impl StubKind {
    pub(crate) const ALL: [StubKind; 3] = [StubKind::Strong, StubKind::Unloadable, StubKind::Weak];

    pub(crate) fn attribute(self) -> &'static str {
        match self {
            StubKind::Strong => "stub",
            StubKind::Unloadable => "ustub",
            StubKind::Weak => "wstub",
        }
    }
}

/// One function of an interface.
pub(crate) struct Stub<'a> {
    pub(crate) item: &'a TraitItemFn,
    pub(crate) kind: StubKind,
    /// The attribute that declares it.
    pub(crate) attribute: Option<&'a Attribute>,
    /// `or = path`.
    pub(crate) fallback: Option<Path>,
    pub(crate) args: Vec<Arg<'a>>,
    /// `None` for `()` left out.
    pub(crate) result: Option<&'a Type>,
}

impl Stub<'_> {
    pub(crate) fn is_async(&self) -> bool {
        self.item.sig.asyncness.is_some()
    }
}

/// One argument of a stub.
pub(crate) struct Arg<'a> {
    pub(crate) name: Ident,
    pub(crate) ty: &'a Type,
}

/// `#[module]` on an `impl` or a `mod`.
pub(crate) struct Module<'a> {
    pub(crate) runtime: Runtime,
    /// `None`: the name of its one interface.
    pub(crate) name: Option<Name>,
    pub(crate) kind: Option<LitStr>,
    pub(crate) version: Option<LitStr>,
    pub(crate) desc: Option<LitStr>,
    /// The states as written. `None`: all of them.
    pub(crate) states: Option<Vec<Ident>>,
    /// The phases as written. `None`: all of them.
    pub(crate) phases: Option<Vec<Ident>>,
    /// The word `critical`, if it is there.
    pub(crate) critical: Option<Ident>,
    pub(crate) depends: Vec<Depends>,
    pub(crate) wants: Vec<Want>,
    pub(crate) weak: Vec<LitStr>,
    pub(crate) idle: Option<Idle>,
    pub(crate) switch_keys: SwitchKeys,
    /// The word `unmap`, if it is there.
    pub(crate) unmap: Option<Ident>,
    pub(crate) load: Option<Path>,
    pub(crate) unload: Option<Path>,
    pub(crate) save: Option<Path>,
    /// The statics of a `ModuleCell` that an upgrade hands over.
    pub(crate) hand_over: Vec<Ident>,
    pub(crate) body: Body<'a>,
}

/// The item that has the attribute.
pub(crate) enum Body<'a> {
    Impl(Export<'a>),
    Mod(&'a ItemMod, Vec<Export<'a>>),
}

impl<'a> Body<'a> {
    pub(crate) fn exports(&self) -> &[Export<'a>] {
        match self {
            Body::Impl(export) => std::slice::from_ref(export),
            Body::Mod(_, exports) => exports,
        }
    }
}

/// The implementation of one interface.
pub(crate) struct Export<'a> {
    pub(crate) item: &'a ItemImpl,
    /// `None` for an inherent `impl`, which is a mistake.
    pub(crate) interface: Option<&'a Path>,
}
