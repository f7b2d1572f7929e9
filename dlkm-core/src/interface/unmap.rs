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
use super::identity::{MOST_TYPES, Seen, identity, is_by_hand, is_own};
use super::obstacle::{Found, Member, Way, What, name_of};

/// Which references of a callable's arguments have a lifetime of their own, which nothing else in
/// the signature restricts. The lowest bit is `ALONE`. Then there is one bit for each type, in
/// the order in which they are written: it is 1 for a `&` without a named lifetime, and for a
/// slice, array or tuple that contains one; the types inside follow. It is 0 for any other type,
/// and nothing inside follows. Without such a reference, all is 0.
/// The highest bit is `SHIELDED`.
pub type Marks = u64;

/// The mark of arguments that have only one lifetime, where one may be left out of the result. That
/// would be the same one, and so could restrict it.
pub(super) const ALONE: Marks = 1;

/// The mark of a `&mut dyn Read` or `&mut dyn Write` that the export puts a shield in front of, if
/// it is std's trait.
pub(super) const SHIELDED: Marks = 1 << 63;

/// Whether the export puts a shield in front of an argument: it is marked, and a `&mut` to a reader
/// or writer of std.
pub(super) const fn is_shielded<T: Interface>(marks: Marks) -> bool {
    if marks & SHIELDED == 0 || !matches!(T::TYPE.form, Form::RefMut) {
        return false;
    }
    let to = &<<T::Parts as Parts>::This as Interface>::TYPE;
    is_reader(to) || is(to, "dyn Write") || is(to, "dyn fmt::Write")
}

/// Whether it is a trait of std that reads.
const fn is_reader(ty: &Type) -> bool {
    is(ty, "dyn Read") || is(ty, "dyn BufRead") || is(ty, "dyn Seek")
}

/// The type of a list of one.
type This<P> = <P as Parts>::This;

/// The parts of that type.
type Inside<P> = <This<P> as Interface>::Parts;

/// The arguments of a callable, which is the type of a list of one.
type Taken<P> = <This<<Inside<P> as Parts>::Left> as Interface>::Parts;

/// The result of such a callable, as a list of one.
type Given<P> = <Inside<P> as Parts>::Right;

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

    /// Where what a reference, of type `ty`, leads to is.
    const fn behind(self, ty: &Type, to: &Type, marked: bool) -> Self {
        let mutable = matches!(ty.form, Form::RefMut);
        let behind = At {
            shared: self.shared || !mutable,
            behind: true,
            marked,
            ..self
        };
        // Nothing can be put in the place of a trait object.
        match mutable && !matches!(to.form, Form::Object | Form::Closure) {
            true => behind.changed(),
            false => behind,
        }
    }

    /// One bit for each place in which a type looks different.
    const fn bit(self) -> u32 {
        1 << (self.out as u32 | (self.into as u32) << 1 | (self.shared as u32) << 2)
    }
}

/// The bits of a trait's methods, by who made the value: not among those of [`At::bit`].
const METHODS: u32 = 8;

/// The compiler limits how deep calls go, so the walk calls itself once for each level of types.
pub(super) struct Walk {
    types: Seen,
    /// In which places each of `types` was seen.
    places: [u32; MOST_TYPES],
    marks: Marks,
    /// Whether it is of an argument behind a shield, of which nothing can be kept.
    shielded: bool,
    /// Whether a mark counts, although it is on the only lifetime.
    trusts: bool,
    within: Option<Member>,
    pub(super) found: Option<Found>,
    /// The first reference of the function's own arguments that only its mark makes harmless.
    pub(super) trusted: Option<Found>,
}

impl Walk {
    pub(super) const fn new(marks: Marks, shielded: bool) -> Self {
        Walk {
            types: Seen::new(),
            places: [0; MOST_TYPES],
            marks: (marks & !SHIELDED) >> 1,
            shielded,
            trusts: true,
            within: None,
            found: None,
            trusted: None,
        }
    }

    /// The values of a list; if they are the parts of a type, `owner` is that type, and `first`
    /// counts its fields before these.
    pub(super) const fn values<P: Parts>(&mut self, at: At, owner: Option<&Type>, first: usize) {
        if P::COUNT > 1 {
            self.values::<P::Left>(at, owner, first);
            self.values::<P::Right>(at, owner, first + P::Left::COUNT);
        }
        if P::COUNT != 1 || self.found.is_some() {
            return;
        }
        let marked = at.marked && self.next_mark();
        let ty = &<This<P> as Interface>::TYPE;
        if matches!(ty.form, Form::Struct | Form::Enum) && self.seen::<This<P>>(at.bit()) {
            return;
        }
        let outer = self.within;
        self.enter(owner, first);
        let inside = At {
            behind: false,
            marked: false,
            ..at
        };
        match ty.form {
            Form::Ref | Form::RefMut => {
                let bound = marked && self.trusts && !at.ours;
                if at.out && !bound {
                    self.fault::<This<P>>(What::Borrow, at);
                } else {
                    if at.out && self.trusted.is_none() && !matches!(at.way, Way::Call) {
                        self.trusted = Some(found::<This<P>>(What::Borrow, at.way, self.within));
                    }
                    let to = &<This<Inside<P>> as Interface>::TYPE;
                    self.values::<Inside<P>>(at.behind(ty, to, marked), None, 0);
                }
            }
            Form::Pointer | Form::PointerMut => {
                let behind = At {
                    behind: true,
                    shared: false,
                    ..inside.changed()
                };
                self.values::<Inside<P>>(behind, None, 0);
            }
            Form::Function => {
                if at.out {
                    self.fault::<This<P>>(What::Function, at);
                }
                self.methods::<P>(at.out, at.into, None, 0);
            }
            Form::Closure | Form::Object => {
                if at.out && !at.behind {
                    self.fault::<This<P>>(What::Object, at);
                }
                self.methods::<P>(at.out, at.into, None, 0);
            }
            Form::Slice | Form::Array(_) | Form::Tuple => {
                self.values::<Inside<P>>(At { marked, ..inside }, None, 0);
            }
            _ => match ty.crossing {
                _ if is_by_hand(ty) => self.fault::<This<P>>(What::Opaque, at),
                Crossing::Opaque => self.fault::<This<P>>(What::Opaque, at),
                Crossing::Code => {
                    if at.out {
                        self.fault::<This<P>>(What::Code, at);
                    }
                }
                // The content of a `Held` is used in place.
                Crossing::Held => match <This<Inside<P>> as Interface>::TYPE.form {
                    Form::Ref | Form::Smart => {
                        let behind = At {
                            behind: true,
                            ..inside
                        };
                        self.values::<Inside<Inside<P>>>(behind, None, 0);
                    }
                    Form::Function => self.methods::<Inside<P>>(at.out, at.into, None, 0),
                    _ => self.values::<Inside<P>>(inside, None, 0),
                },
                Crossing::Cell => {
                    let at = At {
                        shared: false,
                        ..inside.changed()
                    };
                    self.values::<Inside<P>>(at, Some(ty), 0);
                }
                Crossing::Empty => {
                    // An `Arc` behind a shared reference can be cloned.
                    if at.out && (!at.shared || matches!(ty.form, Form::Smart)) {
                        self.fault::<This<P>>(What::Empty, at);
                    }
                    self.values::<Inside<P>>(inside, Some(ty), 0);
                }
                // It passes on pieces of text, never `fmt::Arguments`.
                Crossing::Data if is(ty, "fmt::Formatter") => {}
                Crossing::Data if is(ty, "fmt::Arguments") => {
                    if at.out {
                        self.fault::<This<P>>(What::Borrow, at);
                    }
                }
                Crossing::Data => {
                    // A value with shared ownership can be kept.
                    let shared = at.shared && !matches!(ty.form, Form::Smart);
                    self.values::<Inside<P>>(At { shared, ..inside }, Some(ty), 0);
                }
            },
        }
        self.within = outer;
    }

    /// Callables that were made by the image (`ours`), by another one (`theirs`), or by either:
    /// functions, closures, and trait objects with their methods and supertraits. `owner` and
    /// `first` are as for [`Walk::values`].
    const fn methods<P: Parts>(
        &mut self,
        ours: bool,
        theirs: bool,
        owner: Option<&Type>,
        first: usize,
    ) {
        if P::COUNT > 1 {
            self.methods::<P::Left>(ours, theirs, owner, first);
            self.methods::<P::Right>(ours, theirs, owner, first + P::Left::COUNT);
        }
        if P::COUNT != 1 || self.found.is_some() {
            return;
        }
        let outer = self.within;
        self.enter(owner, first);
        let ty = &<This<P> as Interface>::TYPE;
        match ty.form {
            Form::Object if is_own(ty) => {
                let place = 1 << (METHODS + (ours as u32 | (theirs as u32) << 1));
                if !self.seen::<This<P>>(place) {
                    self.methods::<Inside<P>>(ours, theirs, Some(ty), 0);
                }
            }
            Form::Object if <Inside<P> as Parts>::COUNT > 0 => {
                self.methods::<Inside<P>>(ours, theirs, None, 0);
            }
            Form::Object => self.std_methods::<This<P>>(ours, theirs),
            Form::Function | Form::Closure => {
                let (marks, trusts) = (self.marks, self.trusts);
                self.marks = ty.marks >> 1;
                self.trusts = ty.marks & ALONE == 0 || is_harmless::<This<Given<P>>>();
                let arguments = At {
                    out: theirs,
                    into: ours,
                    ours,
                    shared: false,
                    behind: false,
                    marked: true,
                    way: Way::Call,
                };
                self.values::<Taken<P>>(arguments, None, 0);
                let result = At {
                    out: ours,
                    into: theirs,
                    marked: false,
                    ..arguments
                };
                self.values::<Given<P>>(result, None, 0);
                (self.marks, self.trusts) = (marks, trusts);
            }
            // An auto trait.
            _ => {}
        }
        self.within = outer;
    }

    /// The methods of a trait of std, which its description leaves out.
    const fn std_methods<T: Interface + ?Sized>(&mut self, ours: bool, theirs: bool) {
        if self.shielded {
            return;
        }
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
        } else if is_reader(ty) || is(ty, "dyn Error") {
            if ours {
                self.fault::<T>(What::Methods, at);
            }
        } else if !is(ty, "dyn Display") && !is(ty, "dyn Debug") {
            self.fault::<T>(What::Opaque, at);
        }
    }

    /// Notes the field or method of `owner`, if the author declared it.
    const fn enter(&mut self, owner: Option<&Type>, number: usize) {
        if let Some(owner) = owner
            && is_own(owner)
        {
            self.within = Some(member(owner, number));
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
