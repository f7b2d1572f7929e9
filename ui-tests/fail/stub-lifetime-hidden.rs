// The interface is load-only, so the result may be `'static`.
use dlkm_rt::{Interface, LoadError, OrLoadError, module};

#[derive(Interface)]
pub struct View<'a> {
    pub text: &'a str,
}

impl OrLoadError for View<'_> {
    fn or_load_error(_: LoadError) -> Self {
        View { text: "" }
    }
}

pub type Same<'a> = (&'a str, &'a str);

#[module]
pub trait Shm {
    #[stub]
    fn view(of: &str) -> View;

    #[stub]
    fn pair<'a>(of: &'a Same<'a>) -> Result<(), LoadError>;

    #[stub]
    fn views(of: &mut Vec<View>) -> Result<(), LoadError>;
}

fn main() {}
