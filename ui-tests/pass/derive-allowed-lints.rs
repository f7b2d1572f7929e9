//! Lints that the author allows are allowed in the description too.
#![deny(warnings, missing_docs)]

use dlkm_rt::{Interface, interface};

/// Old.
#[deprecated]
#[derive(Interface)]
pub struct Old(pub u8);

/// New.
#[derive(Interface)]
pub struct New {
    /// From before.
    #[allow(deprecated)]
    pub old: Old,
}

/// Kinds.
#[derive(Interface)]
pub enum Kind {
    /// From before.
    #[deprecated]
    Old,
    /// New.
    New,
}

/// An object.
#[interface]
pub trait Object {
    /// From before.
    #[allow(deprecated)]
    fn old(&self) -> Old;
}

fn main() {
    assert_eq!(New::TYPE.size, 1);
    assert_eq!(Kind::TYPE.size, 1);
    assert_eq!(<dyn Object as Interface>::TYPE.size, 0);
}
