//! Aliases of types with lifetimes, in arguments, results, callbacks, fields and methods.

use std::borrow::Cow;
use std::fmt::Debug;

use dlkm_rt::{Interface, LoadError, interface, module};

pub type Name = &'static str;
pub type Text<'a> = &'a str;
pub type Both<'a> = (&'a str, &'a str);
pub type Call<'a> = &'a dyn Fn();
pub type Change<'a> = &'a mut dyn FnMut(u8) -> u8;
pub type Boxed<'a> = Box<dyn Fn() + 'a>;
pub type Lent<'a> = &'a dyn Goes;
pub type Owned<'a> = Box<dyn Goes + 'a>;
pub type Bare = dyn Goes;
pub type Twin<T> = (T, T);
pub type Renamed<'x, 'y> = Two<'x, 'y>;
pub type Pointer<'a> = fn(u8) -> &'a u8;
pub type Reply<T> = Result<T, LoadError>;

#[derive(Interface)]
pub struct Two<'a, 'b: 'a> {
    pub a: &'a u8,
    pub b: &'b u8,
}

#[derive(Interface)]
pub struct Fields<'a, 'b: 'a, T: Debug + 'b> {
    pub call: Call<'a>,
    pub both: Both<'b>,
    pub name: (Name, &'a u8),
    pub value: &'b T,
    pub two: Option<Two<'a, 'b>>,
    pub next: Option<&'a Fields<'a, 'b, T>>,
    pub same: Option<Box<Self>>,
}

#[derive(Interface)]
pub struct Hold<'a, T: ?Sized + 'a> {
    pub value: &'a T,
}

#[derive(Interface)]
pub struct Until<'a>(pub &'a u8)
where
    'a: 'static;

#[derive(Interface)]
pub enum Items<'a, I: Iterator>
where
    I::Item: 'a,
{
    Many(I),
    One(I::Item, Text<'a>),
}

#[interface]
pub trait Goes {
    fn go(&self, both: Both<'_>) -> Text<'_>;
    fn stop<'m>(&self, x: &'m u8, y: Vec<Both<'m>>);
}

#[interface]
pub trait Takes<'t, T: Clone>
where
    T: 't,
{
    fn take(&self, x: &'t T, y: Option<&T>, z: Twin<&'t u8>) -> Both<'t>;
}

#[module]
pub trait Shm {
    #[stub]
    fn call(x: Call<'_>, y: Change<'_>, z: Both<'_>) -> Reply<()>;
    #[stub]
    fn results<'a>(x: &'a u8, y: Vec<Both<'a>>) -> Reply<(Boxed<'a>, Pointer<'a>, Both<'a>)>;
    #[stub]
    fn objects<'a>(x: Lent<'a>, y: &Bare, z: (&dyn Goes, &'a u8)) -> Reply<(Owned<'a>, Name)>;
    #[stub]
    fn order<'a, 'b>(x: Two<'a, 'b>, y: Renamed<'a, 'b>, z: Twin<&'b u8>) -> Reply<Cow<'b, str>>;
    #[stub]
    fn callback<'a>(y: &dyn Fn(Both<'_>, Two<'_, 'a>) -> Text<'a>) -> Reply<()>;
    #[stub]
    fn binder(y: &dyn for<'c, 'd> Fn(Two<'c, 'd>, self::Both<'c>) -> &'d u8) -> Reply<()>;
    #[stub]
    fn pointer() -> Reply<for<'c> fn(Both<'c>) -> Text<'c>>;
    #[stub]
    fn fields<'a>(x: &Fields<'a, '_, u8>) -> Reply<(Text<'a>, Until<'static>)>;
    #[stub]
    fn held<'a>(x: &Hold<'a, dyn Goes>, y: Hold<'_, dyn Goes + 'a>, z: &Hold<'a, dyn Fn(&u8)>) -> Reply<Both<'a>>;
    #[stub]
    fn takes<'a>(x: &dyn Takes<'a, u8>, y: &mut dyn Iterator<Item = Both<'a>>) -> Reply<()>;
    #[stub]
    fn projected<'a>(x: <&'a [u8] as IntoIterator>::Item, y: Vec<&'a str>) -> Reply<()>;
}

fn main() {}
