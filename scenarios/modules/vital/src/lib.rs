//! `vital`: the host can't do without it. Its load hook does what the host's plan says.

use dlkm_rt::module;

#[module(critical, load = load)]
mod vital {
    use dlkm_rt::{Errno, HookError, LoadArg};
    use scenario_api::{Orders, plan};

    fn load(_: &LoadArg) -> Result<(), HookError> {
        match plan::ask("vital load")? {
            Orders::Succeed => Ok(()),
            _ => Err(Errno::ENODEV.into()),
        }
    }
}
