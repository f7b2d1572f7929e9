//! Older versions of interfaces in `scenario-api`, under the same names.

use dlkm_rt::{LoadError, module};

/// Without `peek` and `keep`, and with a `during` that takes no argument.
#[module(name = "counter")]
pub trait Counter {
    /// Counts one up; returns the count.
    #[ustub]
    fn count() -> Result<u64, LoadError>;

    /// Does nothing.
    #[ustub(or = not_run)]
    fn during() -> bool;
}

fn not_run() -> bool {
    false
}

/// Before `peek` and `keep` were added, and otherwise unchanged.
pub mod first {
    use dlkm_rt::{LoadError, module};

    /// Counts its calls.
    #[module(name = "counter")]
    pub trait Counter {
        /// Counts one up; returns the count.
        #[ustub]
        fn count() -> Result<u64, LoadError>;

        /// Calls `body` from inside the module.
        #[ustub(or = not_run)]
        fn during(body: &mut dyn FnMut()) -> bool;
    }

    fn not_run(_: &mut dyn FnMut()) -> bool {
        false
    }
}

/// `edition` before most of its functions were added.
pub mod young {
    use dlkm_rt::{LoadError, module};

    /// Says which edition it is.
    #[module(name = "edition")]
    pub trait Edition {
        /// Which edition answers.
        #[ustub]
        fn number() -> Result<u64, LoadError>;
    }
}

/// `edition` with another type.
pub mod odd {
    use dlkm_rt::{LoadError, module};

    /// Says which edition it is.
    #[module(name = "edition")]
    pub trait Edition {
        /// Which edition answers.
        #[ustub]
        fn number() -> Result<i8, LoadError>;
    }
}
