// Written `View<'_>`, it would borrow from `of`.
use dlkm_rt::{Interface, module};

#[derive(Interface)]
pub struct View<'a> {
    pub text: &'a str,
}

impl dlkm_rt::OrLoadError for View<'_> {
    fn or_load_error(_: dlkm_rt::LoadError) -> Self {
        View { text: "" }
    }
}

#[module]
pub trait Shm {
    #[ustub]
    fn view(of: &str) -> View;
}

fn main() {}
