use dlkm_rt::{Interface, LoadError, interface, module};

pub type Mixed<'a> = (&'a str, &'static str);
pub type Flip<'a, 'b> = Pair<'b, 'a>;

#[derive(Interface)]
pub struct Pair<'a, 'b> {
    pub first: &'a str,
    pub second: &'b str,
}

#[derive(Interface)]
pub struct View<'a> {
    pub texts: Mixed<'a>,
}

#[derive(Interface)]
pub enum Flips<'a, 'b> {
    None,
    One(Flip<'a, 'b>),
}

#[interface]
pub trait Sink<'t> {
    fn put<'m>(&self, x: &'m str, y: Flip<'m, 't>);
}

#[module]
pub trait Shm {
    #[stub]
    fn view(view: View<'_>) -> Result<(), LoadError>;

    #[stub]
    fn flips(flips: &Flips<'_, '_>) -> Result<(), LoadError>;

    #[stub]
    fn sink(sink: &dyn Sink<'_>) -> Result<(), LoadError>;
}

fn main() {}
