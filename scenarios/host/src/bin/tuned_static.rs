//! The modules `tuned` and `tuner`, linked into the host: `tuned_static <module root>`.

use dlkm_rt::{Kernel, ModuleRoot};
use scenario_api::{tuned, tuner};
use {scenario_tuned_1 as _, scenario_tuner as _};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::args().nth(1).ok_or("no module root")?;
    // SAFETY: the test puts no image there.
    let kernel = Kernel::boot(unsafe { ModuleRoot::trusted(root) })?;
    println!("load: {}", tuned::at_load()?);
    println!("load: {}", tuner::tuner()?);
    kernel.tune("tuned", "segments", "tuner.count*2")?;
    kernel.tune("tuner", "per_unit", "3")?;
    println!("now: {} {}", tuned::segments()?, tuner::tuner()?);
    println!("{}", kernel.tune("tuned", "segments", "13").unwrap_err());
    Ok(())
}
