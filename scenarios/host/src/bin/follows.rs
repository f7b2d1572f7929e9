//! Boots a kernel and does what its arguments say, then prints what came of it: `follows <module root>
//! <step>…`. Tests compare that with what the system file of the root should lead to.
//!
//! The steps are `fail:HOOK` (before the boot), `enter:PHASE`, `load:MODULE`, `unload:MODULE`,
//! `call:MODULE`, and `adopt:NUMBER`, which follows the file `next-NUMBER` of the root from then on.

use std::error::Error;
use std::sync::Mutex;

use dlkm_rt::module;
use dlkm_rt::system::SystemFile;
use dlkm_rt::{BootError, Cause, Kernel, LoadError, ModuleRoot, Phase, Report, State, UnloadError};
use scenario_api::{Orders, by_name, counter, faulty, heap, top, tuned, tuner};

/// The hooks that fail.
static FAIL: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Planner;

#[module(name = "plan")]
impl scenario_api::Plan for Planner {
    fn ask(hook: &str) -> Result<Orders, LoadError> {
        let fail = FAIL.lock().expect("no panic");
        Ok(match fail.iter().any(|one| one == hook) {
            true => Orders::Fail,
            false => Orders::Succeed,
        })
    }

    fn meet() -> Result<(), LoadError> {
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let root = args.next().ok_or("no module root")?;
    let steps: Vec<_> = args.collect();
    let steps = steps.iter().filter_map(|step| step.split_once(':'));
    let (before, after): (Vec<_>, Vec<_>) = steps.partition(|(what, _)| *what == "fail");
    let fail = before.iter().map(|(_, hook)| (*hook).to_owned());
    FAIL.lock().expect("no panic").extend(fail);
    // SAFETY: the tests put the files there.
    let kernel = match Kernel::boot(unsafe { ModuleRoot::trusted(&root) }) {
        Ok(kernel) => kernel,
        Err(error) => {
            println!("boot {}", of_boot(&error));
            eprintln!("{error}");
            if matches!(error, BootError::Critical { .. }) {
                return Ok(());
            }
            let maps = std::fs::read_to_string("/proc/self/maps")?;
            let mapped = maps
                .lines()
                .filter(|line| line.ends_with(".so") && line.contains(&root));
            println!("mapped {}", mapped.count());
            return Ok(());
        }
    };
    println!("boot ok");
    for (what, name) in after {
        let result = match what {
            "enter" => kernel.enter(phase(name)).map_err(|error| of_boot(&error)),
            "load" => kernel.load(name).map_err(|error| of_load(&error)),
            "unload" => kernel.unload(name).map_err(|error| of_unload(&error)),
            "adopt" => {
                println!("adopt {name}{}", adopt(kernel, &root, name)?);
                continue;
            }
            _ => call(name).map_err(|error| of_load(&error)),
        };
        println!("{what} {name} {}", result.err().as_deref().unwrap_or("ok"));
    }
    for report in kernel.reports() {
        match &report {
            Report::Skipped { phase, error, .. } => {
                println!("skipped {phase} {}: {}", error.module(), of_load(error));
            }
            Report::Critical { module, .. } => println!("kept {module}"),
            _ => {}
        }
        eprintln!("{report}");
    }
    for module in kernel.modules() {
        if let (State::Loaded, Some(cause), false) =
            (module.state(), module.cause(), module.is_static())
        {
            println!("loaded {} {cause}", module.name());
        }
    }
    Ok(())
}

/// What was unloaded and loaded; or why it waits.
fn adopt(kernel: &Kernel, root: &str, name: &str) -> Result<String, Box<dyn Error>> {
    let text = std::fs::read(format!("{root}/next-{name}"))?;
    Ok(match kernel.adopt(SystemFile::parse(&text)?) {
        Ok(done) => {
            let gone = done.unloaded.iter().map(|one| format!(" -{one}"));
            let came = done.loaded.iter().map(|one| format!(" +{one}"));
            gone.chain(came).chain([" ok".to_owned()]).collect()
        }
        Err(waits) => {
            let kinds: Vec<_> = waits.iter().map(|one| variant(one)).collect();
            format!(" {}", kinds.join(","))
        }
    })
}

fn phase(name: &str) -> Phase {
    let known = Phase::ALL.into_iter().find(|one| one.as_str() == name);
    known.expect("a phase")
}

fn call(module: &str) -> Result<(), LoadError> {
    match module {
        "by-name" => by_name::three().map(drop),
        "counter" => counter::count().map(drop),
        "faulty" => faulty::seven().map(drop),
        "heap" => heap::bytes(1).map(drop),
        "top" => top::top().map(drop),
        "tuned" => tuned::segments().map(drop),
        "tuner" => tuner::tuner().map(drop),
        other => panic!("`{other}` has no function"),
    }
}

/// The first word of what `Debug` prints, which is the variant's name.
fn variant(of: &dyn std::fmt::Debug) -> String {
    let text = format!("{of:?}");
    let word = text.split([' ', '{', '(']).next();
    word.unwrap_or_default().to_owned()
}

/// The module that is wrong, and what is wrong with it.
fn of_load(error: &LoadError) -> String {
    match error.cause() {
        Cause::Dependency { source, .. } => of_load(source),
        cause => format!("{} {}", error.module(), variant(cause)),
    }
}

fn of_unload(error: &UnloadError) -> String {
    variant(error)
}

fn of_boot(error: &BootError) -> String {
    match error {
        BootError::Critical { phase, source, .. } => {
            format!("critical {phase} {}: {}", source.module(), of_load(source))
        }
        other => variant(other),
    }
}
