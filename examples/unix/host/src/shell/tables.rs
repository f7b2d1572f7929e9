//! What the commands print of the switch tables and the kernel's lists.

use dlkm_rt::SwitchError;
use unix_kernel::errno::EIO;
use unix_kernel::{bdevsw, cdevsw, fmodsw, vfssw};

use crate::fault::{Fault, Result};
use crate::majors::{self, BLOCK, CHAR};
use crate::services;

/// The lines of a switch table.
pub(super) fn table(name: &str) -> Result<Vec<String>> {
    /// One line for each entry. The entries of each table have a type of their own.
    macro_rules! lines {
        ($table:ident, $number:expr) => {
            $table::entries().map(|all| {
                let number: fn(usize, &str) -> String = $number;
                all.into_iter()
                    .map(|one| {
                        line(
                            &number(one.number(), one.module()),
                            one.module(),
                            one.is_loaded(),
                            one.keys(),
                            one.desc(),
                        )
                    })
                    .collect::<Vec<_>>()
            })
        };
    }
    let by_entry = |number: usize, _: &str| number.to_string();
    let lines: std::result::Result<Vec<String>, SwitchError> = match name {
        "cdevsw" => {
            majors::assign();
            lines!(cdevsw, |_, module| major(CHAR, module))
        }
        "bdevsw" => {
            majors::assign();
            lines!(bdevsw, |_, module| major(BLOCK, module))
        }
        "vfssw" => lines!(vfssw, by_entry),
        _ => lines!(fmodsw, by_entry),
    };
    lines.map_err(|error| Fault::of_switch(error, EIO))
}

fn line(number: &str, module: &str, loaded: bool, keys: &[String], desc: &str) -> String {
    let state = if loaded { "loaded" } else { "stub" };
    let keys = match keys {
        [key] if key == module => String::new(),
        keys => format!(" ({})", keys.join(", ")),
    };
    format!("{number:>3} {module:<10} {state:<6} {desc}{keys}")
}

fn major(class: &str, module: &str) -> String {
    majors::number(class, module).map_or_else(|| "-".to_owned(), |number| number.to_string())
}

/// The drivers that are installed: character major, block major, name, class.
pub(super) fn drivers() -> Vec<String> {
    let number =
        |number: Option<u32>| number.map_or_else(|| "-1".to_owned(), |number| number.to_string());
    services::with(|lists| {
        let drivers = lists.drivers.iter();
        drivers
            .map(|one| {
                let (character, block) = (number(one.c_major), number(one.b_major));
                format!("{character:>9} {block:>5} {:<10} {}", one.name, one.class)
            })
            .collect()
    })
}

/// The STREAMS drivers and modules that are installed.
pub(super) fn streams() -> Vec<String> {
    services::with(|lists| {
        let streams = lists.streams.iter();
        streams
            .map(|one| match one.major {
                Some(major) => format!("{} driver {major}", one.name),
                None => format!("{} module", one.name),
            })
            .collect()
    })
}
