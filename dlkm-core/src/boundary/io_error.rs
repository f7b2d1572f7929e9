//! Errors of another image's reader or writer, made anew for this one.

use std::io;

use crate::error::ErrorText;

/// An error with the same kind, number and texts, of which nothing is another image's: neither
/// code, nor a static text.
#[cold]
#[inline]
pub(in crate::boundary) fn made_anew(error: io::Error) -> io::Error {
    if let Some(number) = error.raw_os_error() {
        return io::Error::from_raw_os_error(number);
    }
    let kind = error.kind();
    let text = match error.get_ref() {
        Some(inner) => ErrorText::new(inner),
        None if format!("{error}") == format!("{kind}") => return kind.into(),
        // A static text of std.
        None => ErrorText::new(&error),
    };
    io::Error::new(kind, text)
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::fmt;
    use std::io::Read;

    use super::*;

    #[derive(Debug)]
    struct Outer(Inner);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the outer one")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    /// It is its own source.
    #[derive(Debug)]
    struct Inner;

    impl fmt::Display for Inner {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the inner one")?;
            Err(fmt::Error)
        }
    }

    impl Error for Inner {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    #[test]
    fn number_and_kind_stay() {
        let error = made_anew(io::Error::from_raw_os_error(28));
        assert_eq!(error.raw_os_error(), Some(28));
        let error = made_anew(io::ErrorKind::Interrupted.into());
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
        assert!(error.get_ref().is_none(), "it needs no memory");
    }

    #[test]
    fn a_static_text_becomes_an_own_one() {
        let error = (&b"a"[..]).read_exact(&mut [0; 2]).unwrap_err();
        assert!(error.get_ref().is_none());
        let anew = made_anew(error);
        assert_eq!(anew.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(anew.to_string(), "failed to fill whole buffer");
        assert!(anew.get_ref().unwrap().is::<ErrorText>());
    }

    #[test]
    fn texts_stay_and_code_does_not() {
        let error = io::Error::new(io::ErrorKind::TimedOut, Outer(Inner));
        let anew = made_anew(error);
        assert_eq!(anew.kind(), io::ErrorKind::TimedOut);
        assert_eq!(anew.to_string(), "the outer one");
        assert!(format!("{anew:?}").contains("Outer(Inner)"), "{anew:?}");
        let source = anew.source().unwrap();
        assert_eq!(source.to_string(), "the inner one");
        assert!(!source.is::<Inner>());
        assert!(anew.downcast::<Outer>().is_err());
    }
}
