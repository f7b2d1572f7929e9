//! Writes metadata text in constants, so that the compiler can put it into a section of an image.
//! For `dlkm-rt` and the code that its macros generate.

pub use crate::build_record::{BuildRecord, OwnBuild};
pub use crate::const_text::Text;
pub use crate::declaration::{Declaration, Obstacle, Unmap};
pub use crate::declared_tunable::{DeclaredTunable, DeclaredValue};
pub use crate::dlopen_note::DlopenNote;
pub use crate::functions::{Function, Functions, Place};
use crate::limits;

/// The format that this version writes and reads.
pub(crate) const FORMAT: &str = "2";

/// A module's declaration, as the macro builds it. Lists are separated by spaces.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// The module's name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// Its description.
    pub desc: &'static str,
    /// The states it supports.
    pub states: &'static str,
    /// The phases in which it can be loaded; empty for all.
    pub phases: &'static str,
    /// Whether the host can't do without it.
    pub critical: bool,
    /// The modules it depends on.
    pub depends: &'static str,
    /// The dependencies that say more than a module's name, the soft ones, and by what it is found
    /// in switch tables: the texts of whole lines.
    pub lines: &'static [&'static str],
    /// The modules that must be there and are not loaded for it.
    pub weak: &'static str,
    /// After how many milliseconds without a call the module may be unloaded; empty if never.
    pub idle: &'static str,
    /// The interfaces it provides.
    pub interfaces: &'static [Described<'static>],
    /// In an autoload stub module: how many stubs it has.
    pub stubs: u32,
}

/// An interface, and the text of the types that it uses.
#[derive(Clone, Copy, Debug)]
pub struct Described<'a> {
    /// The trait's declaration.
    pub declaration: &'a Declaration,
    /// The lines `type=…`, `variant=…` and `field=…` of each type.
    pub types: &'a [u8],
}

impl Described<'_> {
    /// The length of the text, in bytes.
    pub const fn text_len(&self) -> usize {
        let mut out = Text::<0>::new();
        self.write(&mut out);
        out.length()
    }

    /// The interface's own lines; `N` must be [`text_len`](Self::text_len).
    pub const fn text<const N: usize>(&self) -> [u8; N] {
        let mut out = Text::new();
        self.write(&mut out);
        out.buffer()
    }

    const fn write<const N: usize>(&self, out: &mut Text<N>) {
        let Described { declaration, types } = self;
        let Declaration {
            name, class, abi, ..
        } = declaration;
        let words = [name, " ", class.as_str(), " ", abi.as_str(), " "];
        out.put("interface=");
        let mut j = 0;
        while j < words.len() {
            out.put(words[j]);
            j += 1;
        }
        out.put(declaration.version);
        out.put("\0");
        if declaration.switch {
            out.put("switch=yes\0");
        }
        let mut j = 0;
        while j < declaration.functions.len() {
            let function = declaration.functions.get(j);
            out.put("export=");
            out.put(function.name);
            out.put(" ");
            out.hex(function.hash);
            out.put(": ");
            out.put(function.signature);
            out.put("\0");
            j += 1;
        }
        out.put_bytes(types);
    }
}

impl Declared {
    /// The length of the text, in bytes, for a module with the build `build`.
    pub const fn text_len(&self, build: &BuildRecord) -> usize {
        self.write::<0>(build).length()
    }

    /// How many functions the module provides: HP-UX's "maximum number of stubs".
    pub const fn max_stubs(&self) -> u32 {
        let mut sum = self.stubs;
        let mut i = 0;
        while i < self.interfaces.len() {
            sum += self.interfaces[i].declaration.functions.len() as u32;
            i += 1;
        }
        sum
    }

    /// The text; `N` must be [`text_len`](Self::text_len).
    pub const fn text<const N: usize>(&self, build: &BuildRecord) -> [u8; N] {
        self.write(build).buffer()
    }

    /// Names the first function that stands in the way of unmapping the image.
    const fn write_obstacle<const N: usize>(&self, out: &mut Text<N>) {
        let mut i = 0;
        while i < self.interfaces.len() {
            let declaration = self.interfaces[i].declaration;
            if let Some(obstacle) = declaration.unmap.provider {
                out.put("stays-mapped=");
                out.put(declaration.name);
                out.put("::");
                out.put(obstacle.function);
                out.put(" ");
                out.put(obstacle.does);
                out.put("\0");
                return;
            }
            i += 1;
        }
    }

    const fn write<const N: usize>(&self, build: &BuildRecord) -> Text<N> {
        let mut out = Text::new();
        out.line("format", FORMAT);
        out.line("name", self.name);
        out.line("version", self.version);
        out.line("kind", self.kind);
        out.line("desc", self.desc);
        out.line("states", self.states);
        if !self.phases.is_empty() {
            out.line("phases", self.phases);
        }
        if self.critical {
            out.line("critical", "yes");
        }
        out.line("depends", self.depends);
        let mut i = 0;
        while i < self.lines.len() {
            out.put(self.lines[i]);
            out.put("\0");
            i += 1;
        }
        if !self.weak.is_empty() {
            out.line("weak", self.weak);
        }
        if !self.idle.is_empty() {
            out.line("idle", self.idle);
        }
        self.write_obstacle(&mut out);
        let mut i = 0;
        while i < self.interfaces.len() {
            self.interfaces[i].write(&mut out);
            i += 1;
        }
        build.write(&mut out);
        assert!(
            out.length() as u64 <= limits::METADATA,
            "the module's metadata has more than 1048576 bytes: provide fewer interfaces, or \
             interfaces with fewer functions and types"
        );
        out
    }
}
