// The interface is load-only, so the result may be `'static`.
use dlkm_rt::{Interface, LoadError, OrLoadError, interface, module};

#[derive(Interface)]
pub struct View<'a> {
    pub text: &'a str,
}

impl OrLoadError for View<'_> {
    fn or_load_error(_: LoadError) -> Self {
        View { text: "" }
    }
}

#[derive(Interface)]
pub struct Pair<'a, 'b> {
    pub first: &'a str,
    pub second: &'b str,
}

#[derive(Interface)]
pub struct Flat(pub u8);

#[interface]
pub trait Sink<'a> {
    fn put(&self, text: &'a str);
}

pub type Mixed<'a> = (&'a str, &'static str);
pub type Flip<'a, 'b> = Pair<'b, 'a>;
pub type Forgets<'a, 'b> = Pair<'a, 'a>;
pub type Never<'a> = (u8, [&'static str; 1]);
pub type Object<'a> = (&'a u8, Box<dyn Fn()>);
pub type Swapped<'a, T> = (T, &'a u8);

#[module]
pub trait Shm {
    #[stub]
    fn view(of: &str) -> View;

    #[stub]
    fn mixed(of: Mixed<'_>) -> Result<(), LoadError>;

    #[stub]
    fn flip<'a, 'b>(of: Pair<'a, 'b>) -> Result<Flip<'a, 'b>, LoadError>;

    #[stub]
    fn flipped(of: &dyn for<'a> Fn(&Flip<'a, '_>) -> &'a str) -> Result<(), LoadError>;

    #[stub]
    fn forgets(of: &[Forgets<'_, '_>]) -> Result<(), LoadError>;

    #[stub]
    fn never<'a>(of: &'a str) -> Result<Never<'a>, LoadError>;

    #[stub]
    fn object<'a>(of: &'a u8) -> Result<Object<'a>, LoadError>;

    #[stub]
    fn swapped<'a>(of: Swapped<'a, &u8>) -> Result<(), LoadError>;

    #[stub]
    fn views(of: &mut Vec<View>) -> Result<(), LoadError>;

    #[stub]
    fn object_beside(of: (&dyn Sink, Flat, View<'_>)) -> Result<(), LoadError>;

    #[stub]
    fn beside(of: (View, &str)) -> Result<(), LoadError>;
}

fn main() {}
