//! What `#[derive(Interface)]` and `#[interface]` say of a type.

#![allow(dead_code, missing_docs)]

use std::fmt::{Debug, Display};

use dlkm_rt::interface::{Closure, Form, Function, Lifetimes, List, Parts, Receiver, Type};
use dlkm_rt::{Interface, interface};

fn fields<T>(ty: Type, what: impl Fn(&dlkm_rt::interface::Field) -> T) -> Vec<T> {
    let fields = ty.variants.iter().flat_map(|variant| variant.fields);
    fields.map(what).collect()
}

fn values(ty: Type) -> Vec<Option<i128>> {
    ty.variants.iter().map(|variant| variant.value).collect()
}

/// The types in a list, in order.
fn parts<P: Parts>() -> Vec<Type> {
    let mut all = match P::COUNT - P::Left::COUNT - P::Right::COUNT {
        0 => Vec::new(),
        _ => vec![<P::This as Interface>::TYPE],
    };
    if P::COUNT > all.len() {
        all.extend(parts::<P::Left>());
        all.extend(parts::<P::Right>());
    }
    all
}

fn part_names<T: Interface + ?Sized>() -> Vec<&'static str> {
    parts::<T::Parts>().iter().map(|ty| ty.name).collect()
}

struct Hidden;

impl Lifetimes for Hidden {
    type Before<R: List> = R;
}

// SAFETY: it holds nothing.
unsafe impl Interface for Hidden {
    const TYPE: Type = Type::of::<Self>("Hidden", Form::Struct);
    type Args = ();
    type Parts = ();
}

#[derive(Interface)]
#[repr(C, align(16))]
pub struct Plain<'a> {
    pub small: u8,
    pub large: u64,
    pub name: &'static str,
    pub text: &'a str,
    hidden: Hidden,
    r#type: fn(&str) -> bool,
}

#[test]
fn a_struct_tells_its_fields() {
    let ty = Plain::TYPE;
    assert_eq!((ty.name, ty.form), ("Plain", Form::Struct));
    assert_eq!((ty.repr, ty.stable), ("repr(C, align(16))", true));
    assert_eq!((ty.size, ty.align, ty.niche), (64, 16, true));
    let names = ["small", "large", "name", "text", "hidden", "type"];
    assert_eq!(fields(ty, |field| field.name), names);
    let offsets = [0, 8, 16, 32, 48, 48].map(Some);
    assert_eq!(fields(ty, |field| field.offset), offsets);
    let fixed = [true, true, true, false, true, true];
    assert_eq!(fields(ty, |field| field.fixed), fixed);
    let parts = part_names::<Plain<'_>>();
    assert_eq!(parts, ["u8", "u64", "", "", "Hidden", "fn"]);
    assert_eq!(values(ty), [None]);
}

#[derive(Interface)]
struct Tuple<T>(T, [T; 3]);

#[derive(Interface)]
struct Chain<'a> {
    name: &'a str,
    next: Option<Box<Self>>,
    number: u8,
}

#[test]
fn self_may_hold_what_the_parameters_hold() {
    assert_eq!(
        fields(Chain::TYPE, |field| field.fixed),
        [false, false, true]
    );
}

#[derive(Interface)]
struct Unit;

#[derive(Interface)]
#[repr(transparent)]
struct Transparent(std::num::NonZero<u32>);

#[derive(Interface)]
#[repr(C, packed(2))]
struct Packed(u8, u32);

#[test]
fn reprs_and_kinds_of_structs() {
    let ty = Tuple::<u16>::TYPE;
    assert_eq!((ty.repr, ty.stable, ty.size), ("", false, 8));
    assert_eq!(fields(ty, |field| field.name), ["0", "1"]);
    assert_eq!(fields(ty, |field| field.fixed), [false, false]);
    assert_eq!(parts::<<Tuple<u16> as Interface>::Args>()[0].name, "u16");
    assert_eq!((Unit::TYPE.size, Unit::TYPE.variants.len()), (0, 1));
    let ty = Transparent::TYPE;
    assert_eq!(
        (ty.repr, ty.stable, ty.niche),
        ("repr(transparent)", true, true)
    );
    let ty = Packed::TYPE;
    assert_eq!(
        (ty.repr, ty.stable, ty.align),
        ("repr(C, packed(2))", false, 2)
    );
    assert_eq!(fields(ty, |field| field.offset), [Some(0), Some(2)]);
}

const OTHER: isize = 6;

#[derive(Interface)]
enum Values {
    First,
    Second = OTHER + 1,
    Third,
    Last = -1,
}

#[derive(Interface)]
#[repr(u64)]
enum Wide {
    Top = u64::MAX,
}

#[derive(Interface)]
enum Mixed<'a> {
    Unit,
    Tuple(u8, &'a str),
    Named { number: u64 },
}

#[derive(Interface)]
#[repr(u8)]
enum Numbered<'a> {
    First(&'a str) = OTHER as u8,
    Second,
    Third { at: u16 } = !0 - 1,
    Last,
}

#[test]
fn an_enum_tells_its_variants() {
    let ty = Values::TYPE;
    assert_eq!((ty.form, ty.stable, ty.size), (Form::Enum, false, 1));
    assert_eq!(values(ty), [0, 7, 8, -1].map(Some));
    let ty = Wide::TYPE;
    assert_eq!((ty.repr, ty.stable), ("repr(u64)", true));
    assert_eq!(values(ty), [Some(i128::from(u64::MAX))]);
    let ty = Mixed::TYPE;
    assert!(!ty.stable);
    let names: Vec<_> = ty.variants.iter().map(|variant| variant.name).collect();
    assert_eq!(names, ["Unit", "Tuple", "Named"]);
    assert_eq!(values(ty), [None; 3]);
    assert_eq!(fields(ty, |field| field.name), ["0", "1", "number"]);
    assert_eq!(fields(ty, |field| field.offset), [None; 3]);
    assert_eq!(part_names::<Mixed<'_>>(), ["u8", "", "u64"]);
    assert_eq!(values(Numbered::TYPE), [6, 7, 254, 255].map(Some));
}

#[derive(Interface)]
struct Array<const N: usize, T> {
    at: [T; N],
}

mod other {
    #[derive(dlkm_rt::Interface)]
    pub(crate) struct Unit;

    #[derive(dlkm_rt::Interface)]
    pub(crate) struct Tuple<T>(T, T, T);
}

#[test]
fn constants_names_and_places_make_identity() {
    let (four, five) = (Array::<4, u8>::TYPE, Array::<5, u8>::TYPE);
    assert_ne!((four.key, four.digest), (five.key, five.digest));
    assert_ne!(four.digest, five.digest);
    assert_eq!(four.key, Array::<4, u16>::TYPE.key);
    assert_eq!(<Array<4, u8> as Interface>::TYPE.digest, four.digest);
    assert_eq!(parts::<<Array<4, u8> as Interface>::Args>().len(), 1);
    // Where a type stands makes its key; its names make the digest.
    assert_ne!(Unit::TYPE.key, other::Unit::TYPE.key);
    assert_eq!(Unit::TYPE.digest, other::Unit::TYPE.digest);
    assert_ne!(Tuple::<u8>::TYPE.digest, other::Tuple::<u8>::TYPE.digest);
}

struct Foreign(std::cell::Cell<Option<std::num::NonZero<u16>>>);

#[derive(Interface)]
struct Vouched {
    #[interface(unsafe(opaque))]
    foreign: Foreign,
}

#[test]
fn an_opaque_field_has_a_size_and_no_parts() {
    let [ty] = parts::<<Vouched as Interface>::Parts>()[..] else {
        panic!("one field");
    };
    assert_eq!((ty.name, ty.size, ty.align), ("opaque", 2, 2));
    assert!(ty.variants.is_empty());
}

#[interface]
trait Shape<'a, T>: Debug + Send + Display {
    fn area(&self) -> u32;
    fn scale(&mut self, by: &T, each: &mut dyn FnMut(&str)) -> &str;
    unsafe fn end(self: Box<Self>, note: &'a str);
    fn unit() -> Self
    where
        Self: Sized;
}

#[test]
fn an_object_tells_its_methods() {
    type Object = dyn Shape<'static, u8>;
    let ty = <Object as Interface>::TYPE;
    assert_eq!((ty.name, ty.form, ty.repr), ("dyn Shape", Form::Object, ""));
    let names = ["Debug", "Display", "Send", "area", "scale", "end"];
    assert_eq!(fields(ty, |field| field.name), names);
    let names = ["dyn Debug", "dyn Display", "Send", "fn", "fn", "unsafe fn"];
    assert_eq!(part_names::<Object>(), names);
    assert_eq!(parts::<<Object as Interface>::Args>()[0].name, "u8");
    assert_eq!(<dyn Shape<'_, u8> + Send>::TYPE_OF, " + Send");
    assert_eq!(<dyn Shape<'_, u8> + Sync>::TYPE_OF, " + Sync");
    assert_eq!(<dyn Shape<'_, u8> + Send + Sync>::TYPE_OF, " + Send + Sync");
}

trait TypeOf {
    const TYPE_OF: &'static str;
}

impl<T: Interface + ?Sized> TypeOf for T {
    const TYPE_OF: &'static str = T::TYPE.repr;
}

#[interface]
trait One {
    fn call(&self, receiver: u8, each: Box<dyn Fn(u8) -> u16 + Send>) -> u64;
}

#[test]
fn a_method_tells_its_receiver_its_arguments_and_its_result() {
    type Method = <<dyn One as Interface>::Parts as Parts>::This;
    let [arguments, result] = parts::<<Method as Interface>::Parts>()[..] else {
        panic!("arguments and a result");
    };
    assert_eq!((arguments.form, result.name), (Form::Arguments, "u64"));
    type Arguments = <<<Method as Interface>::Parts as Parts>::Left as Parts>::This;
    assert_eq!(part_names::<Arguments>(), ["&self", "u8", "Box"]);
    assert_eq!(Receiver::<0>::KINDS[0], "&self");
    assert_eq!(Function::<0, (), ()>::KINDS[0], "fn");
    assert_eq!(Closure::<3, (), ()>::AUTO[1], " + Send");
}
