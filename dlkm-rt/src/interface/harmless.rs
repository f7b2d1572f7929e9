//! Types that contain only numbers and text, as most do. Knowing them saves the compiler the walks
//! through a type.

use std::marker::PhantomData;

use super::description::{Crossing, Form, Interface, One, Parts};
use super::identity::{Seen, identity, is_by_hand, is_own};

/// Whether a value of `T` contains neither references nor code, and nothing that is not described.
/// The compiler computes it once for each type.
pub(super) const fn is_harmless<T: Interface + ?Sized>() -> bool {
    Of::<T>::HARMLESS
}

/// Carries the constant of a type.
struct Of<T: ?Sized>(PhantomData<T>);

impl<T: Interface + ?Sized> Of<T> {
    // rustc shows this line and the comment in it.
    const HARMLESS: bool = walk::<T>(); // Too deep? #![recursion_limit = "512"] in your crates
}

const fn walk<T: Interface + ?Sized>() -> bool {
    are_harmless::<One<T>>(&mut Seen::new())
}

/// The compiler limits how deep calls go, so this calls itself once for each level of types.
const fn are_harmless<P: Parts>(seen: &mut Seen) -> bool {
    match P::COUNT {
        0 => true,
        1 => {
            let ty = &<P::This as Interface>::TYPE;
            if is_by_hand(ty) {
                return false;
            }
            if is_own(ty) {
                let identity = identity::<P::This>();
                if seen.position(identity).is_some() {
                    return true;
                }
                seen.add(identity);
            }
            let code = matches!(
                ty.form,
                Form::Ref | Form::RefMut | Form::Function | Form::Closure | Form::Object
            );
            !code
                && matches!(ty.crossing, Crossing::Data)
                && are_harmless::<<P::This as Interface>::Parts>(seen)
        }
        _ => are_harmless::<P::Left>(seen) && are_harmless::<P::Right>(seen),
    }
}
