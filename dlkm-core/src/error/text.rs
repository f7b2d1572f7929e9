//! What crosses in place of an error of another image: its texts.

use std::error::Error;
use std::fmt;

/// The texts of an error and of its sources. The error itself must not cross: it is code of its
/// image; and a `dyn Error` can be downcast, while types with equal ids in two images need not have
/// the same layout.
pub struct ErrorText {
    display: String,
    debug: String,
    source: Option<Box<ErrorText>>,
}

impl ErrorText {
    /// The most errors of one chain of sources whose texts it has: an error may be its own source.
    const MOST: usize = 32;

    #[inline]
    pub(crate) fn new(error: &(dyn Error + 'static)) -> Self {
        Self::of_chain(error, Self::MOST)
    }

    #[inline]
    fn of_chain(error: &(dyn Error + 'static), most: usize) -> Self {
        let source = error.source().filter(|_| most > 1);
        ErrorText {
            display: text(format_args!("{error}")),
            debug: text(format_args!("{error:?}")),
            source: source.map(|source| Box::new(Self::of_chain(source, most - 1))),
        }
    }
}

/// Unlike `to_string`, it does not panic if an author's `fmt` fails.
#[inline]
fn text(shown: fmt::Arguments<'_>) -> String {
    let mut text = String::new();
    // What came before the failure is all there is.
    let _ = fmt::write(&mut text, shown);
    text
}

impl fmt::Display for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display)
    }
}

impl fmt::Debug for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.debug)
    }
}

impl Error for ErrorText {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
