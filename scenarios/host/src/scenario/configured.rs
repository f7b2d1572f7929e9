//! What the system file of the module root chooses: states, versions, idle times.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use dlkm_rt::system::{Cause as Why, State, SystemFile};
use dlkm_rt::{BootError, Cause, Kernel, ModuleRoot, Phase, TunedBy, Waits};
use scenario_api::{Orders, counter, faulty, heap, plan as planned, tuned, tuner};

use super::{Must, mapped, says, state};
use crate::plan;

/// Writes the system file, and boots.
pub(super) fn boot(root: ModuleRoot, system: &str) -> Result<&'static Kernel, BootError> {
    write(&root, system);
    Kernel::boot(root)
}

fn write(root: &ModuleRoot, system: &str) {
    let file = file(root);
    fs::write(&file, format!("version 1\n{system}")).expect("its own root");
    let open_to_no_one = fs::Permissions::from_mode(0o644);
    fs::set_permissions(&file, open_to_no_one).expect("its own file");
}

fn file(root: &ModuleRoot) -> std::path::PathBuf {
    root.path().expect("a folder").join("system")
}

/// Why the module is in service.
pub(super) fn why(kernel: &Kernel, module: &str) -> Option<Why> {
    kernel.module(module).and_then(|module| module.cause())
}

/// kcmodule(1M): "`best` = the developer's choice; typically `auto` if supported, else `loaded`, else
/// `static`."
pub(super) fn without_the_file_each_module_is_best(root: ModuleRoot) {
    let kernel = Kernel::boot(root).expect("the first kernel");
    assert_eq!(state(kernel, "vital"), "unloaded");
    assert_eq!(counter::count().must(), 1);
    assert_eq!(why(kernel, "counter"), Some(Why::Auto));
    kernel.enter(Phase::Init).expect("nothing fails");
    // It supports `loaded` only, which is then best.
    assert_eq!(state(kernel, "by-name"), "loaded");
    assert_eq!(why(kernel, "by-name"), Some(Why::Best));
    assert_eq!(state(kernel, "vital"), "loaded", "it is critical");
    assert_eq!(why(kernel, "vital"), Some(Why::Required));
    assert_eq!(state(kernel, "heap"), "unloaded", "auto is best for it");
}

/// kcmodule(1M): "`unused`: installed, not in use". System Administrator's Guide, "System file line ↔
/// command": "(no line): `kcmodule name=unused`".
pub(super) fn unused_wins_over_all_that_want_a_module(root: ModuleRoot) {
    let system = "module counter unused\nmodule faulty auto\nmodule top unused\n\
        module plan static\nmodule registry static\n";
    let kernel = boot(root, system).expect("the file is right");

    let error = counter::count().expect_err("a call");
    says(
        &error,
        &[
            "counter::count wants it",
            "unused",
            "line 2 of",
            "/system says so",
        ],
    );
    assert!(matches!(error.cause(), Cause::Unused { line: Some(2), .. }));
    assert_eq!(counter::peek(), 0, "the fallback");

    let error = kernel.load("counter").expect_err("a load by name");
    says(&error, &["a load by name wants it", "line 2 of"]);

    let error = faulty::seven().expect_err("a dependency");
    says(
        &error,
        &["`faulty`", "`top`", "module `faulty` wants it", "line 4 of"],
    );

    // A module without a line is unused, whatever its image is like.
    let error = heap::bytes(1).expect_err("no line");
    says(
        &error,
        &["heap::bytes wants it", "/system has no line for it"],
    );
    fs::remove_file(kernel.root().path().expect("a folder").join("heap.so")).expect("a file");
    let error = kernel.load("heap").expect_err("no line");
    says(&error, &["has no line for it"]);
    assert_eq!(kernel.reports().len(), 0);
}

/// kmadmin(1M): "AUTO modules stay registered and load by `kmadmin -L` or on access".
pub(super) fn an_auto_module_is_loaded_by_name_too(root: ModuleRoot) {
    let system = "module counter auto\nmodule heap auto\nmodule vital best\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    kernel.enter(Phase::Init).expect("nothing fails");
    assert_eq!(state(kernel, "counter"), "unloaded", "no phase loads it");
    kernel.load("counter").must();
    assert_eq!(why(kernel, "counter"), Some(Why::Explicit));
    kernel.unload("counter").must();
    assert_eq!(counter::count().must(), 1, "it stays registered");
    assert_eq!(why(kernel, "counter"), Some(Why::Auto));
    assert_eq!(state(kernel, "heap"), "unloaded");
}

/// kcmodule(1M): "`explicit`: administrator chose the state; `best`: administrator chose the module,
/// developer the state; `auto`: was in auto state and was loaded when something tried to use it;
/// `required`: developer marked it required; `depend`: another module in the configuration depends on
/// it".
pub(super) fn each_cause_is_that_of_kcmodule(root: ModuleRoot) {
    let system = "module bare loaded\nmodule by-name best\nmodule heap auto\nmodule vital loaded\n\
        module top loaded\nmodule counter auto\nmodule plan best\nmodule registry static\n";
    let kernel = boot(root, system).expect("the file is right");
    kernel.enter(Phase::Init).expect("nothing fails");
    heap::bytes(1).must();
    for (module, cause) in [
        ("bare", Why::Explicit),
        ("by-name", Why::Best),
        ("heap", Why::Auto),
        ("vital", Why::Required),
        ("counter", Why::Depend),
        ("top", Why::Explicit),
        ("plan", Why::Best),
        ("registry", Why::Explicit),
    ] {
        assert_eq!(why(kernel, module), Some(cause), "{module}");
    }
    assert_eq!(why(kernel, "idler"), None, "it is unused");
}

/// kcmodule(1M): "`-h`: hold all changes of this command line until next boot".
pub(super) fn what_is_written_to_the_file_waits_for_the_next_boot(root: ModuleRoot) {
    let system = "module counter auto\nmodule plan best\n";
    let kernel = boot(root.clone(), system).expect("the file is right");
    for later in [
        "module counter unused\nmodule bare loaded phase boot1\n",
        "a line of nothing\n",
    ] {
        write(&root, later);
        kernel.enter(Phase::Init).expect("nothing fails");
        assert_eq!(counter::count().must(), 1, "the file of the boot counts");
        kernel.unload("counter").must();
        kernel.load("counter").must();
        kernel.unload("counter").must();
        let error = kernel.load("bare").expect_err("it has no line");
        says(&error, &["has no line for it"]);
    }
    fs::remove_file(file(&root)).expect("its own file");
    kernel.load("bare").expect_err("it has no line");
    let followed = kernel.configuration().expect("the file of the boot");
    assert_eq!(followed.modules().len(), 2);
}

/// kctune(1M): "Tunables of installed modules can be set even if the module is unused."
pub(super) fn a_tunable_of_an_unused_module_can_be_set(root: ModuleRoot) {
    let system = "module tuner unused\nmodule tuned auto\nmodule plan best\n\
        tunable tuner.count 9\ntunable tuned.segments tuner.count*2\n";
    let kernel = boot(root, system).expect("the file is right");
    let count = &kernel.tunables("tuner").must()[0];
    assert_eq!((count.name(), count.value()), ("count", "9"));
    assert!(matches!(count.set_by(), TunedBy::System { line: 5, .. }));
    assert_eq!(tuned::segments().must(), 18, "others may refer to it");
    let error = tuner::tuner().expect_err("it is unused");
    says(&error, &["tuner::tuner wants it", "line 2 of"]);
    let error = kernel.tune("tuner", "per_unit", "3").expect_err("unused");
    says(&error, &["`tuner`"]);
}

/// system(4): "`module name state [version]`"
pub(super) fn a_module_that_is_not_as_chosen_is_refused(root: ModuleRoot) {
    let system = "module counter auto 9.9.9\nmodule by-name auto\nmodule heap static\n\
        module calc loaded 1.2.3\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    let error = counter::count().expect_err("another version");
    says(
        &error,
        &["line 2 of", "wants version 9.9.9, and this is 0.1.0"],
    );
    let error = kernel.load("by-name").expect_err("it has no `auto`");
    says(
        &error,
        &[
            "line 3 of",
            "says `auto`, which it does not support; it can be: loaded",
        ],
    );
    let error = heap::bytes(1).expect_err("an image is not static");
    says(
        &error,
        &[
            "line 4 of",
            "says `static`, but this program was built without it",
        ],
    );
    let static_one = matches!(
        error.cause(),
        Cause::Choice {
            state: State::Static,
            ..
        }
    );
    assert!(static_one, "{error}");
    kernel.load("calc").must();
    assert_eq!(why(kernel, "calc"), Some(Why::Explicit));
}

pub(super) fn an_idle_time_in_the_file_comes_before_the_authors(root: ModuleRoot) {
    let system = "module counter auto idle 1ms\nmodule idler auto idle never\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    counter::count().must();
    kernel.load("idler").must();
    kernel.reap();
    sleep(Duration::from_millis(5));
    assert_eq!(kernel.reap().unloaded, ["counter"]);
    assert_eq!(state(kernel, "idler"), "loaded", "its author says 1 ms");
}

/// kcmodule(1M): "`static`: bound into the kernel executable".
pub(super) fn linked_modules_stay_static(root: ModuleRoot) {
    let system = "module plan unused\nmodule registry auto\n";
    let kernel = boot(root, system).expect("the file is right");
    assert_eq!(
        state(kernel, "registry"),
        "loaded",
        "it is part of the host"
    );
    let reports: Vec<_> = kernel.reports().iter().map(ToString::to_string).collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    for part in [
        "line 3 of",
        "says `auto` for module `registry`",
        "linked into this program",
    ] {
        assert!(reports[0].contains(part), "{reports:?}");
    }
    // It is not in service: nothing may call it.
    assert_eq!(state(kernel, "plan"), "unloaded");
    let error = planned::ask("anything").expect_err("it is unused");
    says(&error, &["plan::ask wants it", "line 2 of"]);
}

/// HP-UX: a static module is bound into the kernel executable. So it is there, whatever the file says.
pub(super) fn a_linked_module_without_a_line_is_static(root: ModuleRoot) {
    let kernel = boot(root, "module counter auto\n").expect("the file is right");
    for module in ["plan", "registry"] {
        assert_eq!(state(kernel, module), "loaded", "{module}");
        assert_eq!(why(kernel, module), Some(Why::Best), "{module}");
    }
    planned::ask("anything").expect("it is in service");
    assert_eq!(kernel.reports().len(), 0, "{:?}", kernel.reports());
    // A file without its line changes nothing, and one that says `unused` waits.
    let file = |text: &str| SystemFile::parse(text.as_bytes()).expect("a file");
    let waits = |text| kernel.would_adopt(&file(text)).len();
    assert_eq!(waits("version 1\n"), 0);
    assert_eq!(waits("version 1\nmodule plan unused\n"), 1);
}

/// Nothing is loaded by a file that is half understood.
pub(super) fn a_file_that_is_wrong_ends_the_boot(root: ModuleRoot) {
    let error = boot(root.clone(), "module counter aut\n").expect_err("a wrong state");
    let place = file(&root);
    let text = format!(
        "`{}`, line 2, column 16: state `aut` is unknown",
        place.display()
    );
    says(&error, &[&text]);
    assert!(Kernel::get().is_none());

    let error = boot(root.clone(), "module counter auto\nfoo\n").expect_err("a wrong word");
    says(&error, &["line 3, column 1: `foo` is unknown"]);

    write(&root, "");
    fs::set_permissions(&place, fs::Permissions::from_mode(0o666)).expect("its own file");
    let error = Kernel::boot(root.clone()).expect_err("anyone could change it");
    let exposed = matches!(&error, BootError::Exposed { file, .. } if *file == place);
    assert!(exposed, "{error:?}");
    says(&error, &["/system can be written by everyone", "chmod o-w"]);

    for odd in [make_pipe, make_folder] {
        fs::remove_file(&place).expect("its own file");
        odd(&place);
        let error = Kernel::boot(root.clone()).expect_err("no regular file");
        says(&error, &["/system` is not a regular file"]);
    }
    fs::remove_dir(&place).expect("its own folder");
    Kernel::boot(root).expect("without the file");
}

/// Those before it are understood, and don't count either.
pub(super) fn an_error_in_the_last_line_loads_nothing(root: ModuleRoot) {
    let system = "module bare loaded phase boot1\nmodule counter loaded phase boot1\n\
        module plan best\nmodule heap loaded phase boot4";
    let error = boot(root.clone(), system).expect_err("the last line is wrong");
    says(&error, &["line 5, column 26: phase `boot4` is unknown"]);
    assert!(Kernel::get().is_none());
    assert!(plan::notes().is_empty(), "no hook ran");
    assert!(!mapped("bare") && !mapped("counter") && !mapped("heap"));
    let error = counter::count().expect_err("there is no kernel");
    assert!(matches!(error.cause(), Cause::NotBooted));
    // The host may mend it, and try again.
    let right = system.replace("boot4", "boot1");
    let kernel = boot(root, &right).expect("the file is right");
    for module in ["bare", "counter", "heap"] {
        assert_eq!(state(kernel, module), "loaded");
    }
    assert_eq!(plan::notes(), ["bare load", "counter load"]);
}

fn make_pipe(place: &Path) {
    let path = std::ffi::CString::new(place.as_os_str().as_encoded_bytes()).expect("no NUL");
    // SAFETY: the path ends with a NUL.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o644) }, 0);
}

fn make_folder(place: &Path) {
    // The pipe was removed before.
    fs::create_dir(place).expect("its own root");
}

/// Of two lines for a module, the later one holds.
pub(super) fn two_lines_for_a_module_are_reported(root: ModuleRoot) {
    let system = "module counter unused\nmodule counter auto\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    assert_eq!(counter::count().must(), 1);
    let reports: Vec<_> = kernel.reports().iter().map(ToString::to_string).collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    let wanted = "/system: lines 2 and 3 both speak of module `counter`; line 3 holds";
    assert!(reports[0].ends_with(wanted), "{reports:?}");
}

fn parse(system: &str) -> SystemFile {
    SystemFile::parse(format!("version 1\n{system}").as_bytes()).expect("it is right")
}

/// kcmodule(1M): "Changes apply at once if possible." "`loaded` → `auto` changes nothing now; from next
/// boot on it loads on first use."
pub(super) fn changes_apply_at_once(root: ModuleRoot) {
    let system = "module faulty auto\nmodule top auto\nmodule counter auto\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    faulty::seven().must();
    let error = heap::bytes(1).expect_err("it has no line");
    says(&error, &["has no line"]);

    // Unused, each before those that it needs; and another one loaded.
    let next = "module by-name loaded\nmodule heap auto\nmodule plan best\n";
    let done = kernel.adopt(parse(next)).expect("nothing is in use");
    assert_eq!(done.unloaded, ["faulty", "top", "counter"]);
    assert_eq!(done.loaded, ["by-name"]);
    assert!(matches!(
        counter::count().expect_err("unused now").cause(),
        Cause::Unused { .. }
    ));
    assert_eq!(heap::bytes(1).must(), [0], "a call that failed asks again");

    // From `loaded` to `auto`, nothing changes.
    let next = "module by-name auto\nmodule heap auto\nmodule plan best\nmodule counter auto\n";
    let done = kernel.adopt(parse(next)).expect("nothing is in use");
    assert_eq!((done.loaded.len(), done.unloaded.len()), (0, 0));
    assert_eq!(state(kernel, "by-name"), "loaded");
    assert_eq!(counter::count().must(), 1);

    // A new idle time holds for a module that is loaded.
    let next = "module heap auto\nmodule plan best\nmodule counter auto idle 1ms\n\
        module by-name auto\n";
    kernel.adopt(parse(next)).expect("nothing is in use");
    kernel.reap();
    sleep(Duration::from_millis(5));
    assert_eq!(kernel.reap().unloaded, ["counter"]);
}

/// kcmodule(1M): "If **any** change on the line must wait, **all** wait until next boot." "A module that
/// can't be unloaded now (in use): the change is held for next boot." "Into or out of `static` always
/// waits."
pub(super) fn if_one_change_must_wait_all_wait(root: ModuleRoot) {
    let system = "module counter auto\nmodule heap auto\nmodule idler auto\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    counter::count().must();
    heap::bytes(1).must();
    kernel.load("idler").must();

    // `heap` is load-only, so it can't be unloaded; `idler` could.
    let next = parse("module counter auto\nmodule by-name loaded\nmodule plan best\n");
    let says_waits = |waits: &[Waits], parts: &[&str]| {
        let text: Vec<_> = waits.iter().map(ToString::to_string).collect();
        let text = text.join("; ");
        for part in parts {
            assert!(text.contains(part), "{text:?} does not say {part:?}");
        }
        assert_eq!(waits.len(), 1, "{text}");
    };
    says_waits(&kernel.would_adopt(&next), &["`heap`"]);
    says_waits(&kernel.adopt(next).expect_err("heap stays"), &["`heap`"]);
    assert_eq!(state(kernel, "idler"), "loaded");
    assert_eq!(state(kernel, "by-name"), "unloaded");

    // In use now, which only the attempt shows.
    let rest = "module counter unused\nmodule heap auto\nmodule plan best\n";
    assert!(counter::during(&mut || {
        assert_eq!(kernel.would_adopt(&parse(rest)).len(), 0);
        let waits = kernel.adopt(parse(rest)).expect_err("a call is in it");
        says_waits(&waits, &["`counter`"]);
    }));
    assert_eq!(state(kernel, "idler"), "loaded", "it is there again");
    assert_eq!(counter::count().must(), 2, "it was not touched");

    // Into and out of `static`, also of a module that this program is built without.
    let next =
        parse("module counter static\nmodule heap auto\nmodule idler auto\nmodule plan best\n");
    says_waits(
        &kernel.adopt(next).expect_err("static"),
        &["`counter` becomes static when"],
    );
    let next =
        parse("module counter auto\nmodule heap auto\nmodule idler auto\nmodule plan auto\n");
    says_waits(
        &kernel.adopt(next).expect_err("static"),
        &["`plan` becomes auto when"],
    );
    let next =
        parse("module counter auto 7.0.0\nmodule heap auto\nmodule idler auto\nmodule plan best\n");
    let waits = kernel.adopt(next).expect_err("another version");
    says_waits(
        &waits,
        &[
            "`counter`",
            "version 0.1.0",
            "version 7.0.0 is loaded at the next boot",
        ],
    );
    assert_eq!(counter::count().must(), 3);
}

pub(super) fn what_was_done_is_undone_if_a_load_fails(root: ModuleRoot) {
    plan::order("vital load", Orders::Fail);
    let system = "module counter auto\nmodule tuner auto\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    counter::count().must();
    kernel.load("tuner").must();
    kernel.tune("tuner", "per-unit", "3").must();
    let next = "module by-name loaded\nmodule vital loaded\nmodule plan best\nmodule tuner auto\n\
        tunable tuner.per-unit 5\n";
    let next = parse(next);
    let waits = kernel.adopt(next).expect_err("the hook fails");
    let [Waits::Load { source, .. }] = &waits[..] else {
        panic!("{waits:?}");
    };
    says(source, &["`vital`", "No such device"]);
    assert_eq!(state(kernel, "by-name"), "unloaded");
    assert_eq!(state(kernel, "counter"), "loaded");
    assert_eq!(why(kernel, "counter"), Some(Why::Auto));
    assert_eq!(counter::count().must(), 1, "a fresh copy");
    kernel.unload("tuner").must();
    assert_eq!(tuner::tuner().must(), "5 3 none", "the file is the old one");
}
