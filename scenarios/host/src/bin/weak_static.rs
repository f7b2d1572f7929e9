//! Weak stubs of modules that are linked in: `weak_static <module root> [on-first-call]`. Prints what
//! they return at each step of the boot, before and after the first call that could load anything.

use dlkm_rt::{BootOptions, LoadError, ModuleRoot, Phase, module};

/// Starts in the first phase.
#[module(name = "lamp")]
pub trait Lamp {
    /// 7, or 0 where the module has not started.
    #[wstub(or = dark)]
    fn light() -> u32;

    /// Starts the module, and returns 8.
    #[ustub]
    fn switch() -> Result<u32, LoadError>;
}

/// Its module can't start before init.
#[module(name = "beacon")]
pub trait Beacon {
    /// 9, or 0 where the module has not started.
    #[wstub(or = dark)]
    fn flash() -> u32;
}

fn dark() -> u32 {
    0
}

struct Bulb;

#[module]
impl Lamp for Bulb {
    fn light() -> u32 {
        7
    }

    fn switch() -> Result<u32, LoadError> {
        Ok(8)
    }
}

struct Tower;

#[module(phases = [init, auto])]
impl Beacon for Tower {
    fn flash() -> u32 {
        9
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let root = args.next().ok_or("no module root")?;
    let options = match args.next().as_deref() {
        Some("on-first-call") => BootOptions::new().static_on_first_call(),
        _ => BootOptions::new(),
    };
    let show = |when: &str| println!("{when}: {} {}", lamp::light(), beacon::flash());
    show("before");
    // SAFETY: the test puts no image there.
    let kernel = options.boot(unsafe { ModuleRoot::trusted(root) })?;
    show("boot1");
    kernel.enter(Phase::Boot2)?;
    show("boot2");
    kernel.enter(Phase::Init)?;
    show("init");
    match lamp::switch() {
        Ok(number) => println!("called: {number}"),
        Err(error) => println!("called: {error}"),
    }
    show("called");
    Ok(())
}
