//! The real tools. A missing tool fails the test, because without it nothing would be tested.

use std::io;
use std::process::{Command, Stdio};

use super::run;

/// The names of the formats, which are also the names of the tools.
pub const ALL: [&str; 6] = ["gzip", "zstd", "xz", "bzip2", "lz4", "brotli"];

/// Compresses `input` with the tool, from standard input to standard output.
pub fn compress(tool: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let ran = run(command(tool).arg("-c").args(arguments), input);
    assert!(ran.status.success(), "{tool} {arguments:?}: {}", ran.stderr);
    ran.stdout
}

/// The tool as a command. If it is missing, the panic names the package to install.
pub fn command(tool: &str) -> Command {
    let probe = Command::new(tool)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match probe {
        Ok(_) => Command::new(tool),
        Err(error) if error.kind() == io::ErrorKind::NotFound => panic!(
            "this test needs the command `{tool}`: apt-get install {}",
            package(tool)
        ),
        Err(error) => panic!("{tool}: {error}"),
    }
}

fn package(tool: &str) -> &str {
    match tool {
        "xz" => "xz-utils",
        "pzstd" => "zstd",
        "script" => "bsdutils",
        tool => tool,
    }
}
