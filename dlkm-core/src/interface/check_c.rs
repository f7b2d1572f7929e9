//! What may cross in an interface of ABI C: types that every compiler lays out alike.

use super::check::{self, MESSAGE};
use super::describe::Shape;
use super::description::{Form, Interface, Parts, Type, digest};
use super::identity::{Seen, identity, is_own, mix};
use super::name::name;
use super::unmap::Marks;
use dlkm_metadata::write::Text;

/// The shape of an argument's type, in an interface of ABI C.
///
/// # Panics
/// At compile time, if its layout is not the same for all compilers, or for the same reasons as
/// [`argument`](super::argument).
#[track_caller]
pub const fn c_argument<T: Interface>(fixed: bool, unloadable: bool, marks: Marks) -> Shape {
    Check::new().report::<T>(Place::Argument);
    check::argument_of::<T>(fixed, unloadable, marks, true)
}

/// The shape of a result's type, in an interface of ABI C.
///
/// # Panics
/// At compile time, for the same reasons as [`c_argument`].
#[track_caller]
pub const fn c_result<T: Interface>(fixed: bool, unloadable: bool) -> Shape {
    Check::new().report::<T>(Place::Result);
    check::result_of::<T>(fixed, unloadable, true)
}

/// Where a value of a type is used.
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
    /// The user-defined type that is being checked, and its field.
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
                    self.wrong::<T>("C has no empty arrays: leave it out");
                } else if matches!(place, Place::Argument | Place::Result) {
                    self.wrong::<T>(
                        "C can't pass an array by value: pass `&[T; N]`, or a `#[repr(C)]` struct \
                         with the array in it",
                    );
                } else {
                    self.value::<<T::Parts as Parts>::This>(place);
                }
            }
            Form::Function => self.function::<T>(),
            Form::Tuple => {
                self.wrong::<T>("a tuple has no fixed layout: use a `#[repr(C)]` struct");
            }
            Form::Library | Form::Smart => self.library::<T>(place),
            // What leads here has been reported; a slice is never a value by itself.
            Form::Slice | Form::Arguments | Form::Closure | Form::Object => {
                self.wrong::<T>("it has no size: pass a C type");
            }
        }
    }

    const fn primitive<T: Interface + ?Sized>(&mut self, place: Place) {
        let ty = &T::TYPE;
        if is(ty, "()") || is(ty, "c_void") {
            let nothing = is(ty, "()") && matches!(place, Place::Result);
            if !nothing && !matches!(place, Place::Behind) {
                self.wrong::<T>("C has no values of this type: leave it out, or point to it");
            }
        } else if is(ty, "char") {
            self.wrong::<T>(
                "not every C number is a valid `char`: pass a `u32` and use `char::from_u32`",
            );
        } else if is(ty, "str") {
            self.wrong::<T>("use `dlkm_rt::c::Str`, a text with its length");
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
                    "it is two words in an order that only Rust knows: pass `dlkm_rt::c::Str`",
                );
            }
            Form::Slice => self.wrong::<T>(
                "it is two words in an order that only Rust knows: pass `dlkm_rt::c::Slice` or \
                 `dlkm_rt::c::SliceMut`",
            ),
            Form::Object | Form::Closure => self.wrong::<T>(
                "C has no vtables: pass `dlkm_rt::c::Callback`, or an `unsafe extern \"C\" fn` \
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
                "the compiler chooses the order of its fields: write `#[repr(C)]` on it (not \
                 `packed`), or pass a pointer to a C type",
            );
        } else if ty.size == 0 {
            self.wrong::<T>("C has no empty structs: leave it out");
        } else {
            let transparent = digest(ty.repr) == digest("repr(transparent)");
            // It is passed like its field.
            let place = if transparent { place } else { Place::Field };
            self.fields::<T::Parts>(place, ty, 0);
        }
    }

    const fn enumeration<T: Interface + ?Sized>(&mut self) {
        let ty = &T::TYPE;
        if !ty.stable || ty.size > 8 || ty.variants.is_empty() {
            self.wrong::<T>(
                "the compiler chooses its size and its numbers: write `#[repr(C)]` or \
                 `#[repr(u32)]` on it, and give its variants no fields",
            );
        }
    }

    /// A struct's parts; `first` counts the fields before these.
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
            self.wrong::<T>("it has Rust's calling convention: write `extern \"C\" fn`");
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
            // An `Option` of a pointer, a `NonZero`: like its part.
            self.value::<<T::Parts as Parts>::This>(place);
            return;
        }
        let ways = if is(ty, "Option") {
            "it has a fixed layout only around a reference, `NonNull`, `NonZero` or an \
             `extern \"C\" fn`: use a `#[repr(C)]` struct that says whether there is a value"
        } else if is(ty, "Result") {
            "report what went wrong as a number or a `#[repr(C)]` struct; name a function to call \
             if the module can't be loaded, `or = path`, or implement `OrLoadError` for that type"
        } else if is(ty, "String") || is(ty, "CString") || is(ty, "CStr") {
            "pass `dlkm_rt::c::Str`; to return a text, write it into the caller's \
             `dlkm_rt::c::SliceMut<u8>`"
        } else if is(ty, "Vec") {
            "pass `dlkm_rt::c::Slice`; to return values, write them into the caller's \
             `dlkm_rt::c::SliceMut`"
        } else if matches!(ty.form, Form::Smart) {
            "only Rust's allocator can free it: pass a reference"
        } else {
            "the compiler chooses its layout: pass its parts, numbers and pointers, in a \
             `#[repr(C)]` struct"
        };
        self.wrong::<T>(ways);
    }

    /// Reports that `T` has no stable layout, and what to write instead.
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
