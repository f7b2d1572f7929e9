use dlkm_rt::{LoadError, module};

#[module]
pub trait Words {
    #[ustub]
    fn count(text: &str) -> Result<usize, LoadError>;

    #[ustub]
    fn first(text: &str) -> Result<&str, LoadError>;
}

#[module]
pub trait Each {
    #[ustub]
    fn each(text: &str, word: &mut dyn FnMut(Option<&str>)) -> Result<(), LoadError>;
}

pub struct Driver;

#[module(unmap)]
impl Words for Driver {
    fn count(text: &str) -> Result<usize, LoadError> {
        Ok(text.split(' ').count())
    }

    fn first(text: &str) -> Result<&str, LoadError> {
        Ok(text.split(' ').next().unwrap_or("none"))
    }
}

#[module(name = "each-driver", unmap)]
mod driver {
    use super::{Each, LoadError};

    struct Driver;

    #[export]
    impl Each for Driver {
        fn each(text: &str, word: &mut dyn FnMut(Option<&str>)) -> Result<(), LoadError> {
            word(Some(text));
            Ok(())
        }
    }
}

fn main() {}
