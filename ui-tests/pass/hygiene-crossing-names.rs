//! Functions, arguments, types and constants with the names that descriptions use, in a crate
//! with strict lints.
#![deny(warnings, missing_docs, unreachable_pub)]
#![forbid(unsafe_code)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot};

/// As the runtime's traits and types.
pub mod names {
    /// Not the runtime's.
    pub trait Interface {}

    /// Not the runtime's.
    #[derive(Clone, Copy, Debug, PartialEq, dlkm_rt::Interface)]
    pub struct Held(pub u8);

    /// Not the runtime's.
    #[derive(Clone, Copy, Debug, PartialEq, dlkm_rt::Interface)]
    pub struct Shape(pub u8);

    /// Not the runtime's.
    #[derive(Clone, Copy, Debug, PartialEq, dlkm_rt::Interface)]
    pub struct Signature {
        /// As a key.
        pub dlkm_private: u8,
    }

    /// Not a shape's.
    pub const SHAPE_0: usize = 1;
    /// Not a shape's.
    pub const SHAPE_1: usize = 2;
    /// Not the functions'.
    pub const SIGNATURES: usize = 3;
    /// Not the types'.
    pub const TYPES: usize = 4;

    /// Not a description.
    #[allow(non_snake_case)]
    #[dlkm_rt::module]
    pub trait Describes {
        /// As a shape.
        #[ustub]
        fn SHAPE_0(out: Held, frame: Shape) -> Result<(Held, Shape), dlkm_rt::LoadError>;

        /// As the types.
        #[ustub]
        fn types(dlkm_private: &Signature) -> Result<Signature, dlkm_rt::LoadError>;

        /// As the functions.
        #[stub]
        fn functions(
            one: [u8; SHAPE_0],
            two: [u8; SHAPE_1],
            three: [u8; SIGNATURES],
            four: [u8; TYPES],
        ) -> Result<usize, dlkm_rt::LoadError>;

        /// As the runtime.
        #[ustub]
        fn dlkm_private(result: Option<Held>, argument: Held) -> Result<u8, dlkm_rt::LoadError>;
    }
}

struct Driver;

#[dlkm_rt::module]
impl names::Describes for Driver {
    fn SHAPE_0(
        out: names::Held,
        frame: names::Shape,
    ) -> Result<(names::Held, names::Shape), LoadError> {
        Ok((out, frame))
    }

    fn types(dlkm_private: &names::Signature) -> Result<names::Signature, LoadError> {
        Ok(*dlkm_private)
    }

    fn functions(
        one: [u8; 1],
        two: [u8; 2],
        three: [u8; 3],
        four: [u8; 4],
    ) -> Result<usize, LoadError> {
        Ok(one.len() + two.len() + three.len() + four.len())
    }

    fn dlkm_private(result: Option<names::Held>, argument: names::Held) -> Result<u8, LoadError> {
        Ok(result.map_or(0, |held| held.0) + argument.0)
    }
}

fn main() -> Result<(), LoadError> {
    use names::{Held, Shape, Signature, describes};

    assert!(Kernel::boot(ModuleRoot::none()).is_ok());
    assert_eq!(describes::SHAPE_0(Held(1), Shape(2))?, (Held(1), Shape(2)));
    assert_eq!(describes::types(&Signature { dlkm_private: 3 })?.dlkm_private, 3);
    assert_eq!(describes::functions([0; 1], [0; 2], [0; 3], [0; 4])?, 10);
    assert_eq!(describes::dlkm_private(Some(Held(1)), Held(2))?, 3);
    Ok(())
}
