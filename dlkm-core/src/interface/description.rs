//! A type's description at compile time.

use super::lifetimes::{Count, Lifetimes, List};

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
pub unsafe trait Interface: Lifetimes {
    /// The type's description, apart from the types it consists of.
    #[doc(hidden)]
    const TYPE: Type;

    /// The generic arguments, for the type's name.
    #[doc(hidden)]
    type Args: Parts;

    /// The types it consists of, in the order of the fields in `TYPE`.
    #[doc(hidden)]
    type Parts: Parts;
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
    /// How its type shows its lifetimes.
    pub written: Written,
    /// Whether references in it, if any, can only be `'static`: the type is written with
    /// `'static`, or without any lifetime and any generic parameter.
    pub fixed: bool,
}

/// How the tokens of a type show its lifetimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// They show none but `'static`.
    Fixed,
    /// They show others too.
    Open {
        /// How many they show, apart from the bounds of `dyn`.
        count: usize,
        /// How many bounds of `dyn` there are.
        bounds: usize,
        /// A hash of the places of the paths that show one lifetime, and stand for a type that has it
        /// in more places; 0 if there are none.
        alike: u64,
        /// A hash of the places of the paths that show no lifetime; 0 if there are none.
        fixed: u64,
    },
    /// They show others than the type has.
    Wrong,
}

impl Written {
    /// Of tokens that show so many lifetimes, and bounds of `dyn`.
    pub const fn open(count: usize, bounds: usize) -> Self {
        Written::Open {
            count,
            bounds,
            alike: 0,
            fixed: 0,
        }
    }

    /// With the lifetimes of `T`, which they don't show.
    pub const fn and<T: Lifetimes + ?Sized>(mut self) -> Self {
        if let Written::Open { count, bounds, .. } = &mut self {
            let has = Count::of::<T>();
            *count += has.lifetimes;
            *bounds += has.bounds;
        }
        self
    }

    /// A path among the tokens that shows a lifetime. `same` says that its type has the lifetimes
    /// that the path shows, in that order; `alike`, that the path shows one, and its type has that one
    /// in each place. `before` is the number of lifetimes shown before the path.
    pub const fn path(mut self, same: bool, is_alike: bool, before: u64) -> Self {
        match &mut self {
            _ if same => {}
            Written::Open { alike, .. } if is_alike => *alike = place(*alike, before),
            _ => return Written::Wrong,
        }
        self
    }

    /// A path among the tokens that shows no lifetime; `is_fixed` says that its type has none but
    /// `'static`.
    pub const fn fixed(mut self, is_fixed: bool, before: u64) -> Self {
        match &mut self {
            Written::Open { fixed, .. } if is_fixed => *fixed = place(*fixed, before),
            _ => return Written::Wrong,
        }
        self
    }

    /// A hash of what the tokens of a type with these lifetimes don't show, 0 if they show all; `None`
    /// if they show others.
    pub(super) const fn unshown(self, has: Count) -> Option<u64> {
        match self {
            Written::Fixed if has.lifetimes == 0 => Some(0),
            Written::Fixed => Some(mixed(digest("'static"), has.lifetimes as u128)),
            Written::Open {
                count,
                bounds,
                alike: 0,
                ..
            } if has.lifetimes == count && has.bounds == bounds => Some(0),
            Written::Open {
                alike: 0, fixed: 0, ..
            }
            | Written::Wrong => None,
            Written::Open { alike, fixed, .. } => Some(mixed(alike, fixed as u128)),
        }
    }
}

const fn place(hash: u64, before: u64) -> u64 {
    mixed(hash ^ digest("place"), before as u128)
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
    /// Their lifetimes: see [`Lifetimes`].
    type Before<R: List>: List;
    /// The type, if the list has exactly one.
    type This: Interface + ?Sized;
    /// The first of two lists.
    type Left: Parts;
    /// The second of two lists.
    type Right: Parts;
}

impl Parts for () {
    const COUNT: usize = 0;
    type Before<R: List> = R;
    type This = ();
    type Left = ();
    type Right = ();
}

/// A list of one type.
#[derive(Debug)]
pub struct One<T: ?Sized>(std::marker::PhantomData<T>);

impl<T: Interface + ?Sized> Parts for One<T> {
    const COUNT: usize = 1;
    type Before<R: List> = T::Before<R>;
    type This = T;
    type Left = ();
    type Right = ();
}

/// One list after another; neither is empty.
#[derive(Debug)]
pub struct Two<L, R>(std::marker::PhantomData<(L, R)>);

impl<L: Parts, R: Parts> Parts for Two<L, R> {
    const COUNT: usize = L::COUNT + R::COUNT;
    type Before<Rest: List> = L::Before<R::Before<Rest>>;
    type This = ();
    type Left = L;
    type Right = R;
}
