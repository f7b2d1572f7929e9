//! What of a library is lazy in its stub library, and what can't be.

use crate::library::{Kind, Library};
use crate::not_lazy::{NotLazy, Why};
use crate::typed::Untyped;

/// What of a library is lazy in its stub library, and what can't be.
#[derive(Clone, Debug)]
pub struct Report {
    functions: usize,
    not_lazy: Vec<NotLazy>,
    untyped: Vec<Untyped>,
    static_tls: u64,
}

impl Report {
    pub(crate) fn new(library: &Library, untyped: Vec<Untyped>) -> Self {
        let mut not_lazy: Vec<NotLazy> = library
            .symbols
            .iter()
            .filter_map(|symbol| {
                let why = match symbol.kind {
                    Kind::Function | Kind::Indirect => return None,
                    Kind::Data => Why::Variable,
                    Kind::Tls => Why::ThreadLocal,
                    Kind::Odd => Why::Name,
                    Kind::Unversioned => Why::Unversioned,
                };
                Some(NotLazy::new(&symbol.name, why))
            })
            .collect();
        not_lazy.sort();
        not_lazy.dedup();
        Report {
            functions: library.functions().count(),
            not_lazy,
            untyped,
            static_tls: library.static_tls,
        }
    }

    /// How many bytes the library needs of the memory that a thread has from its start, for variables of
    /// `-ftls-model=initial-exec`; mostly 0. The GNU C library reserves 512 bytes for all libraries that are
    /// loaded later, unless `GLIBC_TUNABLES=glibc.rtld.optional_static_tls=BYTES` says more.
    pub fn static_tls(&self) -> u64 {
        self.static_tls
    }

    /// The functions that a header does not declare, if there is one. They are lazy, too.
    pub fn untyped(&self) -> &[Untyped] {
        &self.untyped
    }

    /// How many functions are lazy. A function with several versions counts once for each.
    pub fn functions(&self) -> usize {
        self.functions
    }

    /// The symbols that the stub library does not have, by name. The dynamic linker refuses to start a
    /// program that refers to one of them.
    pub fn not_lazy(&self) -> &[NotLazy] {
        &self.not_lazy
    }
}
