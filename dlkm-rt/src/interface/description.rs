//! What a type says of itself while compiling.

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
/// It is there for the primitive types, references, slices, arrays, tuples, and the types
/// of std that hold data; for trait objects of common traits of std; and for what derives
/// it. A trait of your own, used as `dyn` across the boundary, takes `#[interface]`.
///
/// Don't implement it by hand: its items change with each version of dlkm.
///
/// # Safety
/// `TYPE` and `Parts` are true: size, alignment and `stable` are the type's own; `Parts`
/// lists every type a value is made of, or gives access to, in the order of the fields in
/// `TYPE`; and a type that holds code other than in its parts says so in `crossing`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not cross a module's boundary: nothing describes its layout",
    label = "does not implement `Interface`",
    note = "where the type is declared, write `#[derive(dlkm_rt::Interface)]`; on a trait used as `dyn`, `#[dlkm_rt::interface]`",
    note = "a type of another crate goes in a type of your own, or crosses as what it is made of: numbers, text, bytes"
)]
pub unsafe trait Interface {
    /// What the type is, apart from the types it is made of.
    #[doc(hidden)]
    const TYPE: Type;

    /// The generic arguments, for the type's name.
    #[doc(hidden)]
    type Args: Parts;

    /// The types it is made of, in the order of the fields in `TYPE`.
    #[doc(hidden)]
    type Parts: Parts;
}

/// What a type is, apart from the types it is made of.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// The name without its path and arguments: `CodecError`, `Vec`, `u32`.
    pub name: &'static str,
    /// Tells types of one name apart: a hash of where the type is declared. Not part of a
    /// function's hash, as a type may move.
    pub key: u64,
    /// A hash of all the names in this description.
    pub digest: u64,
    /// What sort of type it is.
    pub form: Form,
    /// As written: `repr(C)`; empty without one. The auto traits of a trait object.
    pub repr: &'static str,
    /// In bytes; 0 for an unsized type.
    pub size: usize,
    /// In bytes; 0 for an unsized type.
    pub align: usize,
    /// Whether `Option` of it takes no more room.
    pub niche: bool,
    /// Whether every compiler lays the type itself out so; says nothing of its parts.
    pub stable: bool,
    /// What crossing it means.
    pub crossing: Crossing,
    /// Of a function or a closure: where references can only be `'static`. Bit 0 is the
    /// result, bit 1 the first argument.
    pub fixed: usize,
    /// An enum's variants; for a struct one, without a name; the methods of a trait are the
    /// fields of one variant.
    pub variants: &'static [Variant],
}

/// What sort of type it is: how its name is written, and what its parts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// `u32`, `str`, `()`.
    Primitive,
    /// A type of std, whose layout the compiler's release decides.
    Library,
    /// `Box`, `Rc`, `Arc`: a type of std that leads to its part.
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
    /// A list of arguments, with no value.
    Arguments,
    /// A function pointer; its parts are the [`Arguments`](super::Arguments) and the result.
    Function,
    /// `dyn Fn(...)` and its like; parts as those of a function.
    Closure,
    /// `dyn Trait`; its parts are its methods, each a [`Function`](super::Function).
    Object,
}

/// What it means that a value crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Crossing {
    /// Data: what its parts mean.
    Data,
    /// As data, and whoever has a shared reference may change what is inside.
    Cell,
    /// It holds code in a way that its parts don't show, as [`std::io::Error`] does.
    Code,
    /// As data, but when it is empty it refers to a static of the image that made it, as a
    /// `HashMap` does.
    Empty,
    /// What it holds keeps its module loaded.
    Held,
}

/// A variant of an enum, or the one of a struct.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its name.
    pub name: &'static str,
    /// The discriminant, where it can be known.
    pub value: Option<i128>,
    /// Its fields, in the order of declaration.
    pub fields: &'static [Field],
}

/// A field, or a method of a trait.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name; a number in a tuple struct.
    pub name: &'static str,
    /// Where it lies, in bytes; `None` in an enum.
    pub offset: Option<usize>,
    /// References in it, if there are any, can only be `'static`: the type is written with
    /// that, or without any lifetime and any generic parameter.
    pub fixed: bool,
}

impl Type {
    /// A sized type without fields.
    pub const fn of<T>(name: &'static str, form: Form) -> Self {
        let size = size_of::<T>();
        Type {
            size,
            align: align_of::<T>(),
            niche: size > 0 && size_of::<Option<T>>() == size,
            ..Type::unsized_of(name, form)
        }
    }

    /// An unsized type without fields.
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

/// A list of types: `()`, [`One`], or [`Two`] lists. A tree and not a chain, because rustc
/// follows a chain only some hundred steps.
pub trait Parts {
    /// How many types there are.
    const COUNT: usize;
    /// The type, if it is one.
    type This: Interface + ?Sized;
    /// The first of two lists.
    type Left: Parts;
    /// The second of two lists.
    type Right: Parts;
}

impl Parts for () {
    const COUNT: usize = 0;
    type This = ();
    type Left = ();
    type Right = ();
}

/// A list of one type.
#[derive(Debug)]
pub struct One<T: ?Sized>(std::marker::PhantomData<T>);

impl<T: Interface + ?Sized> Parts for One<T> {
    const COUNT: usize = 1;
    type This = T;
    type Left = ();
    type Right = ();
}

/// One list after another; neither is empty.
#[derive(Debug)]
pub struct Two<L, R>(std::marker::PhantomData<(L, R)>);

impl<L: Parts, R: Parts> Parts for Two<L, R> {
    const COUNT: usize = L::COUNT + R::COUNT;
    type This = ();
    type Left = L;
    type Right = R;
}
