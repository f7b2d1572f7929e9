//! Readers and writers of a caller, of which neither side can keep anything.
//!
//! A module could keep an error of the caller's reader: `io::Error` may carry code, and a static
//! text. The caller's writer could keep a literal of the module: `write_fmt` is a method of a
//! writer, which may override it, and `fmt::Arguments::as_str` returns the text of the format
//! string as `&'static str`. So the export of a function puts a `Shield` in front of them. The
//! module gets errors that its own image has made. If it formats into the shield, it calls the
//! provided `write_fmt` in its own image, which calls the writer with pieces of text that can't be
//! kept.

use std::fmt;
use std::io::{self, IoSlice, SeekFrom};
use std::marker::PhantomData;
use std::ops::Deref;

use super::io_error::made_anew;

/// A reader or writer that passes on everything but errors and `fmt::Arguments`.
#[derive(Debug)]
pub struct Shield<'a, T: ?Sized>(&'a mut T);

/// The result of a method of the caller's reader or writer, for this image.
#[inline]
fn ours<T>(result: io::Result<T>) -> io::Result<T> {
    result.map_err(made_anew)
}

// Not `read_vectored`, which could leave one of the reader's own buffers among the module's.
impl<R: io::Read + ?Sized> io::Read for Shield<'_, R> {
    #[inline]
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        ours(self.0.read(bytes))
    }

    #[inline]
    fn read_to_end(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        ours(self.0.read_to_end(bytes))
    }

    #[inline]
    fn read_to_string(&mut self, text: &mut String) -> io::Result<usize> {
        ours(self.0.read_to_string(text))
    }

    #[inline]
    fn read_exact(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        ours(self.0.read_exact(bytes))
    }
}

impl<R: io::BufRead + ?Sized> io::BufRead for Shield<'_, R> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        ours(self.0.fill_buf())
    }

    #[inline]
    fn consume(&mut self, count: usize) {
        self.0.consume(count);
    }

    #[inline]
    fn read_until(&mut self, byte: u8, bytes: &mut Vec<u8>) -> io::Result<usize> {
        ours(self.0.read_until(byte, bytes))
    }

    #[inline]
    fn skip_until(&mut self, byte: u8) -> io::Result<usize> {
        ours(self.0.skip_until(byte))
    }

    #[inline]
    fn read_line(&mut self, text: &mut String) -> io::Result<usize> {
        ours(self.0.read_line(text))
    }
}

impl<S: io::Seek + ?Sized> io::Seek for Shield<'_, S> {
    #[inline]
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        ours(self.0.seek(to))
    }

    #[inline]
    fn rewind(&mut self) -> io::Result<()> {
        ours(self.0.rewind())
    }

    #[inline]
    fn stream_position(&mut self) -> io::Result<u64> {
        ours(self.0.stream_position())
    }

    #[inline]
    fn seek_relative(&mut self, by: i64) -> io::Result<()> {
        ours(self.0.seek_relative(by))
    }
}

impl<W: io::Write + ?Sized> io::Write for Shield<'_, W> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        ours(self.0.write(bytes))
    }

    #[inline]
    fn write_vectored(&mut self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        ours(self.0.write_vectored(bytes))
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        ours(self.0.write_all(bytes))
    }

    #[inline]
    fn flush(&mut self) -> io::Result<()> {
        ours(self.0.flush())
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

/// Puts a `Shield` in front of a `&mut T` if `T` is a reader or writer of std. The macros can't
/// know that: they see a trait with the name `Read` or `Write`. The methods for readers and writers
/// come before that of `Other`.
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

macro_rules! shielded {
    ($($($bound:path)+;)*) => {$(
        impl<'o> Shielding<dyn $($bound +)+ 'o> {
            /// Puts a `Shield` in front of the argument.
            #[inline]
            pub fn wrap<'a>(
                &self,
                argument: &'a mut (dyn $($bound +)+ 'o),
            ) -> Shield<'a, dyn $($bound +)+ 'o> {
                Shield(argument)
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

shielded! {
    io::Read;
    io::Read Send;
    io::Read Sync;
    io::Read Send Sync;
    io::BufRead;
    io::BufRead Send;
    io::BufRead Sync;
    io::BufRead Send Sync;
    io::Seek;
    io::Seek Send;
    io::Seek Sync;
    io::Seek Send Sync;
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

    /// Reads `ab`, and then fails.
    struct Failing {
        buffer: &'static [u8],
    }

    impl io::Read for Failing {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            match io::Read::read(&mut self.buffer, bytes)? {
                0 => Err(io::Error::other("own text")),
                count => Ok(count),
            }
        }
    }

    impl io::BufRead for Failing {
        fn fill_buf(&mut self) -> io::Result<&[u8]> {
            match self.buffer {
                [] => Err(io::Error::other("own text")),
                buffer => Ok(buffer),
            }
        }

        fn consume(&mut self, count: usize) {
            self.buffer = &self.buffer[count..];
        }
    }

    impl io::Seek for Failing {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Err(io::Error::other("own text"))
        }
    }

    impl io::Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("own text"))
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::Error::other("own text"))
        }
    }

    #[test]
    fn every_method_gives_errors_of_ones_own() {
        fn is_anew<T: fmt::Debug>(result: io::Result<T>) {
            let error = result.unwrap_err();
            assert_eq!(error.to_string(), "own text");
            assert!(
                error.get_ref().unwrap().is::<crate::error::ErrorText>(),
                "{error:?}"
            );
        }

        let mut failing = Failing { buffer: b"ab" };
        let (mut bytes, mut text) = (Vec::new(), String::new());
        {
            let mut shield = Shielding::<dyn io::BufRead>::NEW.wrap(&mut failing);
            let reader = shield.get();
            assert_eq!(reader.fill_buf().unwrap(), b"ab");
            assert_eq!(reader.read_until(b'a', &mut bytes).unwrap(), 1);
            assert_eq!((reader.skip_until(b'b').unwrap(), &*bytes), (1, &b"a"[..]));
            is_anew(reader.read(&mut [0]));
            is_anew(reader.read_vectored(&mut [io::IoSliceMut::new(&mut [0])]));
            is_anew(reader.read_exact(&mut [0]));
            is_anew(reader.read_to_end(&mut bytes));
            is_anew(reader.read_to_string(&mut text));
            is_anew(reader.fill_buf());
            is_anew(reader.read_until(0, &mut bytes));
            is_anew(reader.skip_until(0));
            is_anew(reader.read_line(&mut text));
        }
        let mut shield = Shielding::<dyn io::Read>::NEW.wrap(&mut failing);
        is_anew(shield.get().read(&mut [0]));
        let mut shield = Shielding::<dyn io::Seek>::NEW.wrap(&mut failing);
        is_anew(shield.get().seek(SeekFrom::Start(0)));
        is_anew(shield.get().rewind());
        is_anew(shield.get().stream_position());
        is_anew(shield.get().seek_relative(1));
        let mut shield = Shielding::<dyn io::Write>::NEW.wrap(&mut failing);
        is_anew(shield.get().write(b"x"));
        is_anew(shield.get().write_all(b"x"));
        is_anew(shield.get().write_vectored(&[IoSlice::new(b"x")]));
        is_anew(shield.get().flush());
        is_anew(write!(shield.get(), "{}", 1));
    }

    /// Leaves one of its own buffers in the place of the caller's.
    struct Leaving(Option<&'static mut [u8]>);

    impl io::Read for Leaving {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            bytes.fill(1);
            Ok(bytes.len())
        }

        fn read_vectored(&mut self, buffers: &mut [io::IoSliceMut<'_>]) -> io::Result<usize> {
            if let Some(own) = self.0.take() {
                buffers[0] = io::IoSliceMut::new(own);
            }
            Ok(0)
        }
    }

    #[test]
    fn a_reader_can_leave_no_buffer_behind() {
        let mut leaving = Leaving(Some(Vec::from([7; 3]).leak()));
        let mut bytes = [0; 2];
        let mut buffers = [io::IoSliceMut::new(&mut bytes)];
        let mut shield = Shielding::<dyn io::Read>::NEW.wrap(&mut leaving);
        assert_eq!(shield.get().read_vectored(&mut buffers).unwrap(), 2);
        assert_eq!(*buffers[0], [1, 1]);
        assert_eq!(
            io::Read::read_vectored(&mut leaving, &mut buffers).unwrap(),
            0
        );
        assert_eq!(*buffers[0], [7, 7, 7], "it would have left this one");
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
