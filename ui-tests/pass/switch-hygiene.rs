//! Names of the author's crate that the table uses too.
#![deny(warnings, missing_docs, unsafe_code)]

#[allow(dead_code, non_camel_case_types, missing_docs)]
mod shadows {
    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct String;
    pub struct Copy;
    pub struct Debug;
    pub fn get() {}
    pub fn entries() {}
    pub fn probe() {}
    pub fn at() {}
}

/// Declares the table.
pub mod api {
    #[allow(unused_imports)]
    use crate::shadows::*;
    use dlkm_rt::{LoadError, switch};

    /// A table.
    #[switch(name = "a-codec", table = "codecs")]
    pub trait Codec {
        /// Takes arguments with names that the glue has.
        ///
        /// # Errors
        /// The module can't be loaded.
        #[ustub]
        fn decode(
            entry: u32,
            code: u32,
            hold: u32,
            error: u32,
            get: u32,
        ) -> std::result::Result<u32, LoadError>;

        /// Weak.
        #[wstub(or = nothing)]
        fn calls(hold: u32) -> u32;

        /// A borrow.
        ///
        /// # Errors
        /// The module can't be loaded.
        #[stub]
        fn first<'a>(text: &'a str, other: &str) -> std::result::Result<&'a str, LoadError>;
    }

    fn nothing(_: u32) -> u32 {
        7
    }
}

mod driver {
    use dlkm_rt::{LoadError, module};

    pub struct Driver;

    #[module(name = "gz", keys = ["gz", "gzip"])]
    impl crate::api::Codec for Driver {
        fn decode(a: u32, b: u32, c: u32, d: u32, e: u32) -> Result<u32, LoadError> {
            Ok(a + b + c + d + e)
        }

        fn calls(hold: u32) -> u32 {
            hold
        }

        fn first<'a>(text: &'a str, _: &str) -> Result<&'a str, LoadError> {
            Ok(text)
        }
    }
}

fn main() {
    use api::codecs;
    use dlkm_rt::{Kernel, ModuleRoot};

    assert!(codecs::get("gz").is_err(), "no kernel is booted");
    Kernel::boot(ModuleRoot::none()).expect("the first kernel");
    let entry = codecs::get("gzip").expect("it is linked in");
    assert_eq!(entry.decode(1, 2, 3, 4, 5).expect("it is linked in"), 15);
    assert_eq!(entry.calls(3), 3);
    assert_eq!(entry.first("a", "b").expect("it is linked in"), "a");
    assert_eq!((entry.module(), entry.number(), entry.keys().len()), ("gz", 0, 2));
    assert!(entry.is_loaded() && entry.desc().is_empty());
    assert_eq!(codecs::entries().expect("they can be listed").len(), 1);
    assert_eq!(codecs::at(0).expect("it is there").module(), "gz");
    let error = codecs::get("xz").expect_err("no module has it").to_string();
    assert_eq!(error, "no module provides `a-codec` for `xz`; there is gz, gzip");
}
