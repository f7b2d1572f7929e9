// Every key of a module, and its effect.
#![deny(warnings)]

use dlkm_rt::metadata::ModuleState;
use dlkm_rt::{Errno, Kernel, LoadArg, LoadError, ModuleRoot, State, module};

#[module(name = "shm")]
pub trait Shm {
    #[stub]
    fn get() -> Result<u8, LoadError>;

    #[ustub(or = zero)]
    fn at() -> u8;
}

#[module(name = "sem")]
pub trait Sem {
    #[stub]
    fn get() -> Result<u8, LoadError>;
}

fn zero() -> u8 {
    0
}

pub struct Driver;

#[module(
    name = "shared-memory",
    kind = "ipc",
    version = "1.2.3-rc.1+build",
    desc = "Shared memory, \"System V\" = é",
    states = [auto, loaded, static],
    depends = ["sem"],
    load = init,
    unload = hooks::fini,
    save = hooks::save,
    crate = ::dlkm_rt,
)]
impl Shm for Driver {
    fn get() -> Result<u8, LoadError> {
        Ok(1)
    }

    fn at() -> u8 {
        2
    }
}

// All left out.
#[module]
impl Sem for Driver {
    fn get() -> Result<u8, LoadError> {
        Ok(3)
    }
}

#[module(states = [static, auto], depends = [], desc = "")]
mod quiet {}

fn init(arg: &LoadArg) -> Result<(), Errno> {
    assert_eq!(arg.module(), "shared-memory");
    assert!(arg.file().is_none());
    Ok(())
}

mod hooks {
    pub(super) fn fini(_: &super::LoadArg) -> Result<(), super::Errno> {
        Ok(())
    }

    pub(super) fn save(_: &super::LoadArg) -> Result<Vec<u8>, String> {
        Err("nothing to save".to_owned())
    }
}

fn main() {
    let kernel = Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(shm::get().unwrap(), 1);
    assert_eq!(shm::at(), 2);
    let modules = kernel.modules();
    let [quiet, sem, shm] = &modules[..] else {
        panic!("{modules:?}")
    };

    assert_eq!(shm.name(), "shared-memory");
    assert_eq!(shm.kind(), Some("ipc"));
    assert_eq!(shm.version(), Some("1.2.3-rc.1+build"));
    assert_eq!(shm.desc(), "Shared memory, \"System V\" = é");
    assert_eq!(shm.state(), State::Loaded);
    let metadata = shm.metadata().unwrap();
    assert_eq!(metadata.states(), [ModuleState::Auto, ModuleState::Loaded, ModuleState::Static]);
    assert_eq!(metadata.depends(), ["sem"]);
    let exports = metadata.interface("shm").unwrap().exports();
    assert_eq!(exports.len(), 2);
    assert_eq!(exports[1].signature(), "fn() -> u8");

    assert_eq!(sem.name(), "sem");
    assert_eq!(sem.kind(), Some("misc"));
    assert_eq!(sem.version(), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(sem.desc(), "");
    assert_eq!(sem.state(), State::Loaded, "shared-memory depends on it");
    assert_eq!(sem.metadata().unwrap().states().len(), 3);

    assert_eq!(quiet.name(), "quiet");
    assert_eq!(quiet.state(), State::Loaded, "it is linked in");
    assert_eq!(quiet.metadata().unwrap().states(), [ModuleState::Static, ModuleState::Auto]);
    assert!(quiet.metadata().unwrap().interfaces().is_empty());
}
