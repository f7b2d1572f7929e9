//! The statements of a `modmeta!`.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident, LitStr, Path};

use crate::ast::{Class, Name, StubKind};
use crate::runtime::Runtime;

pub(super) struct Modmeta {
    pub(super) runtime: Runtime,
    /// `crate = path`, as written.
    pub(super) crate_path: Option<Path>,
    /// Those before `module`.
    pub(super) attributes: Vec<Attribute>,
    pub(super) name: Name,
    pub(super) desc: Option<LitStr>,
    /// `type`.
    pub(super) kind: Option<Name>,
    pub(super) version: Option<Version>,
    pub(super) states: Option<Vec<Ident>>,
    /// `loadable times`.
    pub(super) times: Option<Vec<Ident>>,
    /// The word `unloadable`, if it is a statement.
    pub(super) unloadable: Option<Ident>,
    pub(super) autoload: Autoload,
}

/// A version, which is several tokens.
pub(super) struct Version {
    pub(super) text: String,
    pub(super) tokens: TokenStream,
}

/// The section `autoload`.
#[derive(Default)]
pub(super) struct Autoload {
    /// The word `autoload`, if it is there.
    pub(super) word: Option<Ident>,
    pub(super) class: Option<Class>,
    pub(super) functions: Vec<Function>,
}

/// One statement `stub`, `ustub` or `wstub`.
pub(super) struct Function {
    pub(super) attributes: Vec<Attribute>,
    pub(super) kind: StubKind,
    pub(super) name: Ident,
    /// `None` after it was reported that there is none.
    pub(super) retfunc: Option<Retfunc>,
    /// How many argument words it has.
    pub(super) words: usize,
}

/// What is called without the module.
pub(super) enum Retfunc {
    /// One of [`STANDARD`].
    Standard(Ident),
    /// `0`: a panic.
    Panic(Span),
    Own(Path),
}

/// The functions that illumos has for that, and the runtime too.
pub(super) const STANDARD: [&str; 4] = [
    "nomod_zero",
    "nomod_minus_one",
    "nomod_einval",
    "nomod_void",
];

/// The argument words of a function that does not say how many it has: as many as are in
/// registers, so that no stub reads a word that its caller may not have.
pub(super) const WORDS: usize = 6;

/// The most argument words.
pub(super) const MOST_WORDS: usize = 32;

impl Modmeta {
    /// Whether the items that are named after the module can be.
    pub(super) fn has_usable_name(&self) -> bool {
        let is_ident = |text: &str| syn::parse_str::<Ident>(text).is_ok();
        is_ident(&self.ident_text()) && is_ident(&self.trait_text())
    }

    /// The module of stubs: `tcp_ip`.
    pub(super) fn ident_text(&self) -> String {
        self.name.text.replace('-', "_")
    }

    /// The trait: `TcpIp`.
    pub(super) fn trait_text(&self) -> String {
        let mut text = String::new();
        for part in self.name.text.split(['-', '_']) {
            let mut letters = part.chars();
            text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            text.extend(letters);
        }
        text
    }

    /// Whether the module can be unloaded: as the section says, else as the statement does, else by
    /// its stubs.
    pub(super) fn is_unloadable(&self) -> bool {
        let mut functions = self.autoload.functions.iter();
        match &self.autoload.class {
            Some(Class::Unloadable) => true,
            Some(Class::LoadOnly(_)) => false,
            None => {
                self.unloadable.is_some() || functions.any(|one| one.kind == StubKind::Unloadable)
            }
        }
    }
}
