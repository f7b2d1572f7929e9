//! What must not cross: code of an image that may be unloaded while something still refers to it.
//!
//! A value flows *out* when the module gives it to its caller, for example as a result, and *in*
//! when the caller gives it to the module. A value that flows out of an unloadable module must be
//! data, or [`Held`](crate::Held). A value that flows in may borrow the caller's code, because a
//! borrow ends with the call, but must not let the module keep any: the caller may be a
//! module too. `&mut T` and cells flow both ways, and so do a callback's arguments and
//! results.
//!
//! Lifetimes are not visible here. If a reference can only be `'static`, the macros find that out
//! from the tokens, and pass it as `fixed`.
//!
//! An empty `HashMap` and the default `Arc<str>` may refer to a static in the image that made
//! them, in its copy of std. Such a value may cross only behind a shared reference.

use super::describe::{Shape, shape};
use super::description::{Crossing, Form, Interface, Parts, Type};
use super::harmless::{Content, content};
use super::identity::{MOST_TYPES, Seen, identity, is_own, mix};
use super::leads::Leads;
use super::name::name;
use super::unmap::Marks;
use super::way::{At, Fault, Kind, Way};
use dlkm_metadata::write::Text;

/// The shape of an argument's type. `fixed` says that references in it can only be `'static`,
/// `unloadable` that the interface's modules may be unloaded, `marks` which references have a lifetime of their own.
///
/// # Panics
/// At compile time, if the argument may carry something that must not cross.
#[track_caller]
pub const fn argument<T: Interface>(fixed: bool, unloadable: bool, marks: Marks) -> Shape {
    argument_of::<T>(fixed, unloadable, marks, false)
}

/// Like [`argument`]; `c` says that the interface is of ABI C.
#[track_caller]
pub(super) const fn argument_of<T: Interface>(
    fixed: bool,
    unloadable: bool,
    marks: Marks,
    c: bool,
) -> Shape {
    let at = At {
        out: false,
        result: false,
        held: false,
        fixed,
        shared: false,
        way: Way::Straight,
    };
    Check::new(unloadable, c).report::<T>(at);
    shape::<T>().leading(Leads::of_argument::<T>(marks))
}

/// The shape of a result's type. The parameters are the first of [`argument`].
///
/// # Panics
/// At compile time, if the result may carry something that must not cross.
#[track_caller]
pub const fn result<T: Interface>(fixed: bool, unloadable: bool) -> Shape {
    result_of::<T>(fixed, unloadable, false)
}

/// Like [`result`]; `c` says that the interface is of ABI C.
#[track_caller]
pub(super) const fn result_of<T: Interface>(fixed: bool, unloadable: bool, c: bool) -> Shape {
    let at = At {
        out: true,
        result: true,
        held: false,
        fixed,
        shared: false,
        way: Way::Straight,
    };
    Check::new(unloadable, c).report::<T>(at);
    shape::<T>().leading(Leads::of_result::<T>())
}

/// The maximum length of a message, in bytes.
pub(super) const MESSAGE: usize = 2048;

struct Check {
    unloadable: bool,
    /// Whether the interface is of ABI C.
    c: bool,
    /// The types that were checked. A type may appear once for each way a value can flow.
    seen: Seen<{ 8 * MOST_TYPES }>,
    /// The user-defined type that is being checked, and its field or method.
    within: Option<(Kind, &'static str, &'static str)>,
    message: Text<MESSAGE>,
}

impl Check {
    const fn new(unloadable: bool, c: bool) -> Self {
        Check {
            unloadable,
            c,
            seen: Seen::new(),
            within: None,
            message: Text::new(),
        }
    }

    #[track_caller]
    const fn report<T: Interface>(mut self, at: At) {
        match content::<T>() {
            Content::Harmless => return,
            Content::Other => self.walk::<T>(at),
            Content::TooMany => {
                self.message.put("`");
                name::<T, MESSAGE>(&mut self.message);
                self.message.put(
                    "` consists of too many user-defined types (the limit is 128): pass its parts by \
                     several functions; does a type in it contain itself with different arguments each \
                     time?",
                );
            }
        }
        panic_with(&self.message);
    }

    const fn walk<T: Interface>(&mut self, at: At) {
        // rustc shows this line and the comment in it.
        self.value::<T>(at); // Stack frames? Write #![recursion_limit = "512"]
    }

    const fn value<T: Interface + ?Sized>(&mut self, at: At) {
        let ty = &T::TYPE;
        if self.message.length() > 0 {
            return;
        }
        if is_own(ty) {
            let identity = mix(identity::<T>(), at.number());
            if self.seen.position(identity).is_some() {
                return;
            }
            self.seen.add(identity);
        }
        match ty.form {
            Form::Ref | Form::RefMut => self.reference::<T>(at),
            // Dereferencing it needs `unsafe`.
            Form::Pointer | Form::PointerMut => {}
            Form::Function | Form::Closure | Form::Object => {
                if !(self.c && !at.out && is_unsafe(ty)) {
                    self.code::<T>(at, Fault::Code);
                }
                self.methods::<T>(at);
            }
            _ => match ty.crossing {
                Crossing::Code => self.code::<T>(at, Fault::Code),
                Crossing::Held => self.held::<<T::Parts as Parts>::This>(At { held: true, ..at }),
                Crossing::Empty => {
                    // An `Arc` behind a shared reference can be cloned.
                    if !at.shared || matches!(ty.form, Form::Smart) {
                        self.code::<T>(at, Fault::Empty);
                    }
                    self.fields::<T::Parts>(at, None, 0);
                }
                Crossing::Cell => {
                    let at = At {
                        shared: false,
                        ..at
                    };
                    self.fields::<T::Parts>(at, Some(ty), 0);
                    self.fields::<T::Parts>(back(at), Some(ty), 0);
                }
                Crossing::Data | Crossing::Opaque => {
                    // A value with shared ownership can be kept.
                    let shared = at.shared && !matches!(ty.form, Form::Smart);
                    self.fields::<T::Parts>(At { shared, ..at }, Some(ty), 0);
                }
            },
        }
    }

    const fn reference<T: Interface + ?Sized>(&mut self, at: At) {
        if at.fixed {
            self.code::<T>(at, Fault::Static);
        }
        let mutable = matches!(T::TYPE.form, Form::RefMut);
        let shared = at.shared || !mutable;
        self.pointee::<<T::Parts as Parts>::This>(At { shared, ..at }, mutable);
    }

    const fn pointee<T: Interface + ?Sized>(&mut self, at: At, mutable: bool) {
        if matches!(T::TYPE.form, Form::Object | Form::Closure) {
            if at.out && at.result {
                self.code::<T>(at, Fault::Code);
            }
            self.methods::<T>(at);
            return;
        }
        self.value::<T>(at);
        if mutable {
            self.value::<T>(back(at));
        }
    }

    /// The content of a `Held`: one piece of code, which is used in place, or data.
    const fn held<T: Interface + ?Sized>(&mut self, at: At) {
        match T::TYPE.form {
            Form::Ref | Form::Smart => self.led_to::<<T::Parts as Parts>::This>(at),
            Form::Function => self.methods::<T>(at),
            _ if matches!(T::TYPE.crossing, Crossing::Code) => {}
            _ => self.value::<T>(at),
        }
    }

    const fn led_to<T: Interface + ?Sized>(&mut self, at: At) {
        match T::TYPE.form {
            Form::Object | Form::Closure => self.methods::<T>(at),
            // Nothing in it borrows from the call.
            _ => self.value::<T>(At { fixed: true, ..at }),
        }
    }

    /// A callable: its caller passes the arguments and gets the result.
    const fn methods<T: Interface + ?Sized>(&mut self, at: At) {
        match T::TYPE.form {
            Form::Object => {
                // A trait's methods may mention the trait.
                let identity = mix(identity::<T>(), 128 | at.number());
                if self.seen.position(identity).is_none() {
                    self.seen.add(identity);
                    self.each_method::<T::Parts>(at, &T::TYPE, 0);
                }
            }
            _ => {
                let fixed = T::TYPE.fixed;
                let arguments = At {
                    out: !at.out,
                    result: false,
                    held: false,
                    fixed: false,
                    shared: false,
                    way: Way::Call,
                };
                self.arguments::<<<<T::Parts as Parts>::Left as Parts>::This as Interface>::Parts>(
                    arguments,
                    fixed >> 1,
                );
                let result = At {
                    result: true,
                    held: false,
                    fixed: fixed & 1 != 0,
                    shared: false,
                    way: Way::Call,
                    ..at
                };
                self.fields::<<T::Parts as Parts>::Right>(result, None, 0);
            }
        }
    }

    /// A callable's arguments; each bit of `fixed` belongs to one of them.
    const fn arguments<P: Parts>(&mut self, at: At, fixed: usize) {
        match P::COUNT {
            0 => {}
            1 => {
                let fixed = fixed & 1 != 0;
                self.value::<P::This>(At { fixed, ..at });
            }
            _ => {
                self.arguments::<P::Left>(at, fixed);
                self.arguments::<P::Right>(at, fixed >> P::Left::COUNT);
            }
        }
    }

    /// The methods of a trait, and its supertraits.
    const fn each_method<P: Parts>(&mut self, at: At, owner: &Type, first: usize) {
        match P::COUNT {
            0 => {}
            1 => {
                let outer = self.within;
                if is_own(owner) {
                    let (name, _) = field(owner, first);
                    self.within = Some((Kind::Method, owner.name, name));
                }
                self.methods::<P::This>(at);
                self.within = outer;
            }
            _ => {
                self.each_method::<P::Left>(at, owner, first);
                self.each_method::<P::Right>(at, owner, first + P::Left::COUNT);
            }
        }
    }

    /// A value's parts; `first` counts the fields of `owner` before these.
    const fn fields<P: Parts>(&mut self, at: At, owner: Option<&Type>, first: usize) {
        match P::COUNT {
            0 => {}
            1 => {
                let outer = self.within;
                let mut at = at;
                if let Some(owner) = owner
                    && is_own(owner)
                {
                    let (name, fixed) = field(owner, first);
                    self.within = Some((Kind::Field, owner.name, name));
                    at.fixed |= fixed;
                }
                self.value::<P::This>(at);
                self.within = outer;
            }
            _ => {
                self.fields::<P::Left>(at, owner, first);
                self.fields::<P::Right>(at, owner, first + P::Left::COUNT);
            }
        }
    }

    /// `T` is code that must not be kept.
    const fn code<T: Interface + ?Sized>(&mut self, at: At, fault: Fault) {
        if at.out && !self.unloadable || self.message.length() > 0 {
            return;
        }
        let out = &mut self.message;
        match self.within {
            None => out.put("this"),
            Some((Kind::Field, owner, field)) => {
                out.put("`");
                out.put(owner);
                out.put(".");
                out.put(field);
                out.put("`");
            }
            Some((Kind::Method, owner, method)) => {
                out.put("the method `");
                out.put(method);
                out.put("` of `");
                out.put(owner);
                out.put("`");
            }
        }
        out.put(" carries ");
        out.put(match fault {
            Fault::Code => "code, `",
            Fault::Static => "a `'static` reference, `",
            Fault::Empty => "a value that refers to its own image while it is empty, `",
        });
        name::<T, MESSAGE>(out);
        if at.held {
            out.put(
                "`, which could be copied out of the `Held` and outlive its module: hold a trait \
                 object that does the same job",
            );
            return;
        }
        out.put("`, ");
        out.put(at.consequence());
        out.put(at.remedy(fault, self.c));
    }
}

/// Fails to compile with `message`, if there is one.
#[track_caller]
pub(super) const fn panic_with(message: &Text<MESSAGE>) {
    if message.length() > 0 {
        match std::str::from_utf8(message.bytes()) {
            Ok(message) => panic!("{}", message),
            Err(_) => panic!("this may not cross"),
        }
    }
}

/// Whether it is a function pointer of C whose use needs `unsafe`.
const fn is_unsafe(ty: &Type) -> bool {
    matches!(ty.form, Form::Function)
        && ty.digest == super::description::digest("unsafe extern \"C\" fn")
}

/// The opposite direction: the receiver may change what it was given.
const fn back(at: At) -> At {
    At {
        out: !at.out,
        result: true,
        way: Way::Back,
        ..at
    }
}

/// Name and `fixed` of a type's field. `index` counts the fields of all its variants.
pub(super) const fn field(ty: &Type, index: usize) -> (&'static str, bool) {
    let mut rest = index;
    let mut i = 0;
    while i < ty.variants.len() {
        let fields = ty.variants[i].fields;
        if rest < fields.len() {
            return (fields[rest].name, fields[rest].fixed);
        }
        rest -= fields.len();
        i += 1;
    }
    ("", false)
}
