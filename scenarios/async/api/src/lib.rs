//! The interfaces of the scenarios with async functions.

use dlkm_rt::{Interface, LoadError, module};

/// Why a parcel did not arrive.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Lost(pub String);

impl From<LoadError> for Lost {
    fn from(error: LoadError) -> Self {
        Lost(error.to_string())
    }
}

/// Where a function panics.
#[derive(Clone, Copy, Debug, PartialEq, Interface)]
pub enum Moment {
    /// In the second poll.
    Poll,
    /// When the future is dropped while it waits.
    Drop,
    /// Nowhere: it waits.
    Never,
}

// ANCHOR: carry
/// Its functions wait in every way that a future can.
#[module(name = "courier")]
pub trait Courier {
    /// Is ready after `polls` polls, each of which wakes at once.
    #[ustub]
    async fn carry(parcel: String, polls: u32) -> Result<String, Lost>;

    /// The sum of the borrowed numbers, with one poll for each.
    #[ustub]
    async fn sum(data: &[u8]) -> Result<u64, LoadError>;
    // ANCHOR_END: carry

    /// Appends `more` to `into`, with one poll for each text, and returns the last one.
    #[ustub]
    async fn fill<'a>(into: &'a mut Vec<String>, more: &[&str]) -> Result<&'a str, LoadError>;

    /// Calls `each` before and after it waits.
    #[ustub]
    async fn ask(each: &(dyn Fn(u64) -> u64 + Sync), number: u64) -> Result<u64, LoadError>;

    /// Waits until `open` is called, and returns how many times it was polled.
    #[ustub]
    async fn gate() -> Result<u32, LoadError>;

    /// Ends the wait of every `gate`. Returns how many wakers it woke.
    #[ustub]
    fn open() -> Result<u64, LoadError>;

    /// Panics at that moment.
    #[ustub]
    async fn panics(moment: Moment) -> Result<(), LoadError>;

    /// Never completes, and keeps the waker of each poll in a static.
    #[ustub]
    async fn linger() -> Result<(), LoadError>;

    /// How many wakers are kept, and how many of them differ from the one before.
    #[ustub]
    fn kept() -> Result<(u64, u64), LoadError>;

    /// Wakes all kept wakers.
    #[ustub]
    fn wake_kept() -> Result<(), LoadError>;

    /// Drops all kept wakers.
    #[ustub]
    fn drop_kept() -> Result<(), LoadError>;

    /// How long a text is.
    #[ustub(or = own_length)]
    async fn length(text: &str) -> Option<usize>;

    /// Twice the number, if the module is loaded.
    #[wstub(or = as_it_is)]
    async fn twice(number: u64) -> u64;
}

/// The fallback of `length`.
async fn own_length(_: &str) -> Option<usize> {
    std::future::ready(()).await;
    None
}

/// The fallback of `twice`.
fn as_it_is(number: u64) -> std::future::Ready<u64> {
    std::future::ready(number)
}

/// Awaits the courier, from inside another module.
#[module(name = "relay")]
pub trait Relay {
    /// Sends a parcel by two couriers.
    #[ustub]
    async fn send(parcel: String) -> Result<String, Lost>;

    /// Awaits the courier's `linger`.
    #[ustub]
    async fn linger() -> Result<(), LoadError>;

    /// Panics after the courier did.
    #[ustub]
    async fn panics() -> Result<(), LoadError>;

    /// Polls the courier's `linger` with a waker of its own, `polls` times, and drops it. With
    /// `anew`, each poll has another waker.
    #[ustub]
    fn poll_lingering(polls: u32, anew: bool) -> Result<(), LoadError>;

    /// How many times its own wakers were woken, and how many of them there are.
    #[ustub]
    fn woken() -> Result<(u64, u64), LoadError>;
}

/// Like the courier, in an interface that turns panics into errors.
#[module(name = "meek", on_panic = fallback)]
pub trait Meek {
    /// Panics in the first poll or the second.
    #[ustub]
    async fn dare(polls: u32) -> Result<u32, Lost>;
}

/// Like the courier, in an interface that unloads its module after a panic.
#[module(name = "proud", on_panic = unload)]
pub trait Proud {
    /// How often it was called since the load; panics in a later poll on request.
    #[ustub]
    async fn dare(panics: bool) -> Result<u32, Lost>;
}

/// No module provides it.
#[module(name = "nobody")]
pub trait Nobody {
    /// Fails.
    #[ustub]
    async fn come() -> Result<(), Lost>;

    /// The fallback answers.
    #[ustub(or = own_length)]
    async fn length(text: &str) -> Option<usize>;

    /// Load-only, so calls hold nothing.
    #[wstub(or = as_it_is)]
    async fn twice(number: u64) -> u64;
}

/// Its module stays.
#[module(name = "porter")]
pub trait Porter {
    /// Its only function.
    #[stub]
    async fn carry(parcel: &str) -> Result<String, LoadError>;
}
