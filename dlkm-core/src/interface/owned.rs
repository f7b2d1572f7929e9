//! Which types own everything that they consist of, so that a value can outlive the image that
//! made it.

use super::check::{MESSAGE, panic_with};
use super::description::{Crossing, Form, Interface, Parts, digest};
use super::identity::{MOST_TYPES, Seen, identity, is_own};
use super::name::name;
use dlkm_metadata::write::Text;

/// Rejects a type that does not own everything that it consists of.
///
/// # Panics
/// At compile time, if a value of the type may lead to an image.
#[track_caller]
pub const fn check_owned<T: Interface>() {
    let mut walk = Owned {
        seen: Seen::new(),
        message: Text::new(),
    };
    walk.value::<T>();
    panic_with(&walk.message);
}

struct Owned {
    seen: Seen<MOST_TYPES>,
    message: Text<MESSAGE>,
}

impl Owned {
    const fn value<T: Interface + ?Sized>(&mut self) {
        let ty = &T::TYPE;
        if self.message.length() > 0 {
            return;
        }
        if is_own(ty) {
            let identity = identity::<T>();
            if self.seen.position(identity).is_some() {
                return;
            }
            self.seen.add(identity);
        }
        let leads = matches!(
            ty.form,
            Form::Ref
                | Form::RefMut
                | Form::Pointer
                | Form::PointerMut
                | Form::Function
                | Form::Closure
                | Form::Object
        );
        let opaque = matches!(ty.form, Form::Library) && ty.digest == digest("opaque");
        if leads || opaque || !matches!(ty.crossing, Crossing::Data | Crossing::Cell) {
            self.message
                .put("a state that an upgrade hands over must own all that it consists of, but `");
            name::<T, MESSAGE>(&mut self.message);
            self.message.put(
                "` in it may lead to the image of the old version: keep numbers, text and \
                 collections of such types in it, or let `save` return bytes",
            );
            return;
        }
        self.parts::<T::Parts>();
    }

    const fn parts<P: Parts>(&mut self) {
        match P::COUNT {
            0 => {}
            1 => self.value::<P::This>(),
            _ => {
                self.parts::<P::Left>();
                self.parts::<P::Right>();
            }
        }
    }
}
