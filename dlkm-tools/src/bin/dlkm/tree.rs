//! `dlkm tree`: what modules need, as a tree or for Graphviz.

use std::process::ExitCode;

use dlkm_config::{Installed, Inventory};
use dlkm_system::State;
use serde_json::json;

use crate::common::Common;
use crate::failure::Failure;
use crate::report;
use crate::view::View;

/// Show what modules need.
///
/// Without a name, the tree begins with the modules that no other needs. What is needed and not
/// installed is marked.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  the tree is printed
  2  no such module is installed, or the command line is wrong

Examples:
  dlkm tree
  dlkm tree --dot | dot -Tsvg > modules.svg")]
pub(crate) struct TreeArgs {
    #[command(flatten)]
    common: Common,

    /// Print a graph for Graphviz
    #[arg(long, conflicts_with = "json")]
    dot: bool,

    /// Modules to begin with
    names: Vec<String>,
}

pub(crate) fn run(options: &TreeArgs) -> Result<ExitCode, Failure> {
    let view = View::find(options.common.root.as_deref())?;
    let named = options.names.iter().map(|name| view.module(name));
    let mut starts = named.collect::<Result<Vec<_>, _>>()?;
    if starts.is_empty() {
        starts = tops(&view.inventory);
    }
    if options.common.json {
        return Ok(report::print_json(&json(&starts, &view), 0));
    }
    let text = match options.dot {
        true => dot(&starts, &view),
        false => text(&starts, &view),
    };
    Ok(report::print(&text, 0))
}

/// The modules that no other needs; of a circle, the first.
fn tops(inventory: &Inventory) -> Vec<&Installed> {
    let all = inventory.modules();
    let needed: Vec<&str> = all
        .iter()
        .flat_map(|module| inventory.needs(module))
        .flat_map(|(_, modules)| modules)
        .map(|module| &*module.name)
        .collect();
    let free = all.iter().filter(|one| !needed.contains(&&*one.name));
    let mut tops: Vec<_> = free.collect();
    let mut reached: Vec<&str> = Vec::new();
    for top in &tops {
        reached.extend(inventory.load_order(top).iter().map(|one| &*one.name));
    }
    for module in all {
        if !reached.contains(&&*module.name) {
            tops.push(module);
            reached.extend(inventory.load_order(module).iter().map(|one| &*one.name));
        }
    }
    tops
}

/// All modules of the trees, sorted by name.
fn members<'a>(starts: &[&'a Installed], inventory: &'a Inventory) -> Vec<&'a Installed> {
    let orders = starts.iter().map(|start| inventory.load_order(start));
    let mut all: Vec<_> = orders.flatten().collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup_by(|a, b| a.name == b.name);
    all
}

fn text(starts: &[&Installed], view: &View) -> String {
    let mut text = String::new();
    let mut shown: Vec<&str> = Vec::new();
    for start in starts {
        // What is to be printed: the line's beginning, its branch, and the module or a text.
        let mut todo = vec![(String::new(), "", Ok(*start), String::new())];
        while let Some((indent, branch, what, note)) = todo.pop() {
            let module = match what {
                Ok(module) => module,
                Err(missing) => {
                    text += &format!("{indent}{branch}{missing}: not installed\n");
                    continue;
                }
            };
            let known = shown.contains(&&*module.name);
            let state = view.status_of(module).now.state;
            let more = match known && !module.needs.is_empty() {
                true => " …",
                false => "",
            };
            text += &format!(
                "{indent}{branch}{} {} {state}{note}{more}\n",
                module.name, module.version
            );
            if known {
                continue;
            }
            shown.push(&module.name);
            let below = match branch {
                "" => String::new(),
                "└── " => format!("{indent}    "),
                _ => format!("{indent}│   "),
            };
            let mut children = Vec::new();
            for (need, found) in view.inventory.needs(module) {
                let note = match (need.on, &need.range) {
                    (dlkm_config::On::Interface, _) => format!(", interface {}", need.name),
                    (_, Some(range)) => format!(", {range}"),
                    _ => String::new(),
                };
                if found.is_empty() {
                    children.push((Err(format!("{} {}", need.on, need.name)), String::new()));
                }
                children.extend(found.into_iter().map(|module| (Ok(module), note.clone())));
            }
            let last = children.len();
            let lines = children.into_iter().enumerate().rev();
            todo.extend(lines.map(|(index, (what, note))| {
                let branch = if index + 1 == last {
                    "└── "
                } else {
                    "├── "
                };
                (below.clone(), branch, what, note)
            }));
        }
    }
    text
}

fn dot(starts: &[&Installed], view: &View) -> String {
    let mut text = "digraph modules {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for module in members(starts, &view.inventory) {
        let state = view.status_of(module).now.state;
        let style = match state {
            State::Unused => "dotted",
            State::Auto => "dashed",
            _ => "solid",
        };
        text += &format!(
            "  {:?} [label={:?}, style={style}];\n",
            module.name,
            format!("{} {}", module.name, module.version)
        );
        for (need, found) in view.inventory.needs(module) {
            if found.is_empty() {
                text += &format!("  {:?} [color=red];\n", need.name);
                text += &format!("  {:?} -> {:?};\n", module.name, need.name);
            }
            for other in found {
                text += &format!("  {:?} -> {:?};\n", module.name, other.name);
            }
        }
    }
    text + "}\n"
}

fn json(starts: &[&Installed], view: &View) -> serde_json::Value {
    let modules = members(starts, &view.inventory).into_iter().map(|module| {
        let needs = view.inventory.needs(module).into_iter();
        let needs = needs.map(|(need, found)| {
            json!({
                "on": need.on.to_string(),
                "name": need.name,
                "range": need.range.as_ref().map(ToString::to_string),
                "modules": found.iter().map(|one| &*one.name).collect::<Vec<_>>(),
            })
        });
        json!({
            "name": module.name,
            "version": module.version,
            "state": view.status_of(module).now.state.as_str(),
            "needs": needs.collect::<Vec<_>>(),
        })
    });
    json!({
        "tops": starts.iter().map(|one| &*one.name).collect::<Vec<_>>(),
        "modules": modules.collect::<Vec<_>>(),
    })
}
