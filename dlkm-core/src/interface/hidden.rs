//! Lifetimes that a type has, although the tokens do not show them: behind an alias, or left out
//! without a trace. The macros compare signatures by the lifetimes that they see, so an alias must
//! stand for a type that has those, or one of them in all places.

use std::marker::PhantomData;

use super::check::{MESSAGE, panic_with};
use super::describe::Shape;
use super::description::Written;
use super::fault::Fault;
use super::identity::mix;
use dlkm_metadata::write::Text;

/// `FIXED` says whether `F`, which is `fn(T)`, has no lifetime of its own: those of `T`, if it has
/// any, are `'static`. The inherent constant exists only then; otherwise, it is that of [`Open`].
#[derive(Debug)]
pub struct Probe<F>(PhantomData<fn(F) -> F>);

impl<T: ?Sized> Probe<fn(T)> {
    /// `T` has no lifetime but `'static`.
    pub const FIXED: bool = true;
}

/// See [`Probe`].
pub trait Open {
    /// `T` has a lifetime that is left out.
    const FIXED: bool = false;
}

impl<F> Open for Probe<F> {}
impl Open for () {}

impl Shape {
    /// The shape of a type whose tokens show its lifetimes in this way.
    ///
    /// # Panics
    /// At compile time, if it has other lifetimes than they show.
    #[track_caller]
    pub const fn written(self, written: Written) -> Shape {
        report(self.fault);
        let mut shape = self;
        match written.unshown(self.lifetimes) {
            Some(0) => {}
            Some(hash) => shape.hash = mix(self.hash, hash),
            None => panic!(
                "this type has other lifetimes than those that are written, and host and module \
                 must agree on them: write each, as in `Name<'_>`, and instead of an alias the type \
                 that it stands for"
            ),
        }
        shape
    }

    /// The shape of a type whose tokens show no lifetime but `'static`; `fixed` says whether it has
    /// none.
    ///
    /// # Panics
    /// At compile time, if a lifetime is left out.
    #[track_caller]
    pub const fn unshown(self, fixed: bool) -> Shape {
        assert!(
            fixed || self.lifetimes.lifetimes == 0,
            "this type has a lifetime that is not written, and host and module must agree on it: \
             write it, as in `Name<'_>`"
        );
        self.written(Written::Fixed)
    }
}

#[track_caller]
const fn report(fault: Option<Fault>) {
    let mut message: Text<MESSAGE> = Text::new();
    match fault {
        None => return,
        Some(Fault::Hides { owner, field }) => {
            message.put("the type of `");
            message.put(owner);
            message.put(".");
            message.put(field);
            message.put(
                "` has other lifetimes than those that are written, and host and module must agree \
                 on them: write each, and instead of an alias the type that it stands for",
            );
        }
        Some(Fault::Large { name, length, most }) => {
            message.put("`");
            message.put(name);
            message.put("` is too large to cross: the names of its fields and variants take ");
            message.number(length as i128);
            message.put(" bytes of text, and the limit is ");
            message.number(most as i128);
            message.put(": pass a number and make the type from it on each side");
        }
    }
    panic_with(&message);
}
