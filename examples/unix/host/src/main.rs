//! A small UNIX in user space: the shell, and the kernel below it, whose drivers are modules.

mod devices;
mod fault;
mod file;
#[cfg(feature = "fuse")]
mod fuse;
mod majors;
mod namespace;
mod scan;
mod services;
mod shell;
mod stream;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use dlkm_rt::{Kernel, ModuleRoot, State};

// Nothing else names the drivers, and an unnamed dependency is not linked.
#[cfg(feature = "static")]
use {
    ::shm as _, unix_archive as _, unix_dlclass as _, unix_lz4 as _, unix_pty as _,
    unix_ramdisk as _, unix_serial as _, unix_upper as _,
};

use namespace::Namespace;
use shell::Shell;

const USAGE: &str = "\
usage: unix [--root DIR] [--mount DIR] [--control] [-c COMMANDS]

Boots a small UNIX and runs COMMANDS in its shell, or those of the standard input. `help` lists them.

  --root DIR    the folder with the modules; without it, `modules` beside the program
  --mount DIR   shows /dev, and what is mounted, as files in DIR, until the commands end
  --control     lets dlkm, kmadmin and the like reach this kernel
  -c COMMANDS   runs these, and ends with the status of the last one
";

/// What the command line says.
#[derive(Default)]
struct Arguments {
    root: Option<PathBuf>,
    mount: Option<PathBuf>,
    control: bool,
    commands: Option<String>,
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("unix: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("unix: {error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<Option<Arguments>, String> {
    let mut found = Arguments::default();
    let mut given = std::env::args_os().skip(1);
    while let Some(argument) = given.next() {
        let name = argument.to_string_lossy().into_owned();
        let mut value = || given.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "-c" => {
                let text = value()?.into_string();
                found.commands = Some(text.map_err(|_| "the commands are not UTF-8".to_owned())?);
            }
            "--root" => found.root = Some(value()?.into()),
            "--mount" => found.mount = Some(value()?.into()),
            "--control" => found.control = true,
            "-h" | "--help" => return Ok(None),
            _ => return Err(format!("no argument is called {name}")),
        }
    }
    Ok(Some(found))
}

fn run(arguments: Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let root = match arguments.root {
        // SAFETY: the user of the program, as whom its modules run, has named the folder.
        Some(root) => unsafe { ModuleRoot::trusted(root) },
        // SAFETY: only those can write to the folder beside the program who can replace the program.
        None => unsafe { ModuleRoot::beside_executable()? },
    };
    // Before the drivers that are linked in ask for their numbers.
    majors::read(root.path());
    let kernel = Kernel::boot(root)?;
    let own = kernel.module("kern");
    if own.is_none_or(|own| own.state() != State::Loaded) {
        return Err(
            "the system file leaves the kernel out; its line is `module kern static`".into(),
        );
    }
    majors::assign();
    let _control = match arguments.control {
        true => Some(dlkm_control::Server::start(kernel)?),
        false => None,
    };
    let namespace = Arc::<Namespace>::default();
    let _mounted = match &arguments.mount {
        Some(at) => Some(mount(&namespace, at)?),
        None => None,
    };
    let shell = Shell::new(kernel, namespace);
    let status = match arguments.commands {
        Some(commands) => shell.run(&commands),
        None => interactive(&shell)?,
    };
    shell.end();
    Ok(status)
}

#[cfg(feature = "fuse")]
fn mount(namespace: &Arc<Namespace>, at: &Path) -> Result<fuse::Mounted, String> {
    fuse::mount(namespace, at)
}

#[cfg(not(feature = "fuse"))]
fn mount(_: &Arc<Namespace>, _: &Path) -> Result<(), String> {
    Err("it was built without the feature `fuse`; the shell has the same devices".to_owned())
}

/// Runs the lines of the standard input, with a prompt if a person writes them.
fn interactive(shell: &Shell) -> io::Result<u8> {
    let prompt = io::stdin().is_terminal();
    let mut status = 0;
    let mut line = String::new();
    loop {
        if prompt {
            print!("# ");
            io::stdout().flush()?;
        }
        line.clear();
        if io::stdin().read_line(&mut line)? == 0 || shell.has_ended() {
            return Ok(status);
        }
        status = shell.run(&line);
    }
}
