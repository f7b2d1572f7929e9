//! Tunables of each type, with each argument, in a strict crate.
#![deny(warnings, missing_docs, unsafe_code, unreachable_pub, unused_qualifications)]
#![deny(missing_debug_implementations, missing_copy_implementations, unused_results)]
#![deny(clippy::all, clippy::pedantic)]

use std::time::Duration;

use dlkm_rt::metadata::TunableType;
use dlkm_rt::{Kernel, LoadError, ModuleRoot, Size, Tunable, TunableChoice, module, tunable};

/// A disk.
#[module]
pub trait Disk {
    /// Returns the size of the buffer.
    ///
    /// # Errors
    /// No module.
    #[stub]
    fn buffer() -> Result<u32, LoadError>;
}

/// The driver.
#[derive(Clone, Copy, Debug)]
pub struct Driver;

/// What a write does.
#[derive(Clone, Copy, Debug, PartialEq, TunableChoice)]
pub enum Mode {
    /// Later.
    WriteBack,
    /// At once.
    WriteThrough,
}

const MOST: u32 = 4096;

/// A number with everything.
#[tunable(range = 1..=MOST, desc = "size of the buffer", dynamic, name = "bufsz", changed = resized)]
pub static BUFFER_SIZE: Tunable<u32> = Tunable::new(MOST / 4);

fn resized(_: &u32) -> Result<(), String> {
    Ok(())
}

#[tunable]
static SYNC: Tunable<bool> = Tunable::new(true);
#[tunable(range = -4..)]
static I8: Tunable<i8> = Tunable::new(-4);
#[tunable(range = ..=4)]
static I16: Tunable<i16> = Tunable::new(i16::MIN);
#[tunable]
static I32: Tunable<i32> = Tunable::new(-1);
#[tunable]
static I64: Tunable<i64> = Tunable::new(i64::MIN);
#[tunable]
static U8: Tunable<u8> = Tunable::new(255);
#[tunable]
static U16: Tunable<u16> = Tunable::new(65535);
#[tunable]
static U64: Tunable<u64> = Tunable::new(u64::MAX);
#[tunable(range = 0.0..=1e3)]
static RATIO: Tunable<f32> = Tunable::new(0.1);
#[tunable(range = -1.5..=1_000.25)]
static FACTOR: Tunable<f64> = Tunable::new(-0.5);
#[tunable(desc = "who greets: ä")]
static GREETING: Tunable<&str> = Tunable::new("hello, = world");
#[tunable(dynamic, changed = renamed)]
static NAME: Tunable<&'static str> = Tunable::new("");
#[tunable(desc = "what a write does", dynamic, changed = moded)]
static MODE: Tunable<Mode> = Tunable::new(Mode::WriteThrough);
#[tunable(range = Duration::from_millis(1)..=Duration::from_secs(10))]
static PERIOD: Tunable<Duration> = Tunable::new(Duration::from_millis(1500));
#[tunable(range = Size::kib(4)..=Size::gib(1))]
static CACHE: Tunable<Size> = Tunable::new(Size::mib(3));

fn renamed(_: &str) -> Result<(), String> {
    Ok(())
}

fn moded(_: &Mode) -> Result<(), String> {
    Ok(())
}

mod inner {
    use dlkm_rt::{Tunable, tunable};

    /// In a module of its own.
    #[tunable]
    #[cfg(all())]
    pub(super) static DEPTH: Tunable<u8> = Tunable::new(7);

    /// Not there.
    #[tunable]
    #[cfg(any())]
    pub(super) static DEPTH: Tunable<u8> = Tunable::new(8);
}

#[module(desc = "a disk")]
impl Disk for Driver {
    fn buffer() -> Result<u32, LoadError> {
        #[tunable]
        static LOCAL: Tunable<u32> = Tunable::new(1);
        Ok(BUFFER_SIZE.get() + LOCAL.get())
    }
}

fn main() {
    let kernel = Kernel::boot(ModuleRoot::none()).expect("it boots");
    assert_eq!(disk::buffer().expect("it is linked in"), 1025);
    assert!(SYNC.get());
    assert_eq!((I8.get(), I16.get(), I32.get(), I64.get()), (-4, i16::MIN, -1, i64::MIN));
    assert_eq!((U8.get(), U16.get(), U64.get()), (255, 65535, u64::MAX));
    assert!(RATIO.get() > 0.09 && FACTOR.get() < -0.4);
    assert_eq!((&*GREETING.get(), &*NAME.get()), ("hello, = world", ""));
    assert_eq!((MODE.get(), PERIOD.get()), (Mode::WriteThrough, Duration::from_millis(1500)));
    assert_eq!((CACHE.get(), inner::DEPTH.get()), (Size::bytes(3 << 20), 7));

    let all = kernel.tunables("disk").expect("it is loaded");
    let shown: Vec<String> = all
        .iter()
        .map(|one| {
            let (info, value) = (one.info(), one.value());
            let bounds = [info.min(), info.max()].map(|bound| bound.unwrap_or("-"));
            assert_eq!(info.default(), value);
            format!("{} {} {value} {}", one.name(), info.ty(), bounds.join(" "))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "bufsz u32 1024 1 4096",
            "cache size 3MiB 4KiB 1GiB",
            "depth u8 7 - -",
            "factor f64 -0.5 -1.5 1000.25",
            "greeting text hello, = world - -",
            "i16 i16 -32768 - 4",
            "i32 i32 -1 - -",
            "i64 i64 -9223372036854775808 - -",
            "i8 i8 -4 -4 -",
            "local u32 1 - -",
            "mode choice write-through - -",
            "name text  - -",
            "period duration 1500ms 1ms 10s",
            "ratio f64 0.1 0.0 1e3",
            "sync bool true - -",
            "u16 u16 65535 - -",
            "u64 u64 18446744073709551615 - -",
            "u8 u8 255 - -",
        ]
    );
    assert_eq!(all[0].info().desc(), "size of the buffer");
    assert!(all[0].info().is_dynamic() && !all[1].info().is_dynamic());
    assert_eq!(all[10].info().choices(), ["write-back", "write-through"]);
    assert_eq!(all[10].info().ty(), TunableType::Choice);

    let error = kernel.tune("disk", "bufsz", "bufsz_twice+7").expect_err("no such tunable");
    assert!(error.to_string().contains("an integer from 1 to 4096"), "{error}");
    kernel.tune("disk", "bufsz", "disk.u8*2+7").expect("in the range");
    assert_eq!(BUFFER_SIZE.get(), 517);
    kernel.tune("disk", "mode", "write-back").expect("a word");
    kernel.tune("disk", "name", "Ada").expect("a text");
    assert_eq!((MODE.get(), &*NAME.get()), (Mode::WriteBack, "Ada"));
    kernel.tune("disk", "mode", "default").expect("a word");
    assert_eq!(MODE.get(), Mode::WriteThrough);
}
