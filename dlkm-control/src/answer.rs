//! What the kernel answers to each request.

use std::fmt::Display;

use dlkm_rt::system::SystemFile;
use dlkm_rt::{Kernel, ModuleInfo, ModuleSnapshot, Waits};

use dlkm_client::{Answer, PROTOCOL, Record, Request};

use crate::image;

/// Does what a request asks. `booted` is the system file that the kernel followed when the server
/// was started.
pub(crate) fn to(request: &Request, kernel: &Kernel, booted: Option<&SystemFile>) -> Answer {
    let words: Vec<&str> = request.words.iter().map(|word| &**word).collect();
    let done = match words[..] {
        ["hello"] => Ok(vec![hello(kernel)]),
        ["modules"] => modules(kernel),
        ["snapshot"] => Ok(kernel.snapshot().modules().iter().map(look).collect()),
        ["reports"] => {
            let reports = kernel.reports().into_iter();
            Ok(reports
                .map(|one| Record::new().with("report", one))
                .collect())
        }
        ["configuration"] => Ok(lines(kernel.configuration().as_ref())),
        ["boot-configuration"] => Ok(lines(booted)),
        ["image", module] => place(kernel, module),
        ["check"] => file(&request.body).map(|file| waits(&kernel.would_adopt(&file))),
        ["adopt"] => file(&request.body).map(|file| match kernel.adopt(file) {
            Ok(done) => {
                let record = with_all(Record::new(), "loaded", &done.loaded);
                vec![with_all(record, "unloaded", &done.unloaded)]
            }
            Err(reasons) => waits(&reasons),
        }),
        ["load", module] => one("loaded", module, kernel.load(module)),
        ["unload", module] => one("unloaded", module, kernel.unload(module)),
        ["unload-all", module] => match kernel.unload_with_dependencies(module) {
            Ok(gone) => Ok(vec![with_all(Record::new(), "unloaded", &gone)]),
            Err(error) => Err(error.to_string()),
        },
        ["upgrade", module] => one("upgraded", module, kernel.upgrade(module).map(drop)),
        ["tune", module, key] => one("tuned", key, kernel.tune(module, key, &request.body)),
        _ => Err(format!("the request `{}` is unknown", words.join(" "))),
    };
    match done {
        Ok(records) => Answer::Ok(records),
        Err(text) => Answer::Error(text),
    }
}

fn one(what: &str, module: &str, result: Result<(), impl Display>) -> Result<Vec<Record>, String> {
    match result {
        Ok(()) => Ok(vec![Record::new().with(what, module)]),
        Err(error) => Err(error.to_string()),
    }
}

fn with_all(record: Record, key: &str, values: &[String]) -> Record {
    values
        .iter()
        .fold(record, |record, value| record.with(key, value))
}

fn file(text: &str) -> Result<SystemFile, String> {
    SystemFile::parse(text.as_bytes()).map_err(|error| error.to_string())
}

fn waits(reasons: &[Waits]) -> Vec<Record> {
    reasons
        .iter()
        .map(|one| Record::new().with("waits", one))
        .collect()
}

fn hello(kernel: &Kernel) -> Record {
    let program = std::env::current_exe().ok();
    let root = kernel.root().path();
    Record::new()
        .with("pid", std::process::id())
        .with_some("program", program.map(|path| path.display().to_string()))
        .with_some("root", root.map(|path| path.display().to_string()))
        .with("version", env!("CARGO_PKG_VERSION"))
        .with("protocol", PROTOCOL)
}

fn modules(kernel: &Kernel) -> Result<Vec<Record>, String> {
    Ok(kernel.modules().iter().map(module).collect())
}

fn module(info: &ModuleInfo) -> Record {
    Record::new()
        .with("name", info.name())
        .with_some("version", info.version())
        .with_some("kind", info.kind())
        .with("desc", info.desc())
        .with_some(
            "stub-of",
            info.metadata().and_then(|metadata| metadata.stub_of()),
        )
        .with("state", info.state())
        .with_some("cause", info.cause())
        .with_some("file", info.file().map(|path| path.display().to_string()))
        .with("static", if info.is_static() { "yes" } else { "no" })
        .with_some("error", info.error())
        .with_some("kept", info.kept())
}

fn look(module: &ModuleSnapshot) -> Record {
    let stays = module
        .pinned_by()
        .map(|function| format!("`{function}` was called"))
        .or_else(|| {
            module
                .load_only()
                .map(|name| format!("interface `{name}` is load-only"))
        });
    // One that was never loaded has no file either.
    let is_static = module.file().is_none() && module.version().is_some();
    let record = Record::new()
        .with("name", module.name())
        .with_some("version", module.version())
        .with("state", module.state())
        .with("static", if is_static { "yes" } else { "no" })
        .with_some("calls", module.calls())
        .with_some("calls-in-all", module.calls_in_all())
        .with_some("in-flight", module.in_flight())
        .with("held", module.held())
        .with_some("memory", module.memory())
        .with_some("heap", module.heap())
        .with("left", module.left())
        .with_some("idle-ms", module.idle().map(|time| time.as_millis()))
        .with_some("load-us", module.load_took().map(|time| time.as_micros()))
        .with_some("stays", stays)
        .with_some("error", module.error());
    with_all(record, "dependant", module.dependants())
}

/// Where the image of a loaded module lies in memory. Numbers of addresses are hexadecimal.
fn place(kernel: &Kernel, module: &str) -> Result<Vec<Record>, String> {
    let snapshot = kernel.snapshot();
    let one = snapshot.module(module);
    let (Some(one), Some(address)) = (one, one.and_then(ModuleSnapshot::address)) else {
        return Err(format!("no image of module `{module}` is in memory"));
    };
    // It may be unloaded meanwhile.
    let bss = image::bss(address).ok().flatten();
    let record = Record::new()
        .with("name", one.name())
        .with("address", format_args!("{address:#x}"))
        .with_some("size", one.memory())
        .with("bss-size", bss.map_or(0, |bss| bss.size))
        .with_some("bss-address", bss.map(|bss| format!("{:#x}", bss.address)));
    Ok(vec![record])
}

fn lines(file: Option<&SystemFile>) -> Vec<Record> {
    let Some(file) = file else {
        return Vec::new();
    };
    let text = file.to_string();
    let record = text
        .lines()
        .fold(Record::new(), |record, line| record.with("line", line));
    vec![record]
}
