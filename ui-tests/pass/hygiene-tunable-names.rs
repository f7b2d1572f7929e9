//! Tunables whose names are those in the expansion, without a prelude, with the runtime elsewhere.
#![no_implicit_prelude]
#![deny(warnings)]

mod reexported {
    pub(crate) use ::dlkm_rt as runtime;
}

use reexported::runtime::{LoadError, Tunable, TunableChoice, module, tunable};

mod place {
    use ::std::result::Result::{self, Ok};
    use ::std::string::String;

    pub(super) fn changed(_: &u32) -> Result<(), String> {
        Ok(())
    }
}

const MIN: u32 = 1;
const MAX: u32 = 9;

#[tunable(crate = reexported::runtime, range = MIN..=MAX, dynamic, changed = place::changed)]
static TEXT: Tunable<u32> = Tunable::new(5);

#[tunable(crate = reexported::runtime)]
static RECORD: Tunable<bool> = Tunable::new(true);

#[tunable(crate = reexported::runtime)]
static DECLARED: Tunable<i8> = Tunable::new(-5);

#[allow(non_upper_case_globals)]
#[tunable(crate = reexported::runtime, name = "match")]
static r#match: Tunable<i8> = Tunable::new(-5);

#[derive(::std::clone::Clone, ::std::marker::Copy, TunableChoice)]
#[choice(crate = reexported::runtime)]
enum Self_ {
    #[allow(dead_code)]
    WORDS,
    VALUES,
}

#[tunable(crate = reexported::runtime, name = "choice")]
static CHOICE: Tunable<Self_> = Tunable::new(Self_::VALUES);

#[module(crate = reexported::runtime)]
trait Door {
    #[stub]
    fn open() -> ::std::result::Result<u32, LoadError>;
}

struct Driver;

#[module(crate = reexported::runtime)]
impl Door for Driver {
    fn open() -> ::std::result::Result<u32, LoadError> {
        ::std::result::Result::Ok(TEXT.get())
    }
}

fn main() {
    let root = reexported::runtime::ModuleRoot::none();
    let kernel = reexported::runtime::Kernel::boot(root).unwrap();
    ::std::assert_eq!(door::open().unwrap(), 5);
    ::std::assert!(RECORD.get() && ::std::matches!(CHOICE.get(), Self_::VALUES));
    ::std::assert_eq!((DECLARED.get(), r#match.get()), (-5, -5));
    kernel.tune("door", "text", "9").unwrap();
    kernel.tune("door", "text", "10").unwrap_err();
    ::std::assert_eq!(door::open().unwrap(), 9);
}
