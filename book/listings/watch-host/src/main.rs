//! Watches a module come and go. The first argument is the module root.

use std::error::Error;
use std::{env, io, thread};

use dlkm_rt::{Event, Kernel, ModuleRoot, TraceEvents};
use watch_api::spell;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).unwrap_or_else(|| "modules".into());
    // SAFETY: the book's test builds the image.
    let root = unsafe { ModuleRoot::trusted(folder) };
    let kernel = Kernel::boot(root)?;
    // ANCHOR: trace
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    kernel.observe(TraceEvents);
    // ANCHOR_END: trace
    // ANCHOR: observer
    kernel.observe(|event: &Event<'_>| match event {
        Event::Loaded {
            module, asked_by, ..
        } => println!("{} was loaded for {asked_by}", module.name()),
        Event::LoadFailed { error, .. } => println!("{error}"),
        Event::Unloaded { module, .. } => println!("{module} was unloaded"),
        // Later versions have more events.
        _ => {}
    });
    // ANCHOR_END: observer

    println!("{}", spell::correct("teh")?);
    // ANCHOR: snapshot
    for module in &kernel.snapshot() {
        let (name, state) = (module.name(), module.state());
        let calls = module.calls().unwrap_or(0);
        let in_flight = module.in_flight().unwrap_or(0);
        println!("{name} is {state}: {calls} calls, {in_flight} in flight");
    }
    // ANCHOR_END: snapshot
    // ANCHOR: table
    print!("{}", kernel.snapshot());
    // ANCHOR_END: table

    // ANCHOR: reap
    while let Some(next) = kernel.reap().next {
        thread::sleep(next);
    }
    // ANCHOR_END: reap

    // ANCHOR: reaper
    let reaper = kernel.start_reaper()?;
    println!("{}", spell::correct("adn")?);
    drop(reaper);
    // ANCHOR_END: reaper
    Ok(())
}
