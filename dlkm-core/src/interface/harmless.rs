//! Types that contain only numbers and text, as most do. Knowing them saves the compiler the walks
//! through a type.

use std::marker::PhantomData;

use super::description::{Crossing, Form, Interface, One, Parts};
use super::identity::{Seen, identity, is_by_hand, is_own};

/// What a value of a type contains.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// Neither references nor code, and nothing that is not described.
    Harmless,
    Other,
    /// Nothing else so far, but more types than the walks can follow.
    TooMany,
}

/// Whether that is nothing but numbers and text.
pub(super) const fn is_harmless<T: Interface + ?Sized>() -> bool {
    matches!(content::<T>(), Content::Harmless)
}

/// What a value of `T` contains. The compiler computes it once for each type.
pub(super) const fn content<T: Interface + ?Sized>() -> Content {
    Of::<T>::CONTENT
}

/// Carries the constant of a type.
struct Of<T: ?Sized>(PhantomData<T>);

impl<T: Interface + ?Sized> Of<T> {
    // rustc shows this line and the comment in it.
    const CONTENT: Content = walk::<T>(); // Stack frames? Write #![recursion_limit = "512"]
}

const fn walk<T: Interface + ?Sized>() -> Content {
    content_of::<One<T>>(&mut Seen::new())
}

/// The compiler limits how deep calls go, so this calls itself once for each level of types.
const fn content_of<P: Parts>(seen: &mut Seen) -> Content {
    match P::COUNT {
        0 => Content::Harmless,
        1 => {
            let ty = &<P::This as Interface>::TYPE;
            if is_by_hand(ty) {
                return Content::Other;
            }
            if is_own(ty) {
                let identity = identity::<P::This>();
                if seen.position(identity).is_some() {
                    return Content::Harmless;
                }
                if seen.is_full() {
                    return Content::TooMany;
                }
                seen.add(identity);
            }
            let code = matches!(
                ty.form,
                Form::Ref | Form::RefMut | Form::Function | Form::Closure | Form::Object
            );
            if code || !matches!(ty.crossing, Crossing::Data) {
                return Content::Other;
            }
            content_of::<<P::This as Interface>::Parts>(seen)
        }
        _ => match content_of::<P::Left>(seen) {
            Content::Harmless => content_of::<P::Right>(seen),
            other => other,
        },
    }
}
