//! A host whose kernel is in a file of its own: `scenario-shared <module root> <what>`.

use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Barrier;
use std::thread;

use dlkm_rt::{BootError, LoadError, ModuleRoot, SharedKernel, module};
use scenario_api::{Orders, Panic, counter, heap, nobody, panics, relay};

/// A static module: hooks of modules ask it.
struct Planner;

#[module(desc = "what hooks are to do")]
impl scenario_api::Plan for Planner {
    fn ask(_: &str) -> Result<Orders, LoadError> {
        Ok(Orders::Succeed)
    }

    fn meet() -> Result<(), LoadError> {
        Ok(())
    }
}

fn boot(root: &ModuleRoot) -> Result<SharedKernel, BootError> {
    // SAFETY: the tests put the file there.
    unsafe { dlkm_rt::boot_shared!(root.clone()) }
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(root), Some(what)) = (args.next(), args.next()) else {
        eprintln!("usage: scenario-shared <module root> <what>");
        return ExitCode::from(2);
    };
    // SAFETY: the tests put the files there.
    let root = unsafe { ModuleRoot::trusted(root) };
    if what == "early" {
        early();
    }
    let kernel = match boot(&root) {
        Ok(kernel) => kernel,
        Err(error) => {
            eprintln!("{error}");
            if what == "described" {
                eprintln!("{error:?}");
                let source = std::error::Error::source(&error);
                eprintln!("{}", source.expect("it has one"));
            }
            return ExitCode::FAILURE;
        }
    };
    match &*what {
        "early" | "calls" => calls(kernel),
        "busy" => busy(kernel),
        "panics" => panicking(),
        "blocks" => blocks(),
        "twice" => println!("{}", boot(&root).expect_err("it is booted")),
        other => {
            eprintln!("there is no `{other}`");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// Calls before there is a kernel.
fn early() {
    let error = counter::count().expect_err("no kernel");
    println!("{error}");
    println!("peek {}", counter::peek());
}

fn calls(kernel: SharedKernel) {
    println!("peek {}", counter::peek());
    println!("count {}", shown(counter::count()));
    println!("peek {}", counter::peek());
    println!("relay {}", shown(relay::relay()));
    println!("unload {}", shown(kernel.unload("counter")));
    println!("peek {}", counter::peek());
    println!("load {}", shown(kernel.load("counter")));
    println!("count {}", shown(counter::count()));
    println!("keep {}", shown(counter::keep()));
    println!("unload {}", shown(kernel.unload("counter")));
    println!("nobody {}", nobody::call_or());
    println!("load {}", shown(kernel.load("nobody")));
}

/// Unloads while another thread is in a call.
fn busy(kernel: SharedKernel) {
    let [inside, unloaded] = [(); 2].map(|()| Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            counter::during(&mut || {
                inside.wait();
                unloaded.wait();
            })
        });
        inside.wait();
        println!("{}", shown(kernel.unload("counter")));
        unloaded.wait();
    });
    println!("{}", shown(kernel.unload("counter")));
    println!(
        "during {}",
        counter::during(&mut || println!("called back"))
    );
}

/// Panics of modules: what the program's hook sees, and what its code catches.
fn panicking() {
    println!("relayed {}", shown(relay::relay_panic()));
    let caught = catch_unwind(|| panics::panic(Panic::String));
    println!("caught {}", text(caught.expect_err("it panics")));
    let own = catch_unwind(AssertUnwindSafe(|| {
        counter::during(&mut || panic!("the program's own"))
    }));
    println!("caught {}", text(own.expect_err("it panics")));
    panic::set_hook(Box::new(|info| {
        let payload = info.payload().downcast_ref::<String>();
        println!("hook {}", payload.map_or("(none)", String::as_str));
    }));
    let caught = catch_unwind(|| panics::panic(Panic::Str));
    println!("caught {}", text(caught.expect_err("it panics")));
}

/// Heap blocks that one side makes and the other frees.
fn blocks() {
    println!("{}", heap::bytes(1 << 20).map_or(0, |bytes| bytes.len()));
    println!("{}", heap::greeting("you").expect("it is there"));
    let swallowed = heap::swallow(vec![7; 1 << 20], "a text".repeat(1000));
    println!("{}", shown(swallowed));
}

fn text(payload: Box<dyn std::any::Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().expect("a text")).to_owned(),
    }
}

fn shown<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}
