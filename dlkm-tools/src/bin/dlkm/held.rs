//! What is held: in what the next boot differs from what runs.

use std::process::ExitCode;

use serde_json::json;

use crate::change::WAITS;
use crate::report;
use crate::show;
use crate::tunables::statuses;
use crate::view::View;

/// Prints it. The exit code is 1 if there is something.
///
/// kconfig(1M), `-D`: "differences held for next boot: exit value 1 if there are any".
pub(crate) fn print(view: &View, json: bool) -> ExitCode {
    let modules: Vec<_> = view
        .statuses()
        .into_iter()
        .filter(|one| one.differs())
        .collect();
    let tunables = statuses(view);
    let tunables: Vec<_> = tunables.iter().filter(|one| one.differs()).collect();
    let code = match modules.is_empty() && tunables.is_empty() {
        true => 0,
        false => WAITS,
    };
    if json {
        let modules = modules.iter().map(|one| {
            json!({
                "name": one.module.name,
                "now": one.now.state.as_str(),
                "next": one.next.state.as_str(),
            })
        });
        let tunables = tunables.iter().map(|one| {
            json!({
                "name": one.next.name,
                "now": show::value(&one.now),
                "next": show::value(&one.next),
            })
        });
        let value = json!({
            "modules": modules.collect::<Vec<_>>(),
            "tunables": tunables.collect::<Vec<_>>(),
        });
        return report::print_json(&value, code);
    }
    let mut text = String::new();
    for one in modules {
        let (now, next) = (one.now.state, one.next.state);
        text += &format!("module {}: {now} → {next}\n", one.module.name);
    }
    for one in tunables {
        let (now, next) = (show::value(&one.now), show::value(&one.next));
        text += &format!("tunable {}: {now} → {next}\n", one.next.name);
    }
    report::print_or(&text, "nothing waits for the next boot", code)
}
