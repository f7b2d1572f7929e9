//! The interfaces that the scenarios call. Each module in `../modules` provides them in a way of
//! its own: see `../README.md`.

mod calculator;
mod circle;
mod editions;
mod held;
mod idling;
mod policy;
mod readers;
mod starting;
mod stateful;
mod statements;
mod staying;
mod switching;
mod tuning;
mod weak;
mod writers;

pub use calculator::{
    Calc, Frame, Id, MixedC, MixedRust, Mode, Point, Quotient, Status, calc, mixed_c, mixed_rust,
};
pub use circle::{WeakA, WeakB, WeakC, weak_a, weak_b, weak_c};
pub use editions::{Edition, Teller, edition};
pub use held::{
    Adder, Doubler, Keeper, Registry, Stumble, Subscriber, Walk, keeper, registry, subscriber,
};
pub use idling::{Idler, IdlerTop, Patient, idler, idler_top, patient};
pub use policy::{Forgiving, Fragile, forgiving, fragile};
pub use readers::{Hoarder, Speaker, hoarder, speaker};
pub use starting::{Early, Parting, Start, Threads, Veteran, early, parting, threads, veteran};
pub use stateful::{Ledger, ledger};
pub use statements::{Quota, quota, quota_dlkm};
pub use staying::{Asker, Lender, asker, lender};
pub use switching::{Drawing, Figure, Gallery, Missing, figuresw, gallery};
pub use tuning::{Tuned, TunedC, Tuner, tuned, tuned_c, tuner};
pub use weak::{Audit, AuditSeal, audit, audit_seal};
pub use writers::{Scribe, Write, scribe};

use dlkm_rt::{Interface, LoadError, module};

/// Counts its calls. Unloadable, so each call holds the module.
#[module(name = "counter")]
pub trait Counter {
    /// Counts one up; returns the count.
    #[ustub]
    fn count() -> Result<u64, LoadError>;

    /// Calls `body` from inside the module.
    #[ustub(or = not_run)]
    fn during(body: &mut dyn FnMut()) -> bool;

    /// The count so far; 0 where the module is not loaded.
    #[wstub(or = zero)]
    fn peek() -> u64;

    /// Counts one up, and keeps the module loaded forever.
    #[stub]
    fn keep() -> Result<u64, LoadError>;
}

fn not_run(_: &mut dyn FnMut()) -> bool {
    false
}

fn zero() -> u64 {
    0
}

/// Passes heap blocks in both directions. Load-only.
#[module(name = "heap")]
pub trait Heap {
    /// A `Vec` made by the module.
    #[stub]
    fn bytes(length: usize) -> Result<Vec<u8>, LoadError>;

    /// A `String` made by the module.
    #[stub]
    fn greeting(name: &str) -> Result<String, LoadError>;

    /// Grows and then frees what the caller made.
    #[stub]
    fn swallow(bytes: Vec<u8>, text: String) -> Result<usize, LoadError>;
}

/// Panics in a given way.
#[module(name = "panics")]
pub trait Panics {
    /// Panics unless `how` is [`Panic::No`].
    #[ustub(or = no_module)]
    fn panic(how: Panic) -> u64;
}

fn no_module(_: Panic) -> u64 {
    0
}

/// What a panic carries.
#[derive(Clone, Copy, Debug, Interface)]
pub enum Panic {
    /// No panic.
    No,
    /// A text known at compile time.
    Str,
    /// A formatted text.
    String,
    /// A number.
    Number,
    /// Something that panics when it is dropped.
    Vicious,
}

/// Calls other modules.
#[module(name = "relay")]
pub trait Relay {
    /// Calls `counter::count` through the relay's own stubs.
    #[ustub]
    fn relay() -> Result<u64, LoadError>;

    /// Calls `counter::peek`, a weak stub.
    #[ustub]
    fn relay_peek() -> Result<u64, LoadError>;

    /// Calls `panics::panic` and catches the panic. Returns the message.
    #[ustub]
    fn relay_panic() -> Result<String, LoadError>;

    /// Calls `counter::during`, which calls `body`.
    #[ustub]
    fn relay_during(body: &mut dyn FnMut()) -> Result<bool, LoadError>;

    /// Passes a closure of its own to `counter::during`, which panics there. Returns the message.
    #[ustub]
    fn relay_own_callback() -> Result<String, LoadError>;

    /// Lets `keeper` catch a panic of a closure of the relay, and catches a panic of a value of
    /// `keeper`. Returns both messages.
    #[ustub]
    fn relay_held() -> Result<[String; 2], LoadError>;

    /// Calls `edition::number`.
    #[ustub]
    fn relay_edition() -> Result<u64, LoadError>;

    /// Calls `panics::panic` and does not catch it.
    #[ustub]
    fn relay_uncaught() -> Result<u64, LoadError>;
}

/// Provided by the host: decides what hooks do, and records which hooks ran.
#[module(name = "plan")]
pub trait Plan {
    /// What the hook of a module does this time.
    #[stub]
    fn ask(hook: &str) -> Result<Orders, LoadError>;

    /// Waits until another hook waits here as well.
    #[stub]
    fn meet() -> Result<(), LoadError>;
}

/// What a hook does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub enum Orders {
    /// Succeed.
    Succeed,
    /// Return an error.
    Fail,
    /// Panic.
    Panic,
}

/// Its module's hooks do what the plan says.
#[module(name = "faulty")]
pub trait Faulty {
    /// 7, if the module is loaded.
    #[ustub]
    fn seven() -> Result<u64, LoadError>;
}

/// Its module's load hook calls `ring-b`.
#[module(name = "ring-a")]
pub trait RingA {
    /// 1.
    #[ustub]
    fn a() -> Result<u64, LoadError>;
}

/// Its module's load hook calls `ring-a`.
#[module(name = "ring-b")]
pub trait RingB {
    /// 2.
    #[ustub]
    fn b() -> Result<u64, LoadError>;
}

/// Its module depends on `counter`.
#[module(name = "top")]
pub trait Top {
    /// The count.
    #[ustub]
    fn top() -> Result<u64, LoadError>;
}

/// One half of what module `pair` provides.
#[module(name = "left")]
pub trait Left {
    /// -1.
    #[ustub]
    fn left() -> Result<i32, LoadError>;
}

/// The other half.
#[module(name = "right")]
pub trait Right {
    /// 1.
    #[ustub]
    fn right() -> Result<i32, LoadError>;
}

/// No module provides it.
#[module(name = "nobody")]
pub trait Nobody {
    /// Always fails.
    #[stub]
    fn call() -> Result<(), LoadError>;

    /// Always returns its fallback.
    #[ustub(or = alone)]
    fn call_or() -> u64;
}

fn alone() -> u64 {
    42
}

/// Its module can be loaded by name only.
#[module(name = "by-name")]
pub trait ByName {
    /// 3.
    #[ustub]
    fn three() -> Result<u64, LoadError>;
}

/// Its image stays mapped while a thread that has called it exists.
#[module(name = "clingy")]
pub trait Clingy {
    /// Calls `counter::count`.
    #[ustub]
    fn cling() -> Result<u64, LoadError>;

    /// Calls `counter::peek`.
    #[ustub]
    fn cling_peek() -> Result<u64, LoadError>;
}
