//! The entry of `libdlkm_kernel.so`: this runtime alone, built as a shared object with the cfg
//! `dlkm_kernel`. It is the kernel of a process whose program knows nothing of it, or has none in itself.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::boot::{self, Place};
use super::join::PROGRAMS_DOOR;
use super::services::{KERNEL_SERVICES, contained_unless};
use super::state::Kernel;
use super::{BootOptions, Event};
use crate::c::Slice;
use crate::call::hold_registry::USED;
use crate::error::{BootError, BootTexts};
use crate::image::door::{self, Refusal};
use crate::loader::ModuleRoot;
use crate::own_build::TEXT;
use crate::primitive::lock;
use crate::program::request::{Asked, Asking, Functions, REVISION};
use crate::services::{Contained, panic};

/// Held while a kernel is booted: a stub module and the program may ask at once.
static BOOTING: Mutex<()> = Mutex::new(());

/// Boots a kernel with this module root. It reports each failure once on standard error, because
/// nothing in the program would.
#[unsafe(no_mangle)]
extern "C" fn dlkm_kernel_boot(root: Slice<'_, u8>, refusal: Refusal) -> bool {
    let root = PathBuf::from(OsStr::from_bytes(root.as_slice()));
    match catch_unwind(AssertUnwindSafe(|| boot(root))) {
        Ok(Ok(()) | Err(BootError::AlreadyBooted | BootError::BootedByStubs)) => true,
        Ok(Err(error)) => {
            refusal.say(error);
            false
        }
        Err(payload) => {
            refusal.say(panic::message(payload));
            false
        }
    }
}

fn boot(root: PathBuf) -> Result<(), BootError> {
    let _one = lock(&BOOTING);
    // SAFETY: who installed the stub modules promised it for their module root; whoever chose another
    // one by `DLKM_ROOT` can choose any code for this process.
    let root = unsafe { ModuleRoot::trusted(root) };
    let said: Mutex<HashSet<String>> = Mutex::default();
    let report = move |event: &Event<'_>| {
        let Event::LoadFailed { error, .. } = event else {
            return;
        };
        let text = error.to_string();
        if said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(text)
        {
            eprintln!("dlkm: {error}");
        }
    };
    BootOptions::new().observe(report).boot(root).map(drop)
}

/// Boots a kernel for a program that has none in itself: [`crate::program::request::BootShared`].
#[unsafe(no_mangle)]
extern "C" fn dlkm_kernel_boot_shared(asking: &Asking<'_>) -> bool {
    if asking.revision != REVISION {
        asking.refusal.say(format_args!(
            "is of another version of dlkm (its protocol is {REVISION}, that of this program {})",
            asking.revision
        ));
        return false;
    }
    let differences = differences(asking.build.as_slice());
    if !differences.is_empty() {
        asking.refusal.say(format_args!(
            "does not fit this program: {}; build both in the same way",
            differences.join("; ")
        ));
        return false;
    }
    // SAFETY: by `Asking` invariant 1 it is an `Asked` of the build that the request records, which is
    // this one. It is there during this call.
    let asked = unsafe { &*asking.asked.cast::<Asked>() };
    match catch_unwind(AssertUnwindSafe(|| boot_shared(asked))) {
        Ok(answer) => asked
            .answer
            .set(Some(answer.map_err(|error| (error, BootTexts::OWN)))),
        Err(payload) => asking.refusal.say(panic::message(payload)),
    }
    true
}

fn boot_shared(asked: &Asked) -> Result<&'static Functions, BootError> {
    let _one = lock(&BOOTING);
    // Before calls are counted elsewhere.
    match door::door() {
        Some(door) if door.of_stubs => return Err(BootError::BootedByStubs),
        Some(_) => return Err(BootError::AlreadyBooted),
        None => USED.move_to(asked.home),
    }
    let place = Place {
        program: asked.program,
        services: (asked.services)(KERNEL_SERVICES.calls),
        door: &PROGRAMS_DOOR,
    };
    boot::boot(BootOptions::new(), asked.root.clone(), place)?;
    Ok(&FUNCTIONS)
}

static FUNCTIONS: Functions = Functions {
    load: |module| managed(|kernel| kernel.load(module)),
    unload: |module| managed(|kernel| kernel.unload(module)),
};

/// An answer for the program, whose std is another one.
fn managed<T>(ask: impl FnOnce(&Kernel) -> T) -> Contained<T> {
    contained_unless(false, || {
        ask(Kernel::get().expect("the program has its functions"))
    })
}

/// How the program's build differs from this one, for a person. Both are `key=value` texts, each ended by
/// a NUL.
fn differences(program: &[u8]) -> Vec<String> {
    let lines = |text: &[u8]| -> Vec<(String, String)> {
        let text = String::from_utf8_lossy(text).into_owned();
        let pairs = text.split('\0').filter_map(|line| line.split_once('='));
        pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    };
    let (program, own) = (lines(program), lines(&TEXT));
    let value = |build: &[(String, String)], key: &str| {
        let found = build.iter().find(|(known, _)| known == key);
        found.map_or("(none)".to_owned(), |(_, value)| format!("`{value}`"))
    };
    let known = program.iter().chain(&own).map(|(key, _)| key);
    let mut keys: Vec<&String> = Vec::new();
    known.for_each(|key| {
        if !keys.contains(&key) && value(&program, key) != value(&own, key) {
            keys.push(key);
        }
    });
    keys.into_iter()
        .map(|key| {
            format!(
                "{key} is {} there, {} here",
                value(&own, key),
                value(&program, key)
            )
        })
        .collect()
}
