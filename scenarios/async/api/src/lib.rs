//! The interfaces of the scenarios on async functions.

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
/// Its functions wait in all the ways there are.
#[module(name = "courier")]
pub trait Courier {
    /// Is ready after `polls` polls, each of which wakes at once.
    #[ustub]
    async fn carry(parcel: String, polls: u32) -> Result<String, Lost>;

    /// The sum of what is borrowed, a poll for each.
    #[ustub]
    async fn sum(data: &[u8]) -> Result<u64, LoadError>;
    // ANCHOR_END: carry

    /// Puts `more` behind `into`, a poll for each, and returns the last that was put there.
    #[ustub]
    async fn fill<'a>(into: &'a mut Vec<String>, more: &[&str]) -> Result<&'a str, LoadError>;

    /// Calls back before and after it waits.
    #[ustub]
    async fn ask(each: &(dyn Fn(u64) -> u64 + Sync), number: u64) -> Result<u64, LoadError>;

    /// Waits until `open` is called, and returns how many times it was polled.
    #[ustub]
    async fn gate() -> Result<u32, LoadError>;

    /// Lets all who wait at the gate go on; returns how many wakers it woke.
    #[ustub]
    fn open() -> Result<u64, LoadError>;

    /// Panics at that moment.
    #[ustub]
    async fn panics(moment: Moment) -> Result<(), LoadError>;

    /// Waits for good, and keeps the waker of each poll in a static.
    #[ustub]
    async fn linger() -> Result<(), LoadError>;

    /// How many wakers are kept, and how many of them were other ones than those before.
    #[ustub]
    fn kept() -> Result<(u64, u64), LoadError>;

    /// Wakes all that were kept.
    #[ustub]
    fn wake_kept() -> Result<(), LoadError>;

    /// Drops all that were kept.
    #[ustub]
    fn drop_kept() -> Result<(), LoadError>;

    /// How long a text is.
    #[ustub(or = own_length)]
    async fn length(text: &str) -> Option<usize>;

    /// Twice the number, if the module is there.
    #[wstub(or = as_it_is)]
    async fn twice(number: u64) -> u64;
}

/// What stands in for `length`.
async fn own_length(_: &str) -> Option<usize> {
    std::future::ready(()).await;
    None
}

/// What stands in for `twice`.
fn as_it_is(number: u64) -> std::future::Ready<u64> {
    std::future::ready(number)
}

/// Awaits the courier, from inside another module.
#[module(name = "relay")]
pub trait Relay {
    /// Sends a parcel by two couriers.
    #[ustub]
    async fn send(parcel: String) -> Result<String, Lost>;

    /// Lets the courier linger, on behalf of whoever polls this.
    #[ustub]
    async fn linger() -> Result<(), LoadError>;

    /// Panics after the courier did.
    #[ustub]
    async fn panics() -> Result<(), LoadError>;

    /// Polls the courier's `linger` with a waker of its own, `polls` times, and drops it. With
    /// `anew`, each time with another waker.
    #[ustub]
    fn poll_lingering(polls: u32, anew: bool) -> Result<(), LoadError>;

    /// How many times its own wakers were woken, and how many of them there are.
    #[ustub]
    fn woken() -> Result<(u64, u64), LoadError>;
}

/// As the courier, in an interface that wants to know nothing of panics.
#[module(name = "meek", on_panic = fallback)]
pub trait Meek {
    /// Panics in the first poll or the second.
    #[ustub]
    async fn dare(polls: u32) -> Result<u32, Lost>;
}

/// As the courier, in an interface whose module goes after a panic.
#[module(name = "proud", on_panic = unload)]
pub trait Proud {
    /// How often it was called since it was loaded; panics in a later poll if it is told to.
    #[ustub]
    async fn dare(panics: bool) -> Result<u32, Lost>;
}

/// No module provides it.
#[module(name = "nobody")]
pub trait Nobody {
    /// Fails.
    #[ustub]
    async fn come() -> Result<(), Lost>;

    /// Is answered by the fallback.
    #[ustub(or = own_length)]
    async fn length(text: &str) -> Option<usize>;

    /// Load-only, so a load error and no hold.
    #[wstub(or = as_it_is)]
    async fn twice(number: u64) -> u64;
}

/// Its module stays.
#[module(name = "porter")]
pub trait Porter {
    /// A load-only one.
    #[stub]
    async fn carry(parcel: &str) -> Result<String, LoadError>;
}
