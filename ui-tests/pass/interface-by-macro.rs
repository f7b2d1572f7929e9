// Interfaces and modules written by the author's own macro.
#![deny(warnings)]

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

macro_rules! counter {
    ($(#[$attribute:meta])* $vis:vis $name:ident, $text:literal, $ty:ty, $driver:ident = $value:expr) => {
        $(#[$attribute])*
        #[module(name = $text)]
        $vis trait $name {
            #[stub]
            fn next(after: $ty, by: &$ty) -> Result<Option<$ty>, LoadError>;

            #[wstub(or = $crate::nothing)]
            fn reset();
        }

        $vis struct $driver;

        #[module(desc = $text, depends = [])]
        impl $name for $driver {
            fn next(after: $ty, by: &$ty) -> Result<Option<$ty>, LoadError> {
                let frame = after + by;
                Ok(Some(frame + $value))
            }

            fn reset() {}
        }
    };
}

pub fn nothing() {}

counter! {
    /// Counts.
    pub Small, "small-counter", u8, SmallDriver = 1
}
counter!(pub(crate) Large, "large-counter", u64, LargeDriver = 10);

mod inner {
    use super::*;

    counter!(pub(super) Wide, "wide", u128, WideDriver = 100);
}

fn main() {
    Kernel::boot(ModuleRoot::none()).unwrap();
    small_counter::reset();
    assert_eq!(small_counter::next(1, &1).unwrap(), Some(3));
    assert_eq!(large_counter::next(1, &1).unwrap(), Some(12));
    assert_eq!(inner::wide::next(1, &1).unwrap(), Some(102));
}
