//! What an image may leave behind, in words.

use std::marker::PhantomData;

use super::description::Interface;
use super::name::name;
use dlkm_metadata::write::Text;

/// Something that may be left behind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) what: What,
    /// The type, as in a signature.
    pub(super) name: &'static str,
    pub(super) way: Way,
    pub(super) within: Option<Member>,
}

/// A field or a method of a user-defined type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// The type's name; of a trait, with `dyn`.
    pub(super) owner: &'static str,
    pub(super) name: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Borrow,
    Function,
    Object,
    /// Code that its parts don't show.
    Code,
    /// It refers to its own image while it is empty.
    Empty,
    /// An object of the image, with methods of std's traits.
    Methods,
    /// A writer of another image, which gets the image's texts.
    Writer,
    /// It is not described.
    Opaque,
    /// Too many types to look at.
    Many,
}

/// The path by which it leaves the image.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// In an argument or the result.
    Straight,
    /// It can be put in a place that the other side has.
    Back,
    /// By a call of a callback or a method.
    Call,
}

impl Found {
    /// Writes what a function does, to follow its name; `result` says that it is in the result.
    pub(super) const fn write<const N: usize>(&self, result: bool, out: &mut Text<N>) {
        match (self.what, self.way) {
            (What::Methods | What::Writer | What::Opaque | What::Many, _) | (_, Way::Straight) => {
                out.put(if result { "returns " } else { "takes " });
            }
            (_, Way::Back) => out.put("can leave "),
            (_, Way::Call) => out.put("passes "),
        }
        match self.what {
            What::Borrow => out.put("a borrow, "),
            What::Function => out.put("a function pointer, "),
            What::Many => {
                out.put("more types than dlkm looks at");
                return;
            }
            _ => {}
        }
        out.put("`");
        out.put(self.name);
        out.put("`");
        if let What::Borrow | What::Function = self.what
            && !matches!(self.way, Way::Straight)
        {
            out.put(",");
        }
        match (self.what, self.way) {
            (What::Object, Way::Straight) => out.put(", whose code is the module's"),
            (What::Methods, _) => out.put(", whose methods return errors that may carry code"),
            (What::Writer, _) => out.put(", whose `write_fmt` may keep text of the module"),
            (What::Opaque, _) => out.put(", which may contain anything"),
            (What::Code, Way::Straight) => out.put(", which may carry code"),
            (What::Empty, Way::Straight) => {
                out.put(", which refers to its own image while it is empty")
            }
            (_, Way::Straight) => {}
            (_, Way::Back) if result => out.put(" in its result"),
            (_, Way::Back) => out.put(" in an argument"),
            (_, Way::Call) => out.put(" through a callback or a method"),
        }
        if let Some(Member { owner, name }) = self.within {
            out.put(", in `");
            match owner.as_bytes() {
                [b'd', b'y', b'n', b' ', owner @ ..] => {
                    out.put_bytes(owner);
                    out.put("::");
                }
                owner => {
                    out.put_bytes(owner);
                    out.put(".");
                }
            }
            out.put(name);
            out.put("`");
        }
    }
}

/// The maximum length of a type's name here, in bytes.
const NAME: usize = 256;

/// The name of `T` as in a signature; if it is too long, without its arguments.
pub(super) const fn name_of<T: Interface + ?Sized>() -> &'static str {
    Of::<T>::NAME
}

/// Carries the constants of a type.
struct Of<T: ?Sized>(PhantomData<T>);

impl<T: Interface + ?Sized> Of<T> {
    const WRITTEN: &'static Text<NAME> = &{
        let mut out = Text::new();
        name::<T, NAME>(&mut out);
        out
    };
    const NAME: &'static str = match std::str::from_utf8(Self::WRITTEN.bytes()) {
        Ok(name) if Self::WRITTEN.length() <= NAME => name,
        _ => T::TYPE.name,
    };
}
