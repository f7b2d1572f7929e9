//! The metadata of one module.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::build_record::{Build, BuildDifference};
use crate::dependency::{Requirement, Want};
use crate::interface::InterfaceInfo;
use crate::magic::Magic;
use crate::phase::Phase;
use crate::state::ModuleState;
use crate::tunable::TunableInfo;

/// A module's metadata. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metadata(pub(crate) Arc<Content>);

#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) text: Box<str>,
    pub(crate) name: Range<usize>,
    pub(crate) version: Range<usize>,
    pub(crate) kind: Range<usize>,
    pub(crate) desc: Range<usize>,
    pub(crate) states: Vec<ModuleState>,
    pub(crate) phases: Vec<Phase>,
    pub(crate) critical: bool,
    pub(crate) depends: Vec<String>,
    pub(crate) requires: Vec<Requirement>,
    pub(crate) wants: Vec<Want>,
    pub(crate) weak: Vec<String>,
    pub(crate) idle: Option<Duration>,
    pub(crate) stays_mapped: Option<Range<usize>>,
    pub(crate) stub_of: Option<Range<usize>>,
    pub(crate) shared_std: Option<String>,
    pub(crate) tunables: Vec<TunableInfo>,
    pub(crate) keys: Vec<String>,
    pub(crate) extensions: Vec<String>,
    pub(crate) magics: Vec<Magic>,
    pub(crate) interfaces: Vec<InterfaceInfo>,
    pub(crate) build: Build,
}

/// Equal if the texts are equal.
impl PartialEq for Metadata {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Metadata {}

impl Metadata {
    /// Whether this was read from this text of a module and these of its tunables, in any order.
    pub fn is_made_of(&self, text: &[u8], tunables: &[&[u8]]) -> bool {
        let Some(mut rest) = self.0.text.as_bytes().strip_suffix(text) else {
            return false;
        };
        let mut left = tunables.to_vec();
        while let [first, after @ ..] = rest {
            let begins = |piece: &&[u8]| !piece.is_empty() && rest.starts_with(piece);
            match left.iter().position(begins) {
                // No text begins another one, since the name comes first.
                Some(at) => rest = &rest[left.swap_remove(at).len()..],
                // The linker may fill up with zeros.
                None if *first == 0 => rest = after,
                None => return false,
            }
        }
        left.is_empty()
    }

    /// The names under which a kernel counts the calls of the module.
    pub fn counted_names(&self) -> Vec<&str> {
        self.interfaces()
            .iter()
            .map(|one| one.counted_as())
            .collect()
    }

    /// By what it is found in switch tables: as declared, or else its name. None if it provides no
    /// interface of a switch table.
    pub fn keys(&self) -> &[String] {
        &self.0.keys
    }

    /// The extensions of names of files whose content it serves, without the dot.
    pub fn extensions(&self) -> &[String] {
        &self.0.extensions
    }

    /// By which bytes it recognises data that it serves.
    pub fn magics(&self) -> &[Magic] {
        &self.0.magics
    }

    /// The module's name.
    pub fn name(&self) -> &str {
        &self.0.text[self.0.name.clone()]
    }

    /// The module's version.
    pub fn version(&self) -> &str {
        &self.0.text[self.0.version.clone()]
    }

    /// The kind of module: `misc`, `codec`, …
    pub fn kind(&self) -> &str {
        &self.0.text[self.0.kind.clone()]
    }

    /// The author's description; may be empty.
    pub fn desc(&self) -> &str {
        &self.0.text[self.0.desc.clone()]
    }

    /// The states it supports.
    pub fn states(&self) -> &[ModuleState] {
        &self.0.states
    }

    /// Whether it supports `state`.
    pub fn supports(&self, state: ModuleState) -> bool {
        self.0.states.contains(&state)
    }

    /// The phases in which it can be loaded, in their order.
    pub fn phases(&self) -> &[Phase] {
        &self.0.phases
    }

    /// Whether it can be loaded in `phase`.
    pub fn supports_phase(&self, phase: Phase) -> bool {
        self.0.phases.contains(&phase)
    }

    /// Whether the host can't do without it: it can't be unused, and a boot that can't load it fails.
    pub fn is_critical(&self) -> bool {
        self.0.critical
    }

    /// The names of the modules that must be loaded before it.
    pub fn depends(&self) -> &[String] {
        &self.0.depends
    }

    /// What else must be there before it is loaded: versions of modules that it depends on, and
    /// interfaces, whose modules are loaded first.
    pub fn requires(&self) -> &[Requirement] {
        &self.0.requires
    }

    /// The modules that are loaded with it, if they are there.
    pub fn wants(&self) -> &[Want] {
        &self.0.wants
    }

    /// The names of the modules that must be there, and that are not loaded for it.
    pub fn weak(&self) -> &[String] {
        &self.0.weak
    }

    /// How long the module stays loaded without a call, in a host that reaps idle modules;
    /// `None` if it always stays.
    pub fn idle(&self) -> Option<Duration> {
        self.0.idle
    }

    /// Why the image stays in memory after an unload: a function, as `interface::function`, and
    /// what it leaves behind. `None` if the types of all its functions prove that nothing is.
    pub fn stays_mapped(&self) -> Option<&str> {
        Some(&self.0.text[self.0.stays_mapped.clone()?])
    }

    /// The module that this one has stubs of, if it is an autoload stub module.
    pub fn stub_of(&self) -> Option<&str> {
        Some(&self.0.text[self.0.stub_of.clone()?])
    }

    /// That the image links the shared libstd, if it does. All such images of a process have one
    /// std, with one panic hook, where each must have its own. `None` for a static module, for
    /// a text that is from no file, and for a file that was [read for a list](Self::list_for).
    pub fn shared_std(&self) -> Option<BuildDifference> {
        let library = self.0.shared_std.clone()?;
        Some(BuildDifference::SharedStd { library })
    }

    /// Its tunables, sorted by name.
    pub fn tunables(&self) -> &[TunableInfo] {
        &self.0.tunables
    }

    /// The interfaces it provides.
    pub fn interfaces(&self) -> &[InterfaceInfo] {
        &self.0.interfaces
    }

    /// The interface of that name, if it provides it.
    pub fn interface(&self, name: &str) -> Option<&InterfaceInfo> {
        self.0
            .interfaces
            .iter()
            .find(|interface| interface.name() == name)
    }

    /// How it was built.
    pub fn build(&self) -> &Build {
        &self.0.build
    }
}
