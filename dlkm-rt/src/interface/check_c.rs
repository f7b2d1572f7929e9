//! What may cross in an interface of ABI C: types that every compiler lays out alike.

use super::check::{self, MESSAGE};
use super::describe::Shape;
use super::description::{Form, Interface, Parts, Type, digest};
use super::identity::{Seen, identity, is_own, mix};
use super::name::name;
use dlkm_metadata::write::Text;

/// The shape of an argument's type, in an interface of ABI C.
///
/// # Panics
/// While compiling, if its layout is not the same for all compilers, and as for
/// [`argument`](super::argument).
#[track_caller]
pub const fn c_argument<T: Interface>(fixed: bool, unloadable: bool) -> Shape {
    Check::new().report::<T>(Place::Argument);
    check::argument_of::<T>(fixed, unloadable, true)
}

/// The shape of a result's type, in an interface of ABI C.
///
/// # Panics
/// While compiling; as for [`c_argument`].
#[track_caller]
pub const fn c_result<T: Interface>(fixed: bool, unloadable: bool) -> Shape {
    Check::new().report::<T>(Place::Result);
    check::result_of::<T>(fixed, unloadable, true)
}

/// Where a value of a type stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Argument,
    Result,
    Field,
    /// Behind a pointer or a reference.
    Behind,
}

struct Check {
    seen: Seen,
    /// The type of the author's own that is being looked into, and its field.
    within: Option<(&'static str, &'static str)>,
    message: Text<MESSAGE>,
}

impl Check {
    const fn new() -> Self {
        Check {
            seen: Seen::new(),
            within: None,
            message: Text::new(),
        }
    }

    #[track_caller]
    const fn report<T: Interface>(mut self, place: Place) {
        self.value::<T>(place);
        check::panic_with(&self.message);
    }

    const fn value<T: Interface + ?Sized>(&mut self, place: Place) {
        let ty = &T::TYPE;
        if self.message.length() > 0 {
            return;
        }
        if is_own(ty) {
            let by_value = matches!(place, Place::Argument | Place::Result);
            let identity = mix(identity::<T>(), by_value as u64);
            if self.seen.position(identity).is_some() {
                return;
            }
            self.seen.add(identity);
        }
        match ty.form {
            Form::Primitive => self.primitive::<T>(place),
            Form::Ref | Form::RefMut | Form::Pointer | Form::PointerMut => {
                self.pointer::<T, <T::Parts as Parts>::This>();
            }
            Form::Struct => self.structure::<T>(place),
            Form::Enum => self.enumeration::<T>(),
            Form::Array(length) => {
                if length == 0 {
                    self.wrong::<T>("C has no empty array: leave it out");
                } else if matches!(place, Place::Argument | Place::Result) {
                    self.wrong::<T>(
                        "C passes no array by value: pass `&[T; N]`, or a `#[repr(C)]` struct \
                         with the array in it",
                    );
                } else {
                    self.value::<<T::Parts as Parts>::This>(place);
                }
            }
            Form::Function => self.function::<T>(),
            Form::Tuple => {
                self.wrong::<T>("a tuple has no layout of its own: name a `#[repr(C)]` struct");
            }
            Form::Library | Form::Smart => self.library::<T>(place),
            // Reported by whoever leads here; a slice has no value of its own.
            Form::Slice | Form::Arguments | Form::Closure | Form::Object => {
                self.wrong::<T>("it has no size: pass a type of C");
            }
        }
    }

    const fn primitive<T: Interface + ?Sized>(&mut self, place: Place) {
        let ty = &T::TYPE;
        if is(ty, "()") || is(ty, "c_void") {
            let nothing = is(ty, "()") && matches!(place, Place::Result);
            if !nothing && !matches!(place, Place::Behind) {
                self.wrong::<T>("C has no value of it: leave it out, or point to it");
            }
        } else if is(ty, "char") {
            self.wrong::<T>(
                "not every number of C's is one: pass a `u32`, and let `char::from_u32` judge it",
            );
        } else if is(ty, "str") {
            self.wrong::<T>("a text with its length is `dlkm_rt::c::Str`");
        } else if ty.size > 8 {
            self.wrong::<T>(
                "not every C compiler has 128 bits: pass two `u64` in a `#[repr(C)]` struct",
            );
        } else if !is_number(ty) {
            self.wrong::<T>("pass a pointer to the plain number");
        }
    }

    const fn pointer<T: Interface + ?Sized, To: Interface + ?Sized>(&mut self) {
        let to = &To::TYPE;
        match to.form {
            Form::Primitive if is(to, "str") => {
                self.wrong::<T>(
                    "it is two words in an order of Rust's own: pass `dlkm_rt::c::Str`",
                );
            }
            Form::Slice => self.wrong::<T>(
                "it is two words in an order of Rust's own: pass `dlkm_rt::c::Slice` or \
                 `dlkm_rt::c::SliceMut`",
            ),
            Form::Object | Form::Closure => self.wrong::<T>(
                "C knows no vtables: pass `dlkm_rt::c::Callback`, or an `unsafe extern \"C\" fn` \
                 with a `*mut c_void`",
            ),
            _ if !T::TYPE.stable => self.wrong::<T>(
                "it is more than an address: pass a reference to something with a size",
            ),
            _ => self.value::<To>(Place::Behind),
        }
    }

    const fn structure<T: Interface + ?Sized>(&mut self, place: Place) {
        let ty = &T::TYPE;
        if !ty.stable {
            self.wrong::<T>(
                "the compiler orders its fields as it likes: write `#[repr(C)]` on it (no \
                 `packed`), or pass a pointer to something of C",
            );
        } else if ty.size == 0 {
            self.wrong::<T>("C has no empty struct: leave it out");
        } else {
            let transparent = digest(ty.repr) == digest("repr(transparent)");
            // It is passed as its field is.
            let place = if transparent { place } else { Place::Field };
            self.fields::<T::Parts>(place, ty, 0);
        }
    }

    const fn enumeration<T: Interface + ?Sized>(&mut self) {
        let ty = &T::TYPE;
        if !ty.stable || ty.size > 8 || ty.variants.is_empty() {
            self.wrong::<T>(
                "the compiler numbers and sizes it as it likes: write `#[repr(C)]` or \
                 `#[repr(u32)]` on it, and let its variants have no fields",
            );
        }
    }

    /// What a struct is made of; `first` counts the fields before these.
    const fn fields<P: Parts>(&mut self, place: Place, owner: &Type, first: usize) {
        match P::COUNT {
            0 => {}
            1 => {
                let outer = self.within;
                let (field, _) = check::field(owner, first);
                self.within = Some((owner.name, field));
                self.value::<P::This>(place);
                self.within = outer;
            }
            _ => {
                self.fields::<P::Left>(place, owner, first);
                self.fields::<P::Right>(place, owner, first + P::Left::COUNT);
            }
        }
    }

    const fn function<T: Interface + ?Sized>(&mut self) {
        if !T::TYPE.stable {
            self.wrong::<T>("it is called as Rust calls: write `extern \"C\" fn`");
            return;
        }
        self.arguments::<<<<T::Parts as Parts>::Left as Parts>::This as Interface>::Parts>();
        self.value::<<<T::Parts as Parts>::Right as Parts>::This>(Place::Result);
    }

    const fn arguments<P: Parts>(&mut self) {
        match P::COUNT {
            0 => {}
            1 => self.value::<P::This>(Place::Argument),
            _ => {
                self.arguments::<P::Left>();
                self.arguments::<P::Right>();
            }
        }
    }

    const fn library<T: Interface + ?Sized>(&mut self, place: Place) {
        let ty = &T::TYPE;
        if is(ty, "PhantomData") && self.within.is_some() {
            return;
        }
        if ty.stable && !is(ty, "PhantomData") {
            // An `Option` of a pointer, a `NonZero`: as what it is made of.
            self.value::<<T::Parts as Parts>::This>(place);
            return;
        }
        let ways = if is(ty, "Option") {
            "only around a reference, `NonNull`, `NonZero` or an `extern \"C\" fn` it has a layout \
             of its own: say in a `#[repr(C)]` struct whether there is a value"
        } else if is(ty, "Result") {
            "say in a number, or in a `#[repr(C)]` struct, what went wrong; name a function to call \
             if the module can't be loaded, `or = path`, or implement `OrLoadError` for that type"
        } else if is(ty, "String") || is(ty, "CString") || is(ty, "CStr") {
            "pass `dlkm_rt::c::Str`; to hand a text out, write into the caller's \
             `dlkm_rt::c::SliceMut<u8>`"
        } else if is(ty, "Vec") {
            "pass `dlkm_rt::c::Slice`; to hand values out, write into the caller's \
             `dlkm_rt::c::SliceMut`"
        } else if matches!(ty.form, Form::Smart) {
            "only Rust's allocator could free it: pass a reference"
        } else {
            "its layout is the compiler's affair: pass what it is made of, numbers and pointers, \
             in a `#[repr(C)]` struct"
        };
        self.wrong::<T>(ways);
    }

    /// `T` has no stable layout: what to write instead.
    const fn wrong<T: Interface + ?Sized>(&mut self, instead: &str) {
        if self.message.length() > 0 {
            return;
        }
        let out = &mut self.message;
        if let Some((owner, field)) = self.within {
            out.put("`");
            out.put(owner);
            out.put(".");
            out.put(field);
            out.put("` is `");
        } else {
            out.put("this is `");
        }
        name::<T, MESSAGE>(out);
        out.put("`, which can't cross with `abi = \"C\"`: ");
        out.put(instead);
    }
}

const fn is(ty: &Type, name: &str) -> bool {
    ty.digest == digest(name)
}

const fn is_number(ty: &Type) -> bool {
    const NUMBERS: [&str; 13] = [
        "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize", "f32", "f64",
        "bool",
    ];
    let mut i = 0;
    while i < NUMBERS.len() {
        if is(ty, NUMBERS[i]) {
            return true;
        }
        i += 1;
    }
    false
}
