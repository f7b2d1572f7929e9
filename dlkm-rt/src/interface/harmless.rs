//! Types that contain only numbers and text, as most do. Knowing them saves the compiler the walks
//! through a type.

use std::marker::PhantomData;

use super::description::{Crossing, Form, Interface, Parts};
use super::identity::{Seen, identity, is_own};

/// Whether a value of `T` contains neither references nor code, and nothing that is not described.
/// The compiler computes it once for each type.
pub(super) const fn is_harmless<T: Interface + ?Sized>() -> bool {
    Of::<T>::HARMLESS
}

/// Carries the constant of a type.
struct Of<T: ?Sized>(PhantomData<T>);

impl<T: Interface + ?Sized> Of<T> {
    const HARMLESS: bool = value::<T>(&mut Seen::new());
}

const fn value<T: Interface + ?Sized>(seen: &mut Seen) -> bool {
    let ty = &T::TYPE;
    if is_own(ty) {
        let identity = identity::<T>();
        if seen.position(identity).is_some() {
            return true;
        }
        seen.add(identity);
    }
    let code = matches!(
        ty.form,
        Form::Ref | Form::RefMut | Form::Function | Form::Closure | Form::Object
    );
    !code && matches!(ty.crossing, Crossing::Data) && values::<T::Parts>(seen)
}

const fn values<P: Parts>(seen: &mut Seen) -> bool {
    match P::COUNT {
        0 => true,
        1 => value::<P::This>(seen),
        _ => values::<P::Left>(seen) && values::<P::Right>(seen),
    }
}
