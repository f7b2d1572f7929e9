//! `dlkm top`: what running kernels do, again each second.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use crate::common::Common;
use crate::failure::Failure;
use crate::report;
use crate::status;

/// Watch the running kernels. On a terminal, redraws each second until it is interrupted.
///
/// Otherwise it prints the state once, as `dlkm status` does.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  the state is printed
  2  a kernel does not answer, or the command line is wrong")]
pub(crate) struct TopArgs {
    #[command(flatten)]
    common: Common,

    /// Time between two pictures
    #[arg(short, long, value_name = "TIME", default_value = "1s", value_parser = time)]
    delay: Duration,

    /// How many pictures [default: no end]
    #[arg(short = 'n', long, value_name = "NUMBER")]
    count: Option<u32>,
}

fn time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| error.to_string())
}

pub(crate) fn run(options: &TopArgs) -> Result<ExitCode, Failure> {
    let root = options.common.root.as_deref();
    if options.common.json {
        return Ok(report::print_json(&status::json(&status::look(root)?), 0));
    }
    if !std::io::stdout().is_terminal() {
        return Ok(report::print(&status::text(&status::look(root)?), 0));
    }
    let mut left = options.count;
    loop {
        let text = status::text(&status::look(root)?);
        let mut out = anstream::stdout().lock();
        // To the upper left; each line is cleared to its end, and what is below it.
        let text = text.replace('\n', "\x1b[K\n");
        if write!(out, "\x1b[H{text}\x1b[J")
            .and_then(|()| out.flush())
            .is_err()
        {
            return Ok(ExitCode::SUCCESS);
        }
        drop(out);
        if let Some(left) = &mut left {
            *left = left.saturating_sub(1);
            if *left == 0 {
                return Ok(ExitCode::SUCCESS);
            }
        }
        std::thread::sleep(options.delay);
    }
}
