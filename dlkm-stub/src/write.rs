//! Writes the generated half of a stub library: the trampolines, the tables of `runtime.c`, and the
//! version script.

use crate::library::{Identity, Kind, Library, STUB_NOTE, Symbol};
use crate::versions::SymbolVersion;

/// What to do where the real library can't be loaded, for each function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fallback {
    /// What the function returns then.
    pub(crate) value: Value,
    /// Whether it returns this, too, while the real library is not loaded, and never loads it.
    pub(crate) is_weak: bool,
}

/// What a function returns where the real library can't be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// In the register of integers and pointers.
    Integer(i64),
    /// A C++ expression, whose function is in `dlkm_stub_or`, with the index of the function behind it.
    Typed(String),
}

/// The assembly. `real` is the path of the real library, and `fallbacks` has one for each function.
pub(crate) fn assembly(library: &Library, real: &[u8], fallbacks: &[Option<Fallback>]) -> String {
    let mut out = Assembly(String::new());
    let functions: Vec<Function<'_>> = library
        .functions()
        .zip(fallbacks.iter().map(Option::as_ref))
        .collect();
    out.text(library, &functions);
    out.slots(&functions);
    out.tables(library, real, &functions);
    out.notes(library, &functions);
    out.0
}

/// The version script, with all nodes of the library; or nothing if it has none. Which symbol is in
/// which node is in the assembly.
pub(crate) fn version_script(library: &Library) -> Option<String> {
    if library.nodes.is_empty() {
        return None;
    }
    let mut script = String::new();
    for node in &library.nodes {
        script.push_str(&format!("{} {{ }}", node.name));
        for parent in &node.parents {
            script.push(' ');
            script.push_str(parent);
        }
        script.push_str(";\n");
    }
    Some(script)
}

/// A function, and what to do where the real library can't be loaded.
type Function<'all> = (&'all Symbol, Option<&'all Fallback>);

struct Assembly(String);

impl Assembly {
    fn line(&mut self, text: impl AsRef<str>) {
        self.0.push_str(text.as_ref());
        self.0.push('\n');
    }

    /// The trampolines, and behind them what the slots hold at first. None of them has a frame, so one
    /// description for unwinders fits all.
    fn text(&mut self, library: &Library, functions: &[Function<'_>]) {
        self.line("\t.text\n\t.cfi_startproc");
        for (index, (symbol, _)) in functions.iter().enumerate() {
            let binding = match symbol.is_weak {
                true => "weak",
                false => "globl",
            };
            let label = match symbol.version {
                SymbolVersion::Node { node, is_default } => {
                    let label = format!("dlkm_stub_f{index}");
                    let at = if is_default { "@@" } else { "@" };
                    let (name, node) = (&symbol.name, &library.nodes[node].name);
                    self.line(format!("\t.symver {label}, {name}{at}{node}, remove"));
                    label
                }
                _ => symbol.name.clone(),
            };
            self.line(format!("\t.p2align 4\n\t.{binding} {label}"));
            self.line(format!("\t.type {label}, @function\n{label}:"));
            self.line("\tendbr64");
            self.line(format!("\tjmpq *dlkm_stub_slots+{}(%rip)", 8 * index));
            self.line(format!("\t.size {label}, . - {label}"));
        }
        for (index, (_, fallback)) in functions.iter().enumerate() {
            if !fallback.is_some_and(|fallback| fallback.is_weak) {
                self.line(format!("\t.p2align 4\n.Lcold{index}:\n\tendbr64"));
                self.line(format!("\tmovl ${index}, %r11d\n\tjmp dlkm_stub_cold"));
            }
            if let Some(fallback) = fallback {
                self.line(format!("\t.p2align 4\n.Lor{index}:\n\tendbr64"));
                match fallback.value {
                    // A function with a result of another kind has it in xmm0, and gets a zero.
                    Value::Integer(value) => {
                        self.line(format!("\tmovabsq ${value}, %rax"));
                        self.line("\tpxor %xmm0, %xmm0\n\tret");
                    }
                    Value::Typed(_) => self.line(format!("\tjmpq *dlkm_stub_or{index}(%rip)")),
                }
            }
        }
        self.line("\t.cfi_endproc");
    }

    fn slots(&mut self, functions: &[Function<'_>]) {
        self.object("dlkm_stub_slots", ".data", 64);
        for (index, (_, fallback)) in functions.iter().enumerate() {
            let target = match fallback {
                Some(fallback) if fallback.is_weak => ".Lor",
                _ => ".Lcold",
            };
            self.line(format!("\t.quad {target}{index}"));
        }
    }

    fn tables(&mut self, library: &Library, real: &[u8], functions: &[Function<'_>]) {
        // Offset 0 means that there is no text.
        let mut strings = vec![0];
        let mut node_texts = Vec::new();
        for node in &library.nodes {
            node_texts.push(place(&mut strings, &node.name));
        }
        self.object("dlkm_stub_symbols", ".section .rodata", 8);
        for (index, (symbol, fallback)) in functions.iter().enumerate() {
            let name = place(&mut strings, &symbol.name);
            let version = match symbol.version {
                SymbolVersion::Node { node, .. } => node_texts[node],
                _ => 0,
            };
            let or = match fallback {
                Some(_) => format!(".Lor{index} - dlkm_stub_symbols"),
                None => "0".to_owned(),
            };
            let is_weak = u8::from(fallback.is_some_and(|fallback| fallback.is_weak));
            let value = match symbol.kind {
                Kind::Indirect => -1,
                _ => symbol.value as i64,
            };
            self.line(format!("\t.long {name}, {version}, {or}, {is_weak}"));
            self.line(format!("\t.quad {value}"));
        }
        self.object("dlkm_stub_identity", ".section .rodata", 8);
        let (numbers, id) = match &library.identity {
            Identity::BuildId(id) => ([0; 4], id.as_slice()),
            Identity::Symbols {
                size,
                offset,
                length,
                hash,
            } => ([*size, *offset, *length, *hash], [].as_slice()),
        };
        for number in numbers {
            self.line(format!("\t.quad {number}"));
        }
        self.line(format!("\t.long {}", id.len()));
        let mut padded = id.to_vec();
        padded.resize(64 + 4, 0);
        self.bytes(&padded);
        self.object("dlkm_stub_count", ".section .rodata", 4);
        self.line(format!("\t.long {}", functions.len()));
        for (name, text) in [
            ("dlkm_stub_soname", library.soname.as_bytes()),
            ("dlkm_stub_path", real),
            ("dlkm_stub_strings", &strings),
        ] {
            self.object(name, ".section .rodata", 1);
            self.bytes(text);
            self.line("\t.byte 0");
        }
    }

    fn notes(&mut self, library: &Library, functions: &[Function<'_>]) {
        let is_required = functions.iter().any(|(_, fallback)| fallback.is_none());
        let priority = match is_required {
            true => "required",
            false => "recommended",
        };
        let soname = quoted(&library.soname);
        let json = format!(
            "[{{\"feature\":{soname},\"description\":\"The library behind the stub library\",\
             \"priority\":\"{priority}\",\"soname\":[{soname}]}}]"
        );
        self.note(".note.dlopen", ("FDO", 0x407c_0c0a), json.as_bytes());
        self.note(".note.dlkm_stub", STUB_NOTE, library.soname.as_bytes());
        self.line("\t.section .note.GNU-stack, \"\", @progbits");
        self.line("\t.section .note.gnu.property, \"a\", @note\n\t.p2align 3");
        self.line("\t.long 4, 16, 5\n\t.asciz \"GNU\"\n\t.long 0xc0000002, 4, 3, 0");
    }

    /// A note: of an owner and a type, with a text.
    fn note(&mut self, section: &str, (owner, kind): (&str, u32), text: &[u8]) {
        self.line(format!("\t.section {section}, \"a\", @note\n\t.p2align 2"));
        let lengths = (owner.len() + 1, text.len() + 1);
        self.line(format!("\t.long {}, {}, {kind}", lengths.0, lengths.1));
        self.line(format!("\t.asciz \"{owner}\"\n\t.p2align 2"));
        self.bytes(text);
        self.line("\t.byte 0\n\t.p2align 2");
    }

    fn object(&mut self, name: &str, section: &str, align: usize) {
        self.line(format!("\t{section}\n\t.balign {align}"));
        self.line(format!("\t.globl {name}\n\t.hidden {name}"));
        self.line(format!("\t.type {name}, @object\n{name}:"));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for block in bytes.chunks(32) {
            let numbers: Vec<String> = block.iter().map(u8::to_string).collect();
            self.line(format!("\t.byte {}", numbers.join(",")));
        }
    }
}

/// Appends a text with its NUL, and returns where it begins.
fn place(strings: &mut Vec<u8>, text: &str) -> usize {
    let at = strings.len();
    strings.extend_from_slice(text.as_bytes());
    strings.push(0);
    at
}

/// A string of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
