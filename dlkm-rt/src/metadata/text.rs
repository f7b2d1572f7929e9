//! Writes metadata text while compiling, so that it can stand in a section.

use super::build;
use crate::declaration::Declaration;
use crate::interface::Text;

/// The format that this version writes and reads.
pub(crate) const FORMAT: &str = "2";

/// A module's declaration, as the macro puts it together. Lists are separated by blanks.
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
    /// The modules it depends on.
    pub depends: &'static str,
    /// After how many milliseconds without a call it may go; empty: never.
    pub idle: &'static str,
    /// The interfaces it provides.
    pub interfaces: &'static [Described],
}

/// An interface, and the text of the types that it uses.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// What the trait says.
    pub declaration: &'static Declaration,
    /// By [`crate::interface::Signatures::types`].
    pub types: &'static [u8],
}

impl Described {
    /// How long the text is, in bytes.
    pub const fn text_len(&self) -> usize {
        let mut out = Text::<0>::new();
        self.write(&mut out);
        out.length()
    }

    /// The interface's own lines; `N` is [`text_len`](Self::text_len).
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
        let mut j = 0;
        while j < declaration.functions.len() {
            let function = declaration.functions[j];
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
    /// How long the text is, in bytes.
    pub const fn text_len(&self) -> usize {
        self.write::<0>().length()
    }

    /// How many functions the module provides: the seeds' maximum number of stubs.
    pub const fn max_stubs(&self) -> u32 {
        let mut sum = 0;
        let mut i = 0;
        while i < self.interfaces.len() {
            sum += self.interfaces[i].declaration.functions.len() as u32;
            i += 1;
        }
        sum
    }

    /// The text; `N` is [`text_len`](Self::text_len).
    pub const fn text<const N: usize>(&self) -> [u8; N] {
        self.write().buffer()
    }

    const fn write<const N: usize>(&self) -> Text<N> {
        let mut out = Text::new();
        line(&mut out, "format", &[FORMAT]);
        line(&mut out, "name", &[self.name]);
        line(&mut out, "version", &[self.version]);
        line(&mut out, "kind", &[self.kind]);
        line(&mut out, "desc", &[self.desc]);
        line(&mut out, "states", &[self.states]);
        line(&mut out, "depends", &[self.depends]);
        if !self.idle.is_empty() {
            line(&mut out, "idle", &[self.idle]);
        }
        let mut i = 0;
        while i < self.interfaces.len() {
            self.interfaces[i].write(&mut out);
            i += 1;
        }
        out.put_bytes(&OUR_BUILD);
        out
    }
}

/// The last lines of the metadata of whatever was built as this copy of the runtime.
pub(super) static OUR_BUILD: [u8; our_build::<0>().length()] = our_build().buffer();

const fn our_build<const N: usize>() -> Text<N> {
    let mut out = Text::new();
    let mut i = 0;
    while i < build::OURS.len() {
        let (key, value) = build::OURS[i];
        line(&mut out, key, &[value]);
        i += 1;
    }
    out
}

const fn line<const N: usize>(out: &mut Text<N>, key: &str, values: &[&str]) {
    out.put(key);
    out.put("=");
    let mut i = 0;
    while i < values.len() {
        out.put(values[i]);
        i += 1;
    }
    out.put("\0");
}
