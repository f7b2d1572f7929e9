//! A type's description at compile time.

/// A type that may cross the boundary between host and module.
///
/// ```
/// use dlkm_rt::{Interface, LoadError, module};
///
/// /// Why a stream can't be decoded.
/// #[derive(Debug, Interface)]
/// pub struct CodecError {
///     /// Its number.
///     pub code: i32,
///     /// The place in the input, in bytes.
///     pub at: u64,
/// }
///
/// impl From<LoadError> for CodecError {
///     fn from(_: LoadError) -> Self {
///         CodecError { code: -1, at: 0 }
///     }
/// }
///
/// #[module(name = "codec")]
/// pub trait Codec {
///     /// Decodes `input`.
///     #[stub]
///     fn decode(input: &[u8]) -> Result<Vec<u8>, CodecError>;
/// }
/// # fn main() {}
/// ```
///
/// It is implemented for the primitive types, references, slices, arrays, tuples, the types
/// of std that hold data, and trait objects of common traits of std. Derive it for your own types.
/// For your own trait that crosses the boundary as `dyn`, use `#[interface]`.
///
/// Don't implement it by hand: its items change with each version of dlkm.
///
/// # Safety
/// `TYPE` and `Parts` must be true: size, alignment, `niche` and `stable` are the type's own;
/// `Parts` lists every type that a value consists of or gives access to, in the order of the fields
/// in `TYPE`; and if a type contains code or a borrow that its parts do not show, `crossing` says so.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not cross a module's boundary: nothing describes its layout",
    label = "does not implement `Interface`",
    note = "where the type is declared, write `#[derive(dlkm_rt::Interface)]`; on a trait used as `dyn`, `#[dlkm_rt::interface]`",
    note = "put a type of another crate into a type of your own, or pass its parts: numbers, text, bytes; instead of an error of another crate, use an enum of your own with its text"
)]
pub unsafe trait Interface {
    /// The type's description, apart from the types it consists of.
    #[doc(hidden)]
    const TYPE: Type;

    /// The generic arguments, for the type's name.
    #[doc(hidden)]
    type Args: Parts;

    /// The types it consists of, in the order of the fields in `TYPE`.
    #[doc(hidden)]
    type Parts: Parts;

    /// How many lifetimes it has, apart from the bounds of `dyn`: its own, and those of its
    /// arguments.
    #[doc(hidden)]
    const LIFETIMES: usize = <Self::Args as Parts>::LIFETIMES;
}

/// A type's description, apart from the types it consists of.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// The name without its path and arguments: `CodecError`, `Vec`, `u32`.
    pub name: &'static str,
    /// Distinguishes types of the same name: a hash of where the type is declared. It is not part
    /// of a function's hash, because a type may move.
    pub key: u64,
    /// A hash of all the names in this description.
    pub digest: u64,
    /// The kind of type.
    pub form: Form,
    /// The `repr` as written: `repr(C)`; empty if there is none. For a trait object, the auto
    /// traits.
    pub repr: &'static str,
    /// The size, in bytes; 0 for an unsized type.
    pub size: usize,
    /// The alignment, in bytes; 0 for an unsized type.
    pub align: usize,
    /// Whether an `Option` of it is no larger than the type itself.
    pub niche: bool,
    /// Whether every compiler gives the type itself this layout; says nothing about its parts.
    pub stable: bool,
    /// What it means when a value of it crosses.
    pub crossing: Crossing,
    /// For a function or a closure: where references can only be `'static`. Bit 0 is the
    /// result, bit 1 the first argument.
    pub fixed: usize,
    /// For a function or a closure: which references of its arguments are [marked](super::Marks).
    pub marks: u64,
    /// The bounds of its generic parameters, in a form that does not depend on their names.
    pub bounds: &'static str,
    /// An enum's variants; a struct has one without a name; a trait has one, whose fields are its
    /// methods.
    pub variants: &'static [Variant],
}

/// The kind of type: it decides how the name is written, and what the parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// `u32`, `str`, `()`.
    Primitive,
    /// A type of std, whose layout the compiler's release decides.
    Library,
    /// `Box`, `Rc`, `Arc`: a type of std that points to its part.
    Smart,
    /// A struct.
    Struct,
    /// An enum.
    Enum,
    /// `&T`.
    Ref,
    /// `&mut T`.
    RefMut,
    /// `*const T`.
    Pointer,
    /// `*mut T`.
    PointerMut,
    /// `[T]`.
    Slice,
    /// `[T; N]`.
    Array(usize),
    /// A tuple of one element or more.
    Tuple,
    /// A list of arguments, which has no values.
    Arguments,
    /// A function pointer; its parts are the [`Arguments`](super::Arguments) and the result.
    Function,
    /// `dyn Fn(...)` and the like; its parts are the [`Arguments`](super::Arguments) and the result.
    Closure,
    /// `dyn Trait`; its parts are its methods, each a [`Function`](super::Function).
    Object,
}

/// What it means when a value crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Crossing {
    /// The value is data; its parts decide.
    Data,
    /// The value is data that can be changed through a shared reference.
    Cell,
    /// The value contains code that its parts don't show, as [`std::io::Error`] does.
    Code,
    /// The value is data, but refers to a static of the image that made it while it is empty, as a
    /// `HashMap` does.
    Empty,
    /// The value keeps the module that made it loaded.
    Held,
    /// What the value contains is not described: its author vouches for it.
    Opaque,
}

/// A variant of an enum, or the only one of a struct.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its name.
    pub name: &'static str,
    /// The discriminant, if it can be known.
    pub value: Option<i128>,
    /// Its fields, in the order of declaration.
    pub fields: &'static [Field],
}

/// A field, or a method of a trait.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name; a number in a tuple struct.
    pub name: &'static str,
    /// Its offset, in bytes; `None` in an enum.
    pub offset: Option<usize>,
    /// Which of its lifetimes are the same; empty if there is nothing to say.
    pub lifetimes: &'static str,
    /// How many lifetimes its type shows, `'static` apart if there is no other.
    pub shown: usize,
    /// Whether references in it, if any, can only be `'static`: the type is written with
    /// `'static`, or without any lifetime and any generic parameter.
    pub fixed: bool,
}

impl Type {
    /// Describes a sized type without fields.
    pub const fn of<T>(name: &'static str, form: Form) -> Self {
        let size = size_of::<T>();
        Type {
            size,
            align: align_of::<T>(),
            niche: size > 0 && size_of::<Option<T>>() == size,
            ..Type::unsized_of(name, form)
        }
    }

    /// Describes an unsized type without fields.
    pub const fn unsized_of(name: &'static str, form: Form) -> Self {
        Type {
            name,
            key: 0,
            digest: digest(name),
            form,
            repr: "",
            size: 0,
            align: 0,
            niche: false,
            stable: false,
            crossing: Crossing::Data,
            fixed: 0,
            marks: 0,
            bounds: "",
            variants: &[],
        }
    }
}

/// A hash of a text, for [`Type::digest`] and [`Type::key`]: FNV-1a.
pub const fn digest(text: &str) -> u64 {
    let text = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < text.len() {
        hash = (hash ^ text[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

/// A hash of a hash and a number, for types with constants among their parameters.
pub const fn mixed(hash: u64, number: u128) -> u64 {
    let bytes = number.to_le_bytes();
    let mut hash = hash;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}

/// A list of types: `()`, [`One`], or [`Two`] lists. It is a tree, not a chain, because rustc
/// follows a chain for a few hundred steps only.
pub trait Parts {
    /// How many types there are.
    const COUNT: usize;
    /// How many lifetimes they have: see [`Interface`].
    const LIFETIMES: usize;
    /// The type, if the list has exactly one.
    type This: Interface + ?Sized;
    /// The first of two lists.
    type Left: Parts;
    /// The second of two lists.
    type Right: Parts;
}

impl Parts for () {
    const COUNT: usize = 0;
    const LIFETIMES: usize = 0;
    type This = ();
    type Left = ();
    type Right = ();
}

/// A list of one type.
#[derive(Debug)]
pub struct One<T: ?Sized>(std::marker::PhantomData<T>);

impl<T: Interface + ?Sized> Parts for One<T> {
    const COUNT: usize = 1;
    const LIFETIMES: usize = T::LIFETIMES;
    type This = T;
    type Left = ();
    type Right = ();
}

/// One list after another; neither is empty.
#[derive(Debug)]
pub struct Two<L, R>(std::marker::PhantomData<(L, R)>);

impl<L: Parts, R: Parts> Parts for Two<L, R> {
    const COUNT: usize = L::COUNT + R::COUNT;
    const LIFETIMES: usize = L::LIFETIMES + R::LIFETIMES;
    type This = ();
    type Left = L;
    type Right = R;
}
