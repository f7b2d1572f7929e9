//! Async functions of all kinds, in a crate with strict lints.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, unused, nonstandard_style)]
#![deny(rust_2018_idioms, let_underscore, keyword_idents, future_incompatible)]
#![deny(missing_debug_implementations, missing_copy_implementations, single_use_lifetimes)]
#![deny(unused_qualifications, unused_results, unused_lifetimes, refining_impl_trait)]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

/// Every kind of async function.
#[module(name = "every")]
pub trait Every {
    /// Nothing at all.
    #[ustub]
    async fn none() -> Result<(), LoadError>;

    /// By value.
    #[ustub]
    #[must_use = "it is long"]
    async fn owned(text: String, number: u64) -> Result<String, LoadError>;

    /// Borrowed.
    #[ustub]
    async fn borrowed(text: &str) -> Result<&str, LoadError>;

    /// Borrowed from several.
    #[ustub]
    async fn several<'a>(
        into: &'a mut Vec<String>,
        from: &[&str],
        call: &(dyn Fn(&str) -> String + Sync),
    ) -> Result<&'a String, LoadError>;

    /// A fallback, which is async as well.
    #[ustub(or = own_length)]
    async fn length(text: &str) -> usize;

    /// A fallback that returns a future.
    #[ustub(or = boxed)]
    async fn twice(number: u64) -> u64;

    /// Weak, and without a result.
    #[wstub(or = nothing)]
    async fn notify(_: u32);

    /// Pinned down.
    #[stub]
    async fn keep() -> Result<u8, LoadError>;

    /// More arguments than any export of the runtime takes.
    #[allow(clippy::too_many_arguments)]
    #[ustub]
    async fn many(
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        i: u8,
        j: u8,
        k: u8,
        l: u8,
        m: &[u8],
    ) -> Result<u8, LoadError>;

    /// Not async, beside the others.
    #[ustub]
    fn plain(future: u8, frame: u8) -> Result<u8, LoadError>;

    /// Arguments with the names of generated items.
    #[ustub]
    async fn names(future: u8, _hold: u8, error: u8, code: u8) -> Result<u8, LoadError>;
}

async fn own_length(text: &str) -> usize {
    text.len()
}

fn boxed(number: u64) -> std::pin::Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move { number })
}

async fn nothing(_: u32) {}

/// The driver.
#[derive(Clone, Copy, Debug)]
pub struct Driver;

#[module]
impl Every for Driver {
    async fn none() -> Result<(), LoadError> {
        Ok(())
    }

    async fn owned(text: String, number: u64) -> Result<String, LoadError> {
        std::future::ready(()).await;
        Ok(format!("{text} {number}"))
    }

    async fn borrowed(text: &str) -> Result<&str, LoadError> {
        Ok(&text[1..])
    }

    async fn several<'a>(
        into: &'a mut Vec<String>,
        from: &[&str],
        call: &(dyn Fn(&str) -> String + Sync),
    ) -> Result<&'a String, LoadError> {
        into.extend(from.iter().map(|text| call(text)));
        Ok(&into[0])
    }

    async fn length(text: &str) -> usize {
        10 * text.len()
    }

    // A driver may leave the keyword out.
    fn twice(number: u64) -> impl Future<Output = u64> + Send {
        std::future::ready(2 * number)
    }

    async fn notify(_: u32) {}

    async fn keep() -> Result<u8, LoadError> {
        Ok(7)
    }

    async fn many(
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        i: u8,
        j: u8,
        k: u8,
        l: u8,
        m: &[u8],
    ) -> Result<u8, LoadError> {
        Ok(a + b + c + d + e + f + g + h + i + j + k + l + m[0])
    }

    fn plain(future: u8, frame: u8) -> Result<u8, LoadError> {
        Ok(future + frame)
    }

    async fn names(future: u8, hold: u8, error: u8, code: u8) -> Result<u8, LoadError> {
        Ok(future + hold + error + code)
    }
}

/// All policies but the default.
#[module(on_panic = fallback)]
pub trait Meek {
    /// A panic is its error.
    #[ustub]
    async fn dare(text: &str) -> Result<u8, LoadError>;
}

#[module]
impl Meek for Driver {
    async fn dare(text: &str) -> Result<u8, LoadError> {
        std::future::ready(()).await;
        assert_eq!(text, "fine");
        Ok(1)
    }
}

/// Here too.
#[module(on_panic = unload)]
pub trait Proud {
    /// A panic unloads it.
    #[ustub]
    async fn dare(text: &str) -> Result<u8, LoadError>;
}

#[module]
impl Proud for Driver {
    async fn dare(_: &str) -> Result<u8, LoadError> {
        Ok(1)
    }
}

fn ready<F: Future + Send>(future: F) -> F::Output {
    let poll = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(output) = poll else {
        panic!("it is not ready");
    };
    output
}

fn main() {
    assert_eq!(ready(every::twice(4)), 4);
    assert_eq!(ready(every::length("text")), 4);
    assert!(ready(every::none()).is_err());
    assert!(Kernel::boot(ModuleRoot::none()).is_ok());
    assert!(ready(every::none()).is_ok());
    assert_eq!(ready(every::owned("text".to_owned(), 4)).unwrap(), "text 4");
    assert_eq!(ready(every::borrowed("text")).unwrap(), "ext");
    let mut into = Vec::new();
    let several = every::several(&mut into, &["a", "b"], &|text| format!("{text}!"));
    assert_eq!(ready(several).unwrap(), "a!");
    assert_eq!(into, ["a!", "b!"]);
    assert_eq!(ready(every::length("text")), 40);
    assert_eq!(ready(every::twice(4)), 8);
    ready(every::notify(1));
    assert_eq!(ready(every::keep()).unwrap(), 7);
    assert_eq!(ready(every::many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, &[13])).unwrap(), 91);
    assert_eq!(every::plain(1, 2).unwrap(), 3);
    assert_eq!(ready(every::names(1, 2, 3, 4)).unwrap(), 10);
    assert_eq!(ready(meek::dare("fine")).unwrap(), 1);
    std::panic::set_hook(Box::new(|_| {}));
    let error = ready(meek::dare("not")).unwrap_err();
    assert!(error.to_string().contains("`meek::dare`"), "{error}");
    assert_eq!(ready(proud::dare("")).unwrap(), 1);
}
