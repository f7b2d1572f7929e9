// What a strong stub without `or` may return.
#![deny(warnings)]

use std::error::Error;
use std::fmt;

use dlkm_rt::{Interface, LoadError, module};

#[derive(Debug, Interface)]
pub enum Failure {
    Load(LoadError),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Failure::Load(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure::Load(error) = self;
        error.fmt(f)
    }
}

type Outcome<T> = Result<T, Failure>;

/// A type of the author's own, made from the error.
#[derive(Debug, PartialEq, Interface)]
pub enum Answer {
    Yes,
    Unknown(String),
}

impl dlkm_rt::OrLoadError for Answer {
    fn or_load_error(error: LoadError) -> Self {
        Answer::Unknown(error.module().to_owned())
    }
}

#[module]
pub trait Results {
    #[stub]
    fn plain() -> Result<u8, LoadError>;

    #[ustub]
    fn unit() -> Result<(), LoadError>;

    #[stub]
    fn own() -> Result<u8, Failure>;

    #[ustub]
    fn alias() -> Outcome<u8>;

    #[stub]
    fn nested() -> Result<Option<Result<u8, u8>>, Failure>;

    #[stub()]
    fn never() -> Result<std::convert::Infallible, Failure>;

    #[stub]
    fn answer() -> Answer;
}

/// Load-only, so that its results may hold code.
#[module]
pub trait Boxes {
    #[stub]
    fn boxed() -> Result<u8, Box<dyn Error>>;

    #[stub]
    fn sent() -> Result<u8, Box<dyn Error + Send + Sync>>;
}

pub struct Driver;

#[module]
impl Results for Driver {
    fn plain() -> Result<u8, LoadError> {
        Ok(1)
    }

    fn unit() -> Result<(), LoadError> {
        Ok(())
    }

    fn own() -> Result<u8, Failure> {
        Ok(2)
    }

    fn alias() -> Outcome<u8> {
        Ok(3)
    }

    fn nested() -> Result<Option<Result<u8, u8>>, Failure> {
        Ok(Some(Err(6)))
    }

    fn never() -> Result<std::convert::Infallible, Failure> {
        Err(Failure::Load(results::plain().unwrap_err()))
    }

    fn answer() -> Answer {
        Answer::Yes
    }
}

#[module]
impl Boxes for Driver {
    fn boxed() -> Result<u8, Box<dyn Error>> {
        Err("four".into())
    }

    fn sent() -> Result<u8, Box<dyn Error + Send + Sync>> {
        Ok(5)
    }
}

fn main() {
    // No kernel is booted yet, and each result says so in its own way.
    assert_eq!(
        results::plain().unwrap_err().function(),
        Some("results::plain")
    );
    assert!(results::unit().is_err());
    assert!(matches!(results::own(), Err(Failure::Load(_))));
    assert!(
        results::alias()
            .unwrap_err()
            .to_string()
            .contains("no kernel is booted")
    );
    assert!(boxes::boxed().unwrap_err().is::<LoadError>());
    assert!(boxes::sent().is_err());
    assert!(results::nested().is_err());
    assert!(results::never().is_err());
    assert_eq!(results::answer(), Answer::Unknown("results".into()));

    dlkm_rt::Kernel::boot(dlkm_rt::ModuleRoot::none()).unwrap();
    assert_eq!(results::plain().unwrap(), 1);
    results::unit().unwrap();
    assert_eq!(results::own().unwrap(), 2);
    assert_eq!(results::alias().unwrap(), 3);
    assert_eq!(boxes::boxed().unwrap_err().to_string(), "four");
    assert_eq!(boxes::sent().unwrap(), 5);
    assert_eq!(results::nested().unwrap(), Some(Err(6)));
    assert_eq!(results::answer(), Answer::Yes);
}
