//! Whether the types of a function prove that nothing of an image is left behind.
//!
//! An image is unmapped only if no other image can still have a reference into it. Lifetimes are
//! not visible in types, so any reference that leaves the image counts as `'static`, and the image
//! stays mapped. The walk looks at each value with two questions: does it go out of the image, and
//! which image made the innermost callable around it. As a provider, an image takes arguments in
//! and gives results out; as a caller, it gives arguments out and takes results in. A callable's
//! arguments go to the image that made it, and its result comes from there. What `&mut`, cells and
//! raw pointers lead to goes both ways.
//!
//! A reference that goes out is harmless if the callable that gets it was made elsewhere and must
//! accept every lifetime. Types can't show that either, so the macros mark such references in the
//! tokens: see [`Marks`].

use super::description::{Crossing, Form, Interface, Parts, Type, digest};
use super::harmless::is_harmless;
use super::identity::{MOST_TYPES, Seen, identity, is_own};
use super::obstacle::{Found, Member, Way, What, name_of};

/// Which references of a callable's arguments have a lifetime of their own, which nothing else in
/// the signature restricts. The lowest bit is [`ALONE`]. Then there is one bit for each type, in
/// the order in which they are written: it is 1 for a `&` without a named lifetime, and for a
/// slice, array or tuple that contains one; the types inside follow. It is 0 for any other type,
/// and nothing inside follows. Without such a reference, all is 0.
pub type Marks = u64;

/// The mark of arguments that have only one lifetime. A lifetime left out of the result would be
/// the same one, and so could restrict it.
pub(super) const ALONE: Marks = 1;

/// Where a value is.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// It goes out of the image.
    out: bool,
    /// It goes into the image.
    into: bool,
    /// The innermost callable may be one that the image made.
    ours: bool,
    /// It is behind a shared reference.
    shared: bool,
    /// It is what a reference or a raw pointer leads to.
    behind: bool,
    /// The marks say something about it.
    marked: bool,
    way: Way,
}

impl At {
    pub(super) const fn top(out: bool, ours: bool) -> Self {
        At {
            out,
            into: !out,
            ours,
            shared: false,
            behind: false,
            marked: true,
            way: Way::Straight,
        }
    }

    /// Where what can be changed through a value is.
    const fn changed(self) -> Self {
        At {
            out: true,
            into: true,
            way: match self.way {
                Way::Straight => Way::Back,
                way => way,
            },
            ..self
        }
    }

    /// One bit for each place in which a type looks different.
    const fn bit(self) -> u32 {
        1 << (self.out as u32 | (self.into as u32) << 1 | (self.shared as u32) << 2)
    }
}

/// The bits of a trait's methods, by who made the value: not among those of [`At::bit`].
const METHODS: u32 = 8;

pub(super) struct Walk {
    types: Seen,
    /// In which places each of `types` was seen.
    places: [u32; MOST_TYPES],
    marks: Marks,
    /// Whether a mark counts, although it is on the only lifetime.
    trusts: bool,
    within: Option<Member>,
    pub(super) found: Option<Found>,
    /// The first reference of the function's own arguments that only its mark makes harmless.
    pub(super) trusted: Option<Found>,
}

impl Walk {
    pub(super) const fn new(marks: Marks) -> Self {
        Walk {
            types: Seen::new(),
            places: [0; MOST_TYPES],
            marks: marks >> 1,
            trusts: true,
            within: None,
            found: None,
            trusted: None,
        }
    }

    pub(super) const fn of<T: Interface>(mut self, at: At) -> Self {
        self.value::<T>(at);
        self
    }

    const fn value<T: Interface + ?Sized>(&mut self, at: At) {
        if self.found.is_some() {
            return;
        }
        let marked = at.marked && self.next_mark();
        let ty = &T::TYPE;
        if matches!(ty.form, Form::Struct | Form::Enum) && self.seen::<T>(at.bit()) {
            return;
        }
        let inside = At {
            behind: false,
            marked: false,
            ..at
        };
        match ty.form {
            Form::Ref | Form::RefMut => self.reference::<T>(at, marked),
            Form::Pointer | Form::PointerMut => {
                let behind = At {
                    behind: true,
                    shared: false,
                    ..inside.changed()
                };
                self.value::<<T::Parts as Parts>::This>(behind);
            }
            Form::Function => {
                if at.out {
                    self.fault::<T>(What::Function, at);
                }
                self.methods::<T>(at.out, at.into);
            }
            Form::Closure | Form::Object => {
                if at.out && !at.behind {
                    self.fault::<T>(What::Object, at);
                }
                self.methods::<T>(at.out, at.into);
            }
            Form::Slice | Form::Array(_) | Form::Tuple => {
                self.parts::<T::Parts>(At { marked, ..inside }, ty, 0);
            }
            _ => self.data::<T>(inside),
        }
    }

    const fn data<T: Interface + ?Sized>(&mut self, at: At) {
        let ty = &T::TYPE;
        match ty.crossing {
            Crossing::Opaque => self.fault::<T>(What::Opaque, at),
            Crossing::Code => {
                if at.out {
                    self.fault::<T>(What::Code, at);
                }
            }
            Crossing::Held => self.held::<<T::Parts as Parts>::This>(at),
            Crossing::Cell => {
                let at = At {
                    shared: false,
                    ..at.changed()
                };
                self.parts::<T::Parts>(at, ty, 0);
            }
            Crossing::Empty => {
                // An `Arc` behind a shared reference can be cloned.
                if at.out && (!at.shared || matches!(ty.form, Form::Smart)) {
                    self.fault::<T>(What::Empty, at);
                }
                self.parts::<T::Parts>(at, ty, 0);
            }
            // It passes on pieces of text, never `fmt::Arguments`.
            Crossing::Data if is(ty, "fmt::Formatter") => {}
            Crossing::Data if is(ty, "fmt::Arguments") => {
                if at.out {
                    self.fault::<T>(What::Borrow, at);
                }
            }
            Crossing::Data => {
                // A value with shared ownership can be kept.
                let shared = at.shared && !matches!(ty.form, Form::Smart);
                self.parts::<T::Parts>(At { shared, ..at }, ty, 0);
            }
        }
    }

    const fn reference<T: Interface + ?Sized>(&mut self, at: At, marked: bool) {
        let bound = marked && self.trusts && !at.ours;
        if at.out && !bound {
            self.fault::<T>(What::Borrow, at);
            return;
        }
        if at.out && self.trusted.is_none() && !matches!(at.way, Way::Call) {
            self.trusted = Some(found::<T>(What::Borrow, at.way, self.within));
        }
        let mutable = matches!(T::TYPE.form, Form::RefMut);
        let behind = At {
            shared: at.shared || !mutable,
            behind: true,
            marked,
            ..at
        };
        let is_object = matches!(
            <<T::Parts as Parts>::This as Interface>::TYPE.form,
            Form::Object | Form::Closure
        );
        // Nothing can be put in the place of a trait object.
        self.value::<<T::Parts as Parts>::This>(match mutable && !is_object {
            true => behind.changed(),
            false => behind,
        });
    }

    /// The content of a `Held`, which is used in place.
    const fn held<T: Interface + ?Sized>(&mut self, at: At) {
        match T::TYPE.form {
            Form::Ref | Form::Smart => {
                let behind = At { behind: true, ..at };
                self.value::<<T::Parts as Parts>::This>(behind);
            }
            Form::Function => self.methods::<T>(at.out, at.into),
            _ => self.value::<T>(at),
        }
    }

    /// A callable that was made by the image (`ours`), by another one (`theirs`), or by either.
    const fn methods<T: Interface + ?Sized>(&mut self, ours: bool, theirs: bool) {
        let ty = &T::TYPE;
        if self.found.is_some() {
            return;
        }
        if !matches!(ty.form, Form::Object) {
            self.call::<T>(ours, theirs);
        } else if is_own(ty) {
            if !self.seen::<T>(1 << (METHODS + (ours as u32 | (theirs as u32) << 1))) {
                self.each_method::<T::Parts>(ty, 0, ours, theirs);
            }
        } else if T::Parts::COUNT > 0 {
            self.each_method::<T::Parts>(ty, 0, ours, theirs);
        } else {
            self.std_methods::<T>(ours, theirs);
        }
    }

    /// The methods of a trait of std, which its description leaves out.
    const fn std_methods<T: Interface + ?Sized>(&mut self, ours: bool, theirs: bool) {
        let ty = &T::TYPE;
        let at = At::top(true, ours);
        if is(ty, "dyn Write") {
            if theirs {
                self.fault::<T>(What::Writer, at);
            }
            if ours {
                self.fault::<T>(What::Methods, at);
            }
        } else if is(ty, "dyn fmt::Write") {
            if theirs {
                self.fault::<T>(What::Writer, at);
            }
        } else if is(ty, "dyn Read")
            || is(ty, "dyn BufRead")
            || is(ty, "dyn Seek")
            || is(ty, "dyn Error")
        {
            if ours {
                self.fault::<T>(What::Methods, at);
            }
        } else if !is(ty, "dyn Display") && !is(ty, "dyn Debug") {
            self.fault::<T>(What::Opaque, at);
        }
    }

    const fn call<T: Interface + ?Sized>(&mut self, ours: bool, theirs: bool) {
        let (marks, trusts) = (self.marks, self.trusts);
        let own = T::TYPE.marks;
        self.marks = own >> 1;
        let result = At {
            out: ours,
            into: theirs,
            ours,
            shared: false,
            behind: false,
            marked: false,
            way: Way::Call,
        };
        self.trusts = own & ALONE == 0 || self.is_harmless_result::<T>();
        let arguments = At {
            out: theirs,
            into: ours,
            marked: true,
            ..result
        };
        self.list::<<<<T::Parts as Parts>::Left as Parts>::This as Interface>::Parts>(arguments);
        self.list::<<T::Parts as Parts>::Right>(result);
        (self.marks, self.trusts) = (marks, trusts);
    }

    const fn is_harmless_result<T: Interface + ?Sized>(&self) -> bool {
        is_harmless::<<<T::Parts as Parts>::Right as Parts>::This>()
    }

    const fn list<P: Parts>(&mut self, at: At) {
        match P::COUNT {
            0 => {}
            1 => self.value::<P::This>(at),
            _ => {
                self.list::<P::Left>(at);
                self.list::<P::Right>(at);
            }
        }
    }

    /// The methods of a trait, and its supertraits.
    const fn each_method<P: Parts>(
        &mut self,
        owner: &Type,
        first: usize,
        ours: bool,
        theirs: bool,
    ) {
        match P::COUNT {
            0 => {}
            1 => {
                let outer = self.within;
                if is_own(owner) {
                    self.within = Some(member(owner, first));
                }
                // The others are auto traits.
                if matches!(
                    <P::This as Interface>::TYPE.form,
                    Form::Function | Form::Object
                ) {
                    self.methods::<P::This>(ours, theirs);
                }
                self.within = outer;
            }
            _ => {
                self.each_method::<P::Left>(owner, first, ours, theirs);
                self.each_method::<P::Right>(owner, first + P::Left::COUNT, ours, theirs);
            }
        }
    }

    /// A value's parts; `first` counts the fields of `owner` before these.
    const fn parts<P: Parts>(&mut self, at: At, owner: &Type, first: usize) {
        match P::COUNT {
            0 => {}
            1 => {
                let outer = self.within;
                if is_own(owner) {
                    self.within = Some(member(owner, first));
                }
                self.value::<P::This>(at);
                self.within = outer;
            }
            _ => {
                self.parts::<P::Left>(at, owner, first);
                self.parts::<P::Right>(at, owner, first + P::Left::COUNT);
            }
        }
    }

    const fn next_mark(&mut self) -> bool {
        let mark = self.marks & 1 == 1;
        self.marks >>= 1;
        mark
    }

    /// Whether a user-defined type was seen in this place; notes that it was.
    const fn seen<T: Interface + ?Sized>(&mut self, place: u32) -> bool {
        let identity = identity::<T>();
        let number = match self.types.position(identity) {
            Some(number) => number,
            None if self.types.is_full() => {
                self.fault::<T>(What::Many, At::top(true, true));
                return true;
            }
            None => {
                self.types.add(identity);
                self.types.count - 1
            }
        };
        let seen = self.places[number] & place != 0;
        self.places[number] |= place;
        seen
    }

    const fn fault<T: Interface + ?Sized>(&mut self, what: What, at: At) {
        if self.found.is_none() {
            self.found = Some(found::<T>(what, at.way, self.within));
        }
    }
}

/// A function of its own: the compiler computes the name only if it is called.
const fn found<T: Interface + ?Sized>(what: What, way: Way, within: Option<Member>) -> Found {
    Found {
        what,
        name: name_of::<T>(),
        way,
        within,
    }
}

/// Whether it is the type of std with this name.
const fn is(ty: &Type, name: &str) -> bool {
    matches!(ty.form, Form::Library | Form::Object) && ty.digest == digest(name)
}

/// A type's field, or a trait's method. `index` counts the fields of all variants.
const fn member(ty: &Type, index: usize) -> Member {
    let mut rest = index;
    let mut i = 0;
    while i < ty.variants.len() {
        let fields = ty.variants[i].fields;
        if rest < fields.len() {
            return Member {
                owner: ty.name,
                name: fields[rest].name,
            };
        }
        rest -= fields.len();
        i += 1;
    }
    Member {
        owner: ty.name,
        name: "",
    }
}
