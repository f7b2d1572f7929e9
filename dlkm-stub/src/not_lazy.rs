//! Symbols that a stub library does not have.

use std::fmt;

/// A symbol of a library that a stub library does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotLazy {
    name: String,
    why: Why,
}

/// Why a stub library does not have a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Why {
    /// It is a variable.
    Variable,
    /// It is a variable that each thread has of its own.
    ThreadLocal,
    /// An assembler can't write its name.
    Name,
    /// It is a function without a version, and the library has another one of the same name with a version,
    /// which is lazy. A linker can't write both.
    Unversioned,
    /// The program defines the function too, and the library itself calls it: the copy of the library
    /// would no longer call the program's. [`StubLibrary::without_copy`](crate::StubLibrary::without_copy)
    /// makes a stub library whose real library still does.
    Replaced,
}

impl NotLazy {
    pub(crate) fn new(name: &str, why: Why) -> Self {
        NotLazy {
            name: name.to_owned(),
            why,
        }
    }

    /// The symbol's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it can't be lazy.
    pub fn why(&self) -> Why {
        self.why
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::Variable => "a variable",
            Why::ThreadLocal => "a thread-local variable",
            Why::Name => "a function whose name an assembler can't write",
            Why::Unversioned => "a function without a version, beside one with a version",
            Why::Replaced => {
                "a function that the program replaces, which takes a stub library without a copy (--no-copy)"
            }
        })
    }
}
