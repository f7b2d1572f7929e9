//! Tunables and their enums, as the macros see them.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, Ident, ItemStatic, LitStr, Path};

/// A tunable.
pub(super) struct Static<'a> {
    pub(super) runtime: Path,
    pub(super) item: &'a ItemStatic,
    /// The name in the system file, and where it is written.
    pub(super) name: (String, Span),
    pub(super) desc: Option<LitStr>,
    pub(super) dynamic: bool,
    pub(super) range: Option<Range>,
    pub(super) changed: Option<Path>,
}

/// The range of a tunable's values.
pub(super) struct Range {
    pub(super) tokens: TokenStream,
    pub(super) min: Option<Expr>,
    pub(super) max: Option<Expr>,
}

/// An enum that a tunable can be.
pub(super) struct Choice<'a> {
    pub(super) runtime: Path,
    pub(super) ident: &'a Ident,
    /// The variants without fields, and their words.
    pub(super) variants: Vec<(&'a Ident, String)>,
}
