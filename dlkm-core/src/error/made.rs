//! Variants that only dlkm makes.

/// Declares an error's enum. Its variants are `#[non_exhaustive]`, so that fields can be added; but then only
/// this crate can make them. So there is a struct with the same fields for each of them in module `$made`, and
/// the kernel makes the variant from that, and first calls `$first`, if there is one. A type that is named like
/// a variant needs its path.
macro_rules! errors {
    (
        mod $made:ident;
        $(use $first:ident as first;)?

        $(#[$about_enum:meta])*
        pub enum $error:ident {
            $(
                $(#[$about:meta])*
                $variant:ident $({
                    $($(#[$about_field:meta])* $field:ident: $type:ty,)*
                })?,
            )*
        }
    ) => {
        $(#[$about_enum])*
        #[non_exhaustive]
        pub enum $error {
            $(
                $(#[$about])*
                $variant $({ $($(#[$about_field])* $field: $type,)* })?,
            )*
        }

        #[doc(hidden)]
        pub mod $made {
            use super::*;

            #[inline]
            fn first() {
                $($first();)?
            }

            $($(
                pub struct $variant { $(pub $field: $type,)* }

                #[doc(hidden)]
                impl From<$variant> for $error {
                    #[inline]
                    fn from(made: $variant) -> Self {
                        first();
                        let $variant { $($field,)* } = made;
                        $error::$variant { $($field,)* }
                    }
                }
            )?)*
        }
    };
}
pub(super) use errors;
