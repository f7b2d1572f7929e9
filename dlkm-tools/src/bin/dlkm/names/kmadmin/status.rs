//! The full status of a module: `-q`, `-Q` and `-S`.

use dlkm_client::{Record, Request};
use dlkm_config::{Installed, ModuleStatus, NextState};
use dlkm_system::{State, same_name};

use super::registered::{CLASS, kind, known_id, loaded};
use crate::failure::Failure;
use crate::view::View;

/// What a kernel says of a module that it has loaded.
struct Look {
    /// Its counts.
    counts: Record,
    /// Where its image lies; `None` for a static module, and for a kernel that does not say.
    place: Option<Record>,
}

impl Look {
    /// Of several kernels, the first that has it loaded.
    fn of(view: &View, module: &str) -> Option<Self> {
        view.kernels.iter().find_map(|kernel| {
            let all = kernel.running.ask(&Request::new(&["snapshot"])).ok()?;
            let is = |one: &Record| one.get("name").is_some_and(|name| same_name(name, module));
            let counts = all.into_iter().find(is)?;
            if counts.get("state") != Some("loaded") {
                return None;
            }
            let name = counts.get("name").unwrap_or(module);
            let place = kernel.running.ask(&Request::new(&["image", name])).ok();
            let place = place.and_then(|records| records.into_iter().next());
            Some(Look { counts, place })
        })
    }
}

/// The guide, p. 29: what `-q` and `-Q` print.
pub(super) fn text(view: &View, module: &Installed) -> Result<String, Failure> {
    let one = view.status_of(module);
    let next = NextState::of(view.system.as_ref(), module).ok();
    let phase = next.and_then(|next| next.phase);
    let file = view
        .root
        .image_file(&module.name)
        .ok()
        .filter(|_| !module.linked);
    let of_file = file.as_ref().and_then(|file| std::fs::metadata(file).ok());
    let look = Look::of(view, &module.name);
    let none = || "-".to_owned();
    let place = |key: &str| {
        let place = look.as_ref().and_then(|look| look.place.as_ref());
        place.and_then(|place| place.get(key)).map(str::to_owned)
    };
    // Of a loaded module that of its image in memory, else that of its file.
    let size = place("size").or_else(|| of_file.map(|file| file.len().to_string()));
    let dependents = match &look {
        Some(look) => look.counts.all("dependant").count(),
        None => needed_by(view, module),
    };
    let id = known_id(&view.root, &module.name)?;
    let mut fields = vec![
        ("Module Name", module.name.clone()),
        ("Module Version", module.version.clone()),
        ("Module ID", id.map_or_else(none, |id| id.to_string())),
        (
            "Module Loading Phase",
            phase.map_or_else(none, |one| one.to_string().to_uppercase()),
        ),
        (
            "Module Path",
            file.map_or_else(none, |file| file.display().to_string()),
        ),
        ("Module Status", loaded(one.now.state).to_owned()),
        ("Module Size", size.unwrap_or_else(none)),
        (
            "Module Virtual Load Address",
            place("address").unwrap_or_else(none),
        ),
        ("Module BSS Size", place("bss-size").unwrap_or_else(none)),
        ("Module BSS Base", place("bss-address").unwrap_or_else(none)),
        ("Module Hold Count", held(look.as_ref()).to_string()),
        ("Module Dependent Count", dependents.to_string()),
        ("Module Unload Delay", "0 secs".to_owned()),
        ("Module Descriptive Name", module.desc.clone()),
        ("Module Type", kind(view, module)),
    ];
    // Block and character majors of HP-UX are such numbers.
    let numbers = view.root.numbers()?;
    let own = numbers
        .iter()
        .filter(|one| same_name(&one.name, &module.name));
    let classes: Vec<_> = own
        .filter(|one| one.class != CLASS)
        .map(|one| (format!("Module {}", one.class), one.number.to_string()))
        .collect();
    fields.extend(
        classes
            .iter()
            .map(|(class, number)| (&**class, number.clone())),
    );
    let lines = fields
        .iter()
        .map(|(name, value)| format!("{name:<28} {value}").trim_end().to_owned() + "\n");
    Ok(lines.collect())
}

/// HP-UX counts the processes that use it. Here, calls that are in it and values of it that are held
/// do that.
fn held(look: Option<&Look>) -> u64 {
    let number = |key| look?.counts.get(key)?.parse::<u64>().ok();
    number("held").unwrap_or_default() + number("in-flight").unwrap_or_default()
}

/// How many modules that are used need it.
fn needed_by(view: &View, module: &Installed) -> usize {
    let needs = |other: &&ModuleStatus<'_>| {
        let present = matches!(other.now.state, State::Loaded | State::Static);
        let mut needs = other.module.needs.iter();
        present
            && needs.any(|need| {
                same_name(&need.name, &module.name)
                    || module.interfaces.iter().any(|one| one.name == need.name)
            })
    };
    view.statuses().iter().filter(needs).count()
}
