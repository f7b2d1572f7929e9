//! The phases of a boot: what is loaded when, and what a module that can't be loaded means for the boot.

use std::fs;

use dlkm_rt::system::Cause as Why;
use dlkm_rt::{BootError, BootOptions, Kernel, ModuleRoot, Phase, Report, State};
use libc::PT_DYNAMIC;
use scenario_api::{Orders, by_name};

use super::configured::{boot, why};
use super::{Must, says, state};
use crate::plan;

/// kmsystem(1M), `-b`: "planned phase BOOT1, BOOT2, INIT, AUTO". kcmodule(1M): "`loaded`: loaded during
/// boot; `auto`: loaded at first need after each boot".
pub(super) fn modules_are_loaded_in_their_phases(root: ModuleRoot) {
    let system = "module by-name loaded\nmodule counter loaded phase boot2\nmodule heap auto\n\
        module bare loaded phase boot1\nmodule late best phase init\nmodule plan best\n\
        module vital best\n";
    let kernel = boot(root, system).expect("the file is right");
    let loaded = || {
        let all = ["bare", "counter", "by-name", "heap", "late", "vital"];
        all.map(|module| state(kernel, module) == "loaded")
    };
    assert_eq!(loaded(), [true, false, false, false, false, false]);
    assert_eq!(why(kernel, "bare"), Some(Why::Explicit));
    kernel.enter(Phase::Boot2).expect("nothing fails");
    assert_eq!(loaded(), [true, true, false, false, false, false]);
    kernel.enter(Phase::Init).expect("nothing fails");
    assert_eq!(loaded(), [true, true, true, false, false, true]);
    // A phase is entered once.
    kernel.unload("counter").must();
    kernel.enter(Phase::Boot2).expect("nothing to do");
    kernel.enter(Phase::Auto).expect("nothing to do");
    assert_eq!(loaded(), [true, false, true, false, false, true]);
    assert_eq!(by_name::three().must(), 3);
    assert_eq!(kernel.reports().len(), 0);
}

pub(super) fn a_phase_that_was_left_out_is_made_up_for(root: ModuleRoot) {
    let system = "module counter loaded phase boot2\nmodule by-name loaded\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    kernel.enter(Phase::Init).expect("nothing fails");
    assert_eq!(state(kernel, "counter"), "loaded");
    assert_eq!(state(kernel, "by-name"), "loaded");
}

/// The guide: "A dependency that is needed at boot must support the phase; what does not, is not
/// registered then and the load fails. Configuring a phase that is not supported: the configuration step
/// complains."
pub(super) fn a_dependency_must_support_the_phase(root: ModuleRoot) {
    let system = "module lead loaded phase boot1\nmodule late loaded phase boot2\n";
    let kernel = boot(root, system).expect("no module of it is critical");
    assert_eq!(state(kernel, "lead"), "failed");
    kernel
        .enter(Phase::Boot2)
        .expect("no module of it is critical");
    let reports = kernel.reports();
    let [
        Report::Skipped { error: lead, .. },
        Report::Skipped {
            phase, error: late, ..
        },
    ] = &reports[..]
    else {
        panic!("{reports:?}");
    };
    assert_eq!(*phase, Phase::Boot2);
    says(
        lead,
        &[
            "`lead`",
            "`late`",
            "can't be loaded in phase boot1, only in: init auto",
        ],
    );
    says(
        late,
        &[
            "`late`",
            "can't be loaded in phase boot2, only in: init auto",
        ],
    );
    // At run time, they can.
    kernel.load("lead").must();
    assert_eq!(why(kernel, "late"), Some(Why::Depend));
}

pub(super) fn a_critical_module_ends_the_boot(root: ModuleRoot) {
    plan::order("vital load", Orders::Fail);
    let system = "module vital loaded phase boot1\nmodule plan best\n";
    let error = boot(root, system).expect_err("it fails");
    let BootError::Critical {
        phase: Phase::Boot1,
        ..
    } = &error
    else {
        panic!("{error:?}");
    };
    says(
        &error,
        &[
            "`vital`",
            "No such device",
            "is critical, so phase boot1 ends here",
        ],
    );
}

/// kcmodule(1M): "Whether a module is *required* shows in that `unused` is absent from *Capable*."
pub(super) fn a_critical_module_can_not_be_unused(root: ModuleRoot) {
    let system = "module vital unused\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    kernel.enter(Phase::Init).expect("nothing fails");
    assert_eq!(state(kernel, "vital"), "loaded");
    assert_eq!(why(kernel, "vital"), Some(Why::Required));
    let reports: Vec<_> = kernel.reports().iter().map(ToString::to_string).collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    let wanted = "module `vital` is critical and can't be unused; change line 2 of ";
    assert!(reports[0].starts_with(wanted), "{reports:?}");
}

/// kcmodule(1M): "`required`: developer marked it required".
pub(super) fn a_critical_module_needs_no_line(root: ModuleRoot) {
    let kernel = boot(root, "").expect("the file is right");
    assert_eq!(state(kernel, "vital"), "unloaded");
    kernel.enter(Phase::Init).expect("it loads");
    assert_eq!(state(kernel, "vital"), "loaded");
    assert_eq!(why(kernel, "vital"), Some(Why::Required));
    let reports: Vec<_> = kernel.reports().iter().map(ToString::to_string).collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    let wanted = "module `vital` is critical and can't be unused; add `module vital best` to ";
    assert!(reports[0].starts_with(wanted), "{reports:?}");
    let others = kernel.modules();
    let loaded = others.iter().filter(|one| one.cause().is_some());
    let names: Vec<_> = loaded.map(|one| one.name()).collect();
    // The first two are linked in.
    assert_eq!(names, ["plan", "registry", "vital"]);
}

/// Its metadata says that it is critical, whatever else is wrong with its file.
pub(super) fn a_critical_module_that_can_not_be_linked_ends_the_boot(root: ModuleRoot) {
    let file = root.path().expect("a folder").join("vital.so");
    let mut image = fs::read(&file).expect("it was built");
    let field = |image: &[u8], at: usize| {
        let bytes = image[at..at + 8].try_into().expect("eight bytes");
        u64::from_le_bytes(bytes)
    };
    // The segments follow the header; each begins with its type and its flags.
    let mut segments = (64..).step_by(56);
    let is_dynamic = |at: &usize| field(&image, *at) as u32 == PT_DYNAMIC;
    let dynamic = segments.find(is_dynamic).expect("a shared object");
    let dynamic = field(&image, dynamic + 8) as usize;
    // Its end, in place of its first entry.
    image[dynamic..dynamic + 16].fill(0);
    fs::remove_file(&file).expect("its own root");
    fs::write(&file, image).expect("its own root");

    let kernel = boot(root, "").expect("phase init is not due yet");
    let error = kernel.enter(Phase::Init).expect_err("vital is critical");
    let parts = [
        "vital.so",
        "it has no hash table",
        "the module is critical, so phase init ends here",
    ];
    says(&error, &parts);
    let all = kernel.modules();
    let vital = all.iter().find(|one| one.name() == "vital");
    assert_eq!(vital.expect("it has a file").state(), State::Failed);
}

/// The phase goes on after each that fails, and ends with the one that is critical.
pub(super) fn other_modules_are_reported_and_skipped(root: ModuleRoot) {
    plan::order("faulty load", Orders::Fail);
    plan::order("vital load", Orders::Fail);
    let system = "module faulty loaded\nmodule top auto\nmodule counter auto\n\
        module nowhere loaded\nmodule heap loaded 7.0.0\nmodule by-name loaded\nmodule vital auto\n\
        module bare loaded\nmodule plan best\n";
    let kernel = boot(root, system).expect("phase init is not due yet");
    let error = kernel.enter(Phase::Init).expect_err("vital is critical");
    let parts = [
        "`vital`",
        "No such device",
        "the module is critical, so phase init ends here",
    ];
    says(&error, &parts);
    let reports: Vec<_> = kernel.reports().iter().map(ToString::to_string).collect();
    let expected = [
        ("`faulty`", "No such device"),
        ("`nowhere`", "there is no image"),
        ("`heap`", "wants version 7.0.0"),
    ];
    assert_eq!(reports.len(), expected.len(), "{reports:?}");
    for (report, (module, why)) in reports.iter().zip(expected) {
        let ends = report.ends_with("; phase init goes on without it");
        let right = report.contains(module) && report.contains(why) && ends;
        assert!(right, "{report}");
    }
    assert_eq!(state(kernel, "by-name"), "loaded");
    for module in ["faulty", "vital"] {
        assert_eq!(state(kernel, module), "failed");
    }
    for module in ["top", "counter", "bare"] {
        assert_eq!(state(kernel, module), "unloaded", "{module}");
    }
}

/// kmsystem(1M): the planned phase is one of the module's; `$LOADPHASE` BOOT1 and BOOT2 are before init.
pub(super) fn a_module_that_init_is_too_late_for_is_loaded_before(root: ModuleRoot) {
    let system = "module prompt loaded\nmodule vital best\nmodule plan best\n";
    let kernel = boot(root, system).expect("the file is right");
    assert_eq!(
        state(kernel, "prompt"),
        "unloaded",
        "boot2 is its latest phase"
    );
    kernel.enter(Phase::Boot2).expect("it loads");
    assert_eq!(state(kernel, "prompt"), "loaded");
    kernel.unload("prompt").must();
    let error = kernel.load("prompt").expect_err("it is too late");
    says(&error, &["`prompt`", "only in: boot1 boot2"]);
    kernel.enter(Phase::Init).expect("nothing else fails");
    assert_eq!(kernel.reports().len(), 0);
}

pub(super) fn linked_modules_are_in_service_from_the_boot_on(root: ModuleRoot) {
    let kernel = Kernel::boot(root).expect("the first kernel");
    assert_eq!(state(kernel, "registry"), "loaded");
    assert_eq!(why(kernel, "registry"), Some(Why::Best));
}

pub(super) fn a_host_may_want_linked_modules_late(root: ModuleRoot) {
    let options = BootOptions::new().static_on_first_call();
    let kernel = options.boot(root).expect("the first kernel");
    assert_eq!(state(kernel, "plan"), "unloaded");
    kernel.enter(Phase::Init).expect("nothing fails");
    assert_eq!(
        state(kernel, "plan"),
        "loaded",
        "the hook of `vital` called it"
    );
    assert_eq!(state(kernel, "registry"), "unloaded");
}
