//! A type's name as in a signature: with its arguments, without its path.

use std::marker::PhantomData;

use super::description::{Form, Interface, Parts};
use dlkm_metadata::write::Text;

/// Writes a type's name as in a signature.
pub(super) const fn name<T: Interface + ?Sized, const N: usize>(out: &mut Text<N>) {
    let ty = T::TYPE;
    match ty.form {
        Form::Primitive | Form::Library | Form::Smart | Form::Struct | Form::Enum => {
            out.put(ty.name);
            arguments::<T::Args, N>(out);
        }
        Form::Object => {
            let bracket = !ty.repr.is_empty();
            if bracket {
                out.put("(");
            }
            out.put(ty.name);
            arguments::<T::Args, N>(out);
            out.put(ty.repr);
            if bracket {
                out.put(")");
            }
        }
        Form::Ref => pointer::<T, N>("&", out),
        Form::RefMut => pointer::<T, N>("&mut ", out),
        Form::Pointer => pointer::<T, N>("*const ", out),
        Form::PointerMut => pointer::<T, N>("*mut ", out),
        Form::Slice => {
            out.put("[");
            names::<T::Parts, N>(out);
            out.put("]");
        }
        Form::Array(length) => {
            out.put("[");
            names::<T::Parts, N>(out);
            out.put("; ");
            out.number(length as i128);
            out.put("]");
        }
        Form::Tuple => {
            out.put("(");
            names::<T::Parts, N>(out);
            out.put(if T::Parts::COUNT == 1 { ",)" } else { ")" });
        }
        Form::Arguments => {
            out.put("(");
            names::<T::Parts, N>(out);
            out.put(")");
        }
        Form::Function | Form::Closure => {
            let bracket = !ty.repr.is_empty();
            if bracket {
                out.put("(");
            }
            out.put(ty.name);
            name::<<<T::Parts as Parts>::Left as Parts>::This, N>(out);
            returns::<<<T::Parts as Parts>::Right as Parts>::This, N>(out);
            out.put(ty.repr);
            if bracket {
                out.put(")");
            }
        }
    }
}

const fn pointer<T: Interface + ?Sized, const N: usize>(mark: &str, out: &mut Text<N>) {
    out.put(mark);
    names::<T::Parts, N>(out);
}

const fn returns<T: Interface + ?Sized, const N: usize>(out: &mut Text<N>) {
    if T::TYPE.digest != <() as Interface>::TYPE.digest {
        out.put(" -> ");
        name::<T, N>(out);
    }
}

const fn arguments<P: Parts, const N: usize>(out: &mut Text<N>) {
    if P::COUNT > 0 {
        out.put("<");
        names::<P, N>(out);
        out.put(">");
    }
}

/// Writes the names of a list, with commas in between.
const fn names<P: Parts, const N: usize>(out: &mut Text<N>) {
    match P::COUNT {
        0 => {}
        1 => name::<P::This, N>(out),
        _ => {
            names::<P::Left, N>(out);
            out.put(", ");
            names::<P::Right, N>(out);
        }
    }
}

/// Writes the name of one type of a list.
pub(super) const fn nth<P: Parts, const N: usize>(index: usize, out: &mut Text<N>) {
    match P::COUNT {
        0 => {}
        1 => name::<P::This, N>(out),
        _ if index < P::Left::COUNT => nth::<P::Left, N>(index, out),
        _ => nth::<P::Right, N>(index - P::Left::COUNT, out),
    }
}

/// The maximum length of a function's text, in bytes.
const FUNCTION: usize = 1 << 12;

/// A function of ABI C as one line of text: `extern "C" fn(u32, &Point) -> i32`. The types
/// have the names from their declarations.
pub const fn c_text<P: Parts, R: Interface>() -> &'static str {
    CText::<P, R>::TEXT
}

struct CText<P, R>(PhantomData<(P, R)>);

impl<P: Parts, R: Interface> CText<P, R> {
    const WRITTEN: &'static Text<FUNCTION> = &{
        let mut out = Text::new();
        name::<super::Function<2, P, R>, FUNCTION>(&mut out);
        assert!(out.length() <= FUNCTION, "a function's type is too long");
        out
    };
    const TEXT: &'static str = match std::str::from_utf8(Self::WRITTEN.bytes()) {
        Ok(text) => text,
        Err(_) => "",
    };
}
