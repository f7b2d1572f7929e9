//! `dlkm load`, `unload` and `upgrade`: what running kernels do with a module.

use std::process::ExitCode;

use dlkm_client::Request;
use dlkm_tools::terminal::GOOD;
use serde_json::json;

use crate::common::Common;
use crate::failure::Failure;
use crate::message::Message;
use crate::place::Place;
use crate::report;
use crate::view::{View, ask};

/// Load modules in the running kernels of the module root, with what they need.
///
/// The system file stays as it is: use `dlkm module` to choose what is loaded at the next boot.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct LoadArgs {
    #[command(flatten)]
    one: OneKernel,

    /// Modules
    #[arg(required = true)]
    names: Vec<String>,
}

/// Unload modules in the running kernels of the module root.
///
/// A module that is in use is not unloaded; the error says what keeps it. The system file stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct UnloadArgs {
    #[command(flatten)]
    one: OneKernel,

    /// Also unload what was loaded only because these modules need it
    #[arg(short, long)]
    all: bool,

    /// Modules
    #[arg(required = true)]
    names: Vec<String>,
}

/// Replace loaded modules by their installed images, while the kernels run.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct UpgradeArgs {
    #[command(flatten)]
    one: OneKernel,

    /// Modules
    #[arg(required = true)]
    names: Vec<String>,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done in all kernels
  2  no kernel runs, a kernel refuses, or the command line is wrong";

/// Which kernels.
#[derive(Debug, clap::Args)]
pub(crate) struct OneKernel {
    #[command(flatten)]
    common: Common,

    /// Only the kernel of this process
    #[arg(long, value_name = "NUMBER")]
    pid: Option<u32>,
}

pub(crate) fn load(options: &LoadArgs) -> Result<ExitCode, Failure> {
    run(&options.one, "load", &options.names)
}

pub(crate) fn unload(options: &UnloadArgs) -> Result<ExitCode, Failure> {
    let word = if options.all { "unload-all" } else { "unload" };
    run(&options.one, word, &options.names)
}

pub(crate) fn upgrade(options: &UpgradeArgs) -> Result<ExitCode, Failure> {
    run(&options.one, "upgrade", &options.names)
}

fn run(one: &OneKernel, word: &str, names: &[String]) -> Result<ExitCode, Failure> {
    let place = Place::find(one.common.root.as_deref())?;
    let view = View::of(place.clone())?;
    let wanted = place.kernels.iter();
    let wanted: Vec<_> = wanted
        .filter(|kernel| one.pid.is_none() || kernel.pid() == one.pid)
        .collect();
    if wanted.is_empty() {
        return Err(Failure::of(
            Message::NoKernel,
            match one.pid {
                Some(pid) => format!(
                    "process {pid} runs no kernel on {} that can be reached",
                    place.root.path().display()
                ),
                None => format!(
                    "no kernel that can be reached runs on {}; its host must start a \
                 `dlkm_control::Server`",
                    place.root.path().display()
                ),
            },
        ));
    }
    if let Some(path) = names.iter().find(|name| name.contains('/')) {
        return Err(Failure::of(
            Message::NotLoadable,
            format_args!(
                "`{path}` is a path, and kernels load what is installed: use `dlkm install {path}`, \
                 and then the module's name"
            ),
        ));
    }
    let (mut done, mut text, mut code) = (Vec::new(), String::new(), 0);
    for kernel in wanted {
        let pid = kernel.pid().unwrap_or_default();
        for name in names.iter().map(|name| view.spelled(name)) {
            match ask(kernel, &Request::new(&[word, name])) {
                Ok(records) => {
                    for (what, module) in records.iter().flat_map(|record| record.fields()) {
                        text += &format!("{GOOD}process {pid}{GOOD:#} {what} {module}\n");
                        done.push(json!({"pid": pid, "module": module, "done": what}));
                    }
                }
                Err(error) => {
                    error.print();
                    done.push(json!({"pid": pid, "module": name, "error": error.text()}));
                    code = report::FILE_ERROR;
                }
            }
        }
    }
    Ok(match one.common.json {
        true => report::print_json(&json!({ "kernels": done }), code),
        false => report::print(&text, code),
    })
}
