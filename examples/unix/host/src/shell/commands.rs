//! The commands.

use std::sync::Arc;

use dlkm_rt::Errno;
use shm_api::{SegmentId, shm};
use unix_kernel::Dev;
use unix_kernel::errno::{EINVAL, ENOENT};

use super::{Descriptor, Shell, copy, reading, tables};
use crate::devices::Special;
use crate::fault::{Fault, Result};
use crate::scan;
use crate::services;

const HELP: &str = "\
mknod PATH c|b MAJOR MINOR    makes a special file in /dev
mkdir DIR; rm PATH; ls [-l] [PATH]
cat [PATH...]; echo [-n] [WORD...]; tail [-N]; wc -c; od
dd if=PATH of=PATH [bs=N] [count=N] [skip=N] [seek=N]
dmesg                         prints the message buffer
mount [-F TYPE] FILE DIR; mount; umount DIR; copyout DIR HOST-DIR
exec N<>PATH; exec -n N<>PATH; exec N>&-   opens (with O_NDELAY) and closes a descriptor
copy N M                      from one descriptor to another, piece by piece
push NAME N; pop N [NAME]; strlist N       modules of the stream of a descriptor
ioctl N COMMAND [BYTES]       prints what comes back
select N                      prints what can be done without sleep
modload NAME; modunload NAME; modstat
cdevsw; bdevsw; vfssw; fmodsw  print the switch tables
lsdev; ioscan; strinfo        print the kernel's lists
shmget KEY SIZE; shmat PID ID; exited PID   shared memory, of a module of its own kind
wait [N]; exit; help

A path begins with /, or is host:PATH of the system below. COMMAND | COMMAND, > PATH, >> PATH, < PATH,
<&N, >&N and COMMAND & do what they do in sh.
";

/// Where a command reads from.
pub(super) struct Input {
    pub(super) from: Option<Arc<Descriptor>>,
    /// What the command before it in the pipeline has written.
    pub(super) piped: Vec<u8>,
}

impl Input {
    fn bytes(self) -> Result<Vec<u8>> {
        match self.from {
            Some(from) => all_of(&from),
            None => Ok(self.piped),
        }
    }
}

/// Runs a command; returns its status.
pub(super) fn run(
    shell: &Shell,
    name: &str,
    arguments: &[&str],
    input: Input,
    output: &mut Vec<u8>,
) -> Result<u8> {
    let lines = |output: &mut Vec<u8>, lines: Vec<String>| {
        for line in lines {
            output.extend_from_slice(line.as_bytes());
            output.push(b'\n');
        }
    };
    let kernel = shell.0.kernel;
    let namespace = &shell.0.namespace;
    match (name, arguments) {
        ("help", []) => output.extend_from_slice(HELP.as_bytes()),
        ("exit", []) => shell.0.ended.store(true, super::SeqCst),
        ("mknod", [path, kind @ ("c" | "b"), major, minor]) => {
            let dev = Dev {
                major: number(major)?,
                minor: number(minor)?,
            };
            let block = *kind == "b";
            namespace.mknod(path, Special { block, dev })?;
        }
        ("mkdir", [path]) => namespace.mkdir(path)?,
        ("rm", [path]) => namespace.remove(path)?,
        ("ls", arguments) => {
            let (long, path) = match arguments {
                [] => (false, "/"),
                ["-l"] => (true, "/"),
                ["-l", path] => (true, *path),
                [path] => (false, *path),
                _ => return Err(usage(name)),
            };
            for listed in namespace.list(path).map_err(|fault| at(path, fault))? {
                let line = match long {
                    true => format!("{} {:>8} {}", listed.kind, listed.about, listed.name),
                    false => listed.name,
                };
                lines(output, vec![line]);
            }
        }
        ("cat", []) => output.extend(input.bytes()?),
        ("cat", paths) => {
            for path in paths {
                let open = shell
                    .open(path, reading())
                    .map_err(|fault| at(path, fault))?;
                let read = read_into(&open, output);
                let closed = open.close();
                read.map_err(|fault| at(path, fault))?;
                closed.map_err(|fault| at(path, fault))?;
            }
        }
        ("echo", ["-n", words @ ..]) => output.extend_from_slice(words.join(" ").as_bytes()),
        ("echo", words) => lines(output, vec![words.join(" ")]),
        ("tail", arguments) => {
            let count = match arguments {
                [] => 10,
                [count] => match count.strip_prefix('-').map(str::parse) {
                    Some(Ok(count)) => count,
                    _ => return Err(usage(name)),
                },
                _ => return Err(usage(name)),
            };
            let bytes = input.bytes()?;
            let all: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            for line in &all[all.len().saturating_sub(count)..] {
                output.extend_from_slice(line);
            }
        }
        ("wc", ["-c"]) => lines(output, vec![input.bytes()?.len().to_string()]),
        ("od", []) => {
            for row in input.bytes()?.chunks(16) {
                let row: Vec<_> = row.iter().map(|byte| format!("{byte:02x}")).collect();
                lines(output, vec![row.join(" ")]);
            }
        }
        ("dd", arguments) => lines(output, copy::dd(shell, arguments)?),
        ("copy", [from, to]) => {
            let (from, to) = (number(from)?, number(to)?);
            copy::descriptors(&*shell.descriptor(from)?, &*shell.descriptor(to)?)?;
        }
        ("copyout", [from, to]) => copy::out(namespace, from, to)?,
        ("dmesg", []) => output.extend_from_slice(services::messages().as_bytes()),
        ("mount", []) => lines(output, namespace.mounts()),
        ("mount", ["-F", kind, special, on]) => namespace.mount(Some(*kind), special, on)?,
        ("mount", [special, on]) => namespace.mount(None, special, on)?,
        ("umount", [on]) => namespace.umount(on)?,
        ("push", [module, stream]) => shell.stream(stream, |stream| stream.push(module))?,
        ("pop", [stream]) => shell.stream(stream, |stream| stream.pop(None))?,
        ("pop", [stream, module]) => shell.stream(stream, |stream| stream.pop(Some(module)))?,
        ("strlist", [stream]) => {
            lines(output, shell.stream(stream, |stream| Ok(stream.list()))?);
        }
        ("ioctl", [descriptor, command, rest @ ..]) => {
            let length = match rest {
                [] => 0,
                [length] => number(length)?.min(1 << 14) as usize,
                _ => return Err(usage(name)),
            };
            let descriptor = shell.descriptor(number(descriptor)?)?;
            let mut arg = vec![0; length];
            let result = descriptor.file.ioctl(number(command)?, &mut arg)?;
            let bytes: Vec<_> = arg.iter().map(|byte| format!("{byte:02x}")).collect();
            lines(output, vec![format!("{result} {}", bytes.join(" "))]);
        }
        ("select", [descriptor]) => {
            let ready = shell.descriptor(number(descriptor)?)?.file.select();
            let can = [("read", ready.read), ("write", ready.write)];
            let can: Vec<_> = can
                .iter()
                .filter(|(_, can)| *can)
                .map(|(what, _)| *what)
                .collect();
            lines(output, vec![can.join(" ")]);
        }
        ("modload", [module]) => kernel.load(module)?,
        ("modunload", [module]) => kernel.unload(module)?,
        ("modstat", []) => {
            let all = kernel.modules().into_iter();
            lines(
                output,
                all.map(|one| format!("{:<10} {:<9} {}", one.name(), one.state(), one.desc()))
                    .collect(),
            );
        }
        ("cdevsw" | "bdevsw" | "vfssw" | "fmodsw", []) => lines(output, tables::table(name)?),
        ("lsdev", []) => lines(output, tables::drivers()),
        ("strinfo", []) => lines(output, tables::streams()),
        ("ioscan", []) => lines(output, scan::scan()?),
        ("shmget", [key, size]) => {
            let id = shm::shmget(number(key)?, number(size)? as usize)?;
            lines(output, vec![id.0.to_string()]);
        }
        ("shmat", [pid, id]) => {
            let id = SegmentId(number(id)?);
            shm::shmat(number(pid)?, id).ok_or(EINVAL)?;
        }
        // A process that exits may have used shared memory. If not, this loads nothing.
        ("exited", [pid]) => {
            lines(output, vec![shm::shmexit(number(pid)?).to_string()]);
        }
        ("wait", []) => return shell.wait(None),
        ("wait", [job]) => return shell.wait(Some(number(job)? as usize)),
        ("true", []) => {}
        (name, _) if HELP.split([' ', ';', '\n', ',']).any(|word| word == name) => {
            return Err(usage(name));
        }
        _ => {
            return Err(Fault::new(
                ENOENT,
                "there is no such command; `help` lists them",
            ));
        }
    }
    Ok(0)
}

fn usage(name: &str) -> Fault {
    let line = HELP.lines().find(|line| {
        let mut words = line.split("; ").map(|part| part.split(' ').next());
        words.any(|word| word == Some(name))
    });
    let line = line.unwrap_or(name);
    Fault::new(EINVAL, format!("usage: {line}"))
}

/// A fault about a file.
fn at(path: &str, fault: Fault) -> Fault {
    fault.about(path)
}

/// A number: decimal, or hexadecimal with `0x`.
pub(super) fn number(text: &str) -> Result<u32> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| Fault::new(EINVAL, format!("{text} is not a number")))
}

/// The whole of a file.
fn all_of(from: &Descriptor) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read_into(from, &mut bytes)?;
    Ok(bytes)
}

/// Reads to the end. What has come before an `EAGAIN` is all there is for now.
fn read_into(from: &Descriptor, into: &mut Vec<u8>) -> Result<()> {
    let mut buffer = vec![0; 1 << 16];
    let before = into.len();
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => into.extend_from_slice(&buffer[..count]),
            Err(fault) if fault.errno == Errno(libc::EAGAIN) && into.len() > before => {
                return Ok(());
            }
            Err(fault) => return Err(fault),
        }
    }
}
