//! Writes metadata text while compiling, so that it can stand in a section.

use super::build;
use crate::declaration::Declaration;

/// The format that this version writes and reads.
pub(crate) const FORMAT: &str = "1";

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
    /// The interfaces it provides.
    pub interfaces: &'static [&'static Declaration],
}

impl Declared {
    /// How long the text is, in bytes.
    pub const fn text_len(&self) -> usize {
        self.write::<0>().1
    }

    /// How many functions the module provides: the seeds' maximum number of stubs.
    pub const fn max_stubs(&self) -> u32 {
        let mut sum = 0;
        let mut i = 0;
        while i < self.interfaces.len() {
            sum += self.interfaces[i].functions.len() as u32;
            i += 1;
        }
        sum
    }

    /// The text; `N` is [`text_len`](Self::text_len).
    pub const fn text<const N: usize>(&self) -> [u8; N] {
        self.write().0
    }

    const fn write<const N: usize>(&self) -> ([u8; N], usize) {
        let mut out = Writer {
            bytes: [0; N],
            at: 0,
        };
        out.line("format", &[FORMAT]);
        out.line("name", &[self.name]);
        out.line("version", &[self.version]);
        out.line("kind", &[self.kind]);
        out.line("desc", &[self.desc]);
        out.line("states", &[self.states]);
        out.line("depends", &[self.depends]);
        let mut i = 0;
        while i < self.interfaces.len() {
            let interface = self.interfaces[i];
            out.line(
                "interface",
                &[interface.name, " ", interface.class.as_str()],
            );
            let mut j = 0;
            while j < interface.functions.len() {
                let function = interface.functions[j];
                out.line("export", &[function.name, " ", function.signature]);
                j += 1;
            }
            i += 1;
        }
        out.line("rustc", &[build::RUSTC]);
        out.line("target", &[build::TARGET]);
        out.line("panic", &[build::PANIC]);
        out.line("runtime", &[build::RUNTIME]);
        (out.bytes, out.at)
    }
}

/// Writes where there is room, and counts in any case.
struct Writer<const N: usize> {
    bytes: [u8; N],
    at: usize,
}

impl<const N: usize> Writer<N> {
    const fn line(&mut self, key: &str, values: &[&str]) {
        self.put(key);
        self.put("=");
        let mut i = 0;
        while i < values.len() {
            self.put(values[i]);
            i += 1;
        }
        self.put("\0");
    }

    const fn put(&mut self, text: &str) {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() {
            if self.at < N {
                self.bytes[self.at] = text[i];
            }
            self.at += 1;
            i += 1;
        }
    }
}
