//! An interface as an image's metadata describes it: functions, and the types they use.

use crate::declaration::{Abi, Class};
use crate::texts::Texts;

/// One interface that a module provides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceInfo {
    /// Name, version.
    pub(crate) texts: Texts<2>,
    pub(crate) class: Class,
    pub(crate) abi: Abi,
    pub(crate) switch: bool,
    /// The name under which calls are counted, if it is another one.
    pub(crate) counted: Option<Box<str>>,
    pub(crate) exports: Vec<Export>,
    pub(crate) types: Vec<TypeInfo>,
}

/// One function that a module provides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Name, signature.
    pub(crate) texts: Texts<2>,
    pub(crate) hash: u64,
}

/// A user-defined type that crosses the boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeInfo {
    /// Name, repr.
    pub(crate) texts: Texts<2>,
    pub(crate) kind: TypeKind,
    pub(crate) layout: Option<Layout>,
    pub(crate) niche: bool,
    pub(crate) bounds: String,
    pub(crate) variants: Vec<VariantInfo>,
    pub(crate) fields: Vec<FieldInfo>,
}

/// The layout of a sized type, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) size: usize,
    pub(crate) align: usize,
}

/// The kind of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TypeKind {
    /// A struct.
    Struct,
    /// An enum.
    Enum,
    /// A trait, which crosses as `dyn`.
    Trait,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantInfo {
    pub(crate) name: String,
    pub(crate) value: Option<i128>,
    pub(crate) fields: Vec<FieldInfo>,
}

/// A field of a struct or of a variant, or a method of a trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Name, type.
    pub(crate) texts: Texts<2>,
    pub(crate) offset: Option<usize>,
    pub(crate) lifetimes: String,
}

impl InterfaceInfo {
    /// The interface's name.
    pub fn name(&self) -> &str {
        self.texts.get(0)
    }

    /// Whether it allows the module to be unloaded.
    pub fn class(&self) -> Class {
        self.class
    }

    /// How its functions are called.
    pub fn abi(&self) -> Abi {
        self.abi
    }

    /// Whether it is that of a switch table: many modules provide it, each under
    /// [keys](crate::Metadata::keys) of its own.
    pub fn is_switch(&self) -> bool {
        self.switch
    }

    /// The name under which a kernel counts the calls of this module through it. For a switch table,
    /// that is not the interface's, which other modules provide too.
    pub fn counted_as(&self) -> &str {
        self.counted.as_deref().unwrap_or(self.name())
    }

    /// The version of the crate that declares it.
    pub fn version(&self) -> &str {
        self.texts.get(1)
    }

    /// The functions, in the interface's order.
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// The user-defined types that the functions use, each once; a generic type once for each
    /// set of arguments.
    pub fn types(&self) -> &[TypeInfo] {
        &self.types
    }
}

impl Export {
    /// The function's name.
    pub fn name(&self) -> &str {
        self.texts.get(0)
    }

    /// A hash of its type, down to the layout of each type in it.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Its type, as source text.
    pub fn signature(&self) -> &str {
        self.texts.get(1)
    }
}

impl TypeInfo {
    /// The kind of the type.
    pub fn kind(&self) -> TypeKind {
        self.kind
    }

    /// Its name as signatures show it: `CodecError`, `Frame<u8>`, `dyn Sink`.
    pub fn name(&self) -> &str {
        self.texts.get(0)
    }

    /// Its size, in bytes; `None` for a trait.
    pub fn size(&self) -> Option<usize> {
        self.layout.map(|layout| layout.size)
    }

    /// Its alignment, in bytes; `None` for a trait.
    pub fn align(&self) -> Option<usize> {
        self.layout.map(|layout| layout.align)
    }

    /// Whether an `Option` of it is no larger than the type itself.
    pub fn niche(&self) -> bool {
        self.niche
    }

    /// Its `repr` as written: `repr(C)`; empty if it has none. For a trait, the auto traits:
    /// `+ Send`.
    pub fn repr(&self) -> &str {
        self.texts.get(1)
    }

    /// The bounds of its generic parameters, sorted: `'a: 'static, T0: Copy`. The names say which
    /// parameter is meant: `'a` is the first lifetime, `T0` the first type or constant.
    pub fn bounds(&self) -> &str {
        &self.bounds
    }

    /// An enum's variants, in order.
    pub fn variants(&self) -> &[VariantInfo] {
        &self.variants
    }

    /// A struct's fields, or a trait's supertraits and methods, in order.
    pub fn fields(&self) -> &[FieldInfo] {
        &self.fields
    }
}

impl TypeKind {
    /// The word for it in an image's metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            TypeKind::Struct => "struct",
            TypeKind::Enum => "enum",
            TypeKind::Trait => "trait",
        }
    }
}

impl VariantInfo {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The discriminant, if it is known.
    pub fn value(&self) -> Option<i128> {
        self.value
    }

    /// Its fields, in order.
    pub fn fields(&self) -> &[FieldInfo] {
        &self.fields
    }
}

impl FieldInfo {
    /// Its name; a number in a tuple struct.
    pub fn name(&self) -> &str {
        self.texts.get(0)
    }

    /// Its offset, in bytes; `None` in an enum and for a method.
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }

    /// Its lifetimes, in the order in which the type has them: `'a` is the first that the item
    /// declares, `'_` occurs nowhere else, `'1` occurs again, `'1^2` belongs to a callback in a
    /// callback, `+` is the bound of a `dyn`, and `T0` has those of the item's first parameter. A number
    /// after `by aliases` depends on which places are behind an alias that has more lifetimes than it
    /// shows. Empty if nothing is to say.
    pub fn lifetimes(&self) -> &str {
        &self.lifetimes
    }

    /// Its type, as source text; the type of a method is `fn(&self, …) -> …`.
    pub fn ty(&self) -> &str {
        self.texts.get(1)
    }
}
