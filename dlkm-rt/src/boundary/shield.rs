//! Writers of a caller, so that they get text and bytes and never `fmt::Arguments`.
//!
//! `write_fmt` is a method of a writer, which may override it and keep a literal of the format
//! string: `fmt::Arguments::as_str` returns it as `&'static str`. The export of a function puts a
//! `Shield` in front of such a writer. A module that formats into it calls the provided
//! `write_fmt` in its own image, which calls the writer with pieces of text that can't be kept.

use std::fmt;
use std::io::{self, IoSlice};
use std::marker::PhantomData;
use std::ops::Deref;

/// A writer that passes on everything but `fmt::Arguments`.
#[derive(Debug)]
pub struct Shield<'a, W: ?Sized>(&'a mut W);

impl<W: io::Write + ?Sized> io::Write for Shield<'_, W> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    #[inline]
    fn write_vectored(&mut self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(bytes)
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    #[inline]
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W: fmt::Write + ?Sized> fmt::Write for Shield<'_, W> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }
}

/// Any other argument, as it is.
#[derive(Debug)]
pub struct Unshielded<'a, T: ?Sized>(&'a mut T);

impl<T: ?Sized> Unshielded<'_, T> {
    /// The argument of the driver's function.
    #[inline]
    pub fn get(&mut self) -> &mut T {
        self.0
    }
}

/// Puts a `Shield` in front of a `&mut T` if `T` is a writer of std. The macros can't know that:
/// they see a trait with the name `Write`. The method of the writers' own implementations comes
/// before that of `Other`.
#[derive(Debug)]
pub struct Shielding<T: ?Sized>(Other<T>);

/// What `Shielding` leads to for other types.
#[derive(Debug)]
pub struct Other<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Shielding<T> {
    /// For a `&mut T`.
    pub const NEW: Self = Shielding(Other(PhantomData));
}

impl<T: ?Sized> Deref for Shielding<T> {
    type Target = Other<T>;

    #[inline]
    fn deref(&self) -> &Other<T> {
        &self.0
    }
}

impl<T: ?Sized> Other<T> {
    /// Leaves the argument as it is.
    #[inline]
    pub fn wrap<'a>(&self, argument: &'a mut T) -> Unshielded<'a, T> {
        Unshielded(argument)
    }
}

macro_rules! writers {
    ($($($bound:path)+;)*) => {$(
        impl<'o> Shielding<dyn $($bound +)+ 'o> {
            /// Puts a `Shield` in front of the writer.
            #[inline]
            pub fn wrap<'a>(
                &self,
                writer: &'a mut (dyn $($bound +)+ 'o),
            ) -> Shield<'a, dyn $($bound +)+ 'o> {
                Shield(writer)
            }
        }

        impl<'o> Shield<'_, dyn $($bound +)+ 'o> {
            /// The argument of the driver's function.
            #[inline]
            pub fn get<'s>(&'s mut self) -> &'s mut (dyn $($bound +)+ 's) {
                self
            }
        }
    )*};
}

writers! {
    io::Write;
    io::Write Send;
    io::Write Sync;
    io::Write Send Sync;
    fmt::Write;
    fmt::Write Send;
    fmt::Write Sync;
    fmt::Write Send Sync;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps what it can.
    #[derive(Default)]
    struct Keeper {
        kept: Vec<&'static str>,
        text: String,
    }

    impl fmt::Write for Keeper {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.text.push_str(text);
            Ok(())
        }

        fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> fmt::Result {
            self.kept.extend(arguments.as_str());
            fmt::write(self, arguments)
        }
    }

    impl io::Write for Keeper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.text.push_str(&String::from_utf8_lossy(bytes));
            Ok(bytes.len())
        }

        fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> io::Result<()> {
            self.kept.extend(arguments.as_str());
            self.write_all(arguments.to_string().as_bytes())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_shielded_writer_gets_the_text_and_keeps_nothing() {
        let mut keeper = Keeper::default();
        {
            let writer: &mut (dyn io::Write + Send) = &mut keeper;
            let mut shield = Shielding::<dyn io::Write + Send>::NEW.wrap(writer);
            let writer = shield.get();
            write!(writer, "literal ").unwrap();
            write!(writer, "{} ", 1).unwrap();
            writer.flush().unwrap();
        }
        {
            let writer: &mut dyn fmt::Write = &mut keeper;
            let mut shield = Shielding::<dyn fmt::Write>::NEW.wrap(writer);
            let writer = shield.get();
            write!(writer, "more ").unwrap();
            write!(writer, "{}", 2).unwrap();
        }
        assert_eq!(keeper.text, "literal 1 more 2");
        assert!(keeper.kept.is_empty(), "{:?}", keeper.kept);
        let writer: &mut dyn fmt::Write = &mut keeper;
        write!(writer, "kept").unwrap();
        assert_eq!(keeper.kept, ["kept"]);
    }

    #[test]
    fn an_authors_own_trait_is_left_alone() {
        trait Write {
            fn write(&mut self) -> u8;
        }

        impl Write for u8 {
            fn write(&mut self) -> u8 {
                *self += 1;
                *self
            }
        }

        let mut number = 1;
        let writer: &mut dyn Write = &mut number;
        let mut same = Shielding::<dyn Write>::NEW.wrap(writer);
        assert_eq!(same.get().write(), 2);
    }
}
