//! Switch tables: entries of modules that are installed, and calls through them.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use dlkm_rt::{Kernel, SwitchError};
use scenario_api::{Missing, figuresw, gallery};

use super::{Must, says, state};

pub(super) fn the_first_call_through_an_entry_loads_its_module(kernel: &'static Kernel, _: &str) {
    let square = figuresw::get("square").expect("it is installed");
    assert_eq!((square.module(), square.is_loaded()), ("square", false));
    assert_eq!(square.asked(), 0, "the fallback");
    assert!(
        kernel.snapshot().module("square").is_none(),
        "no code of it runs"
    );
    assert_eq!(square.area(7).must(), 49);
    assert!(square.is_loaded());
    assert_eq!(square.asked(), 1);
    // The other key leads to the same entry, and other modules stay where they are.
    let same = figuresw::get("sq").expect("it is installed");
    assert_eq!((same.number(), same.asked()), (square.number(), 1));
    assert!(!figuresw::get("disc").expect("it is installed").is_loaded());
}

pub(super) fn an_entry_follows_unloads_and_loads(kernel: &'static Kernel, _: &str) {
    let square = figuresw::get("square").expect("it is installed");
    let disc = figuresw::get("disc").expect("it is installed");
    assert_eq!((square.area(2).must(), disc.area(2).must()), (4, 12));
    kernel.unload("square").expect("nothing is in it");
    assert!(!square.is_loaded() && disc.is_loaded());
    assert_eq!((square.asked(), disc.asked()), (0, 1));
    assert_eq!(square.area(3).must(), 9);
    assert_eq!(square.asked(), 1, "with fresh statics");
    // A call that is in one module does not keep the other.
    assert!(disc.during(&mut || {
        kernel.unload("square").expect("no call is in it");
        let error = kernel.unload("disc").expect_err("a call is in it");
        says(&error, &["`disc`"]);
    }));
    kernel.unload("disc").expect("the call has ended");
    // An entry that is made while its module is loaded is bound at once.
    assert_eq!(figuresw::get("square").expect("it is installed").asked(), 0);
}

pub(super) fn an_object_keeps_the_module_of_its_entry(kernel: &'static Kernel, _: &str) {
    let disc = figuresw::get("disc").expect("it is installed");
    let drawing = disc.draw(2).must();
    assert_eq!(drawing.lines(), ["oo", "oo"]);
    let error = kernel.unload("disc").expect_err("a drawing is held");
    says(&error, &["`disc`"]);
    drop(drawing);
    kernel.unload("disc").expect("nothing is held");
}

pub(super) fn a_key_without_a_module_names_the_near_ones(_: &'static Kernel, _: &str) {
    let error = figuresw::get("squar").expect_err("no module has it");
    let SwitchError::Unknown { near, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(near[0], "square");
    says(&error, &["`figure`", "`squar`", "there is square"]);
}

pub(super) fn a_key_of_two_modules_is_contested(_: &'static Kernel, _: &str) {
    let error = figuresw::get("sq").expect_err("two modules have it");
    says(&error, &["`sq`", "other-square", "square", "`unused`"]);
    // The other keys of both work.
    assert_eq!(
        figuresw::get("square").expect("one has it").area(3).must(),
        9
    );
    assert_eq!(
        figuresw::get("other").expect("one has it").area(3).must(),
        10
    );
}

pub(super) fn only_square_is_used(_: &'static Kernel, _: &str) {
    let all = figuresw::entries().expect("they can be listed");
    assert_eq!(
        all.iter().map(|one| one.module()).collect::<Vec<_>>(),
        ["square"]
    );
    assert_eq!(figuresw::get("sq").expect("one is used").area(2).must(), 4);
    let error = figuresw::get("disc").expect_err("it is unused");
    says(&error, &["`disc`", "there is sq, square"]);
}

pub(super) fn a_module_of_a_later_package_has_an_entry(kernel: &'static Kernel, root: &str) {
    let square = figuresw::get("square").expect("it is installed");
    figuresw::get("disc").expect_err("it is not yet");
    figuresw::probe(b"?", Some("cir")).expect_err("nothing knows it yet");
    let root = Path::new(root);
    fs::rename(root.join("disc.new"), root.join("disc.so")).expect("the root can be written");
    let disc = figuresw::probe(b"?", Some("cir")).expect("it is installed now");
    assert_eq!(disc.module(), "disc");
    assert_eq!(
        figuresw::get("disc").expect("it is").number(),
        disc.number()
    );
    assert!(kernel.snapshot().module("disc").is_none());
    assert_eq!(disc.area(2).must(), 12);
    // The entry of before has stayed.
    assert_eq!((square.number(), square.area(2).must()), (0, 4));
    let all = figuresw::entries().expect("they can be listed");
    let names: Vec<_> = all.iter().map(|one| (one.number(), one.module())).collect();
    assert_eq!(names, [(0, "square"), (1, "disc")]);
}

pub(super) fn data_find_their_module(kernel: &'static Kernel, _: &str) {
    let module = |head: &[u8], extension| figuresw::probe(head, extension).map(|one| one.module());
    assert_eq!(module(b"SQ...", None).expect("magic"), "square");
    // The longer one says more.
    assert_eq!(module(b"SQUARED CIRCLE", None).expect("magic"), "disc");
    assert_eq!(module(b"....\x5fC", None).expect("masked magic"), "disc");
    assert_eq!(module(b"?", Some("CIR")).expect("extension"), "disc");
    assert_eq!(module(b"SQ", Some("cir")).expect("magic first"), "square");
    // All that do, the best first, and each once.
    let modules = |head: &[u8], extension| -> Vec<&str> {
        let all = figuresw::candidates(head, extension).expect("one does");
        all.iter().map(|one| one.module()).collect()
    };
    assert_eq!(modules(b"SQUARED CIRCLE", None), ["disc", "square"]);
    assert_eq!(modules(b"SQ", Some("cir")), ["square", "disc"]);
    assert_eq!(modules(b"SQ", Some("Sqr")), ["square"]);
    assert!(figuresw::candidates(b"?", Some("txt")).is_err());
    let disc = figuresw::get("disc").expect("it is installed");
    assert_eq!(disc.extensions(), ["dsc", "cir"]);
    let needs = disc.magics().iter().map(|magic| magic.needs()).max();
    assert_eq!(needs, Some(14));
    let error = module(b"?", Some("txt")).expect_err("nothing knows it");
    says(&error, &["`figure`", "recognises", "disc, square"]);
    for one in ["disc", "square"] {
        assert_eq!(state(kernel, one), "unloaded", "nothing is loaded for it");
    }
}

pub(super) fn entries_have_numbers_that_stay(kernel: &'static Kernel, _: &str) {
    let all = figuresw::entries().expect("they can be listed");
    let names: Vec<_> = all.iter().map(|one| (one.number(), one.module())).collect();
    assert_eq!(names, [(0, "disc"), (1, "square")]);
    for entry in all {
        let same = figuresw::at(entry.number()).expect("it stays");
        assert_eq!(same.module(), entry.module());
        assert!(same.area(1).is_ok());
    }
    assert!(figuresw::at(2).is_none());
    kernel.unload("disc").expect("nothing is in it");
    assert_eq!(figuresw::at(0).expect("it stays").module(), "disc");
}

pub(super) fn modules_call_through_the_table_too(kernel: &'static Kernel, _: &str) {
    assert_eq!(
        gallery::area_of("square", 5).expect("both are installed"),
        25
    );
    let Err(Missing::Figure(error)) = gallery::area_of("cube", 1) else {
        panic!("there is no cube");
    };
    assert!(error.contains("`cube`"), "{error}");
    // Its entries go with it, and come back with the next one.
    for side in 1..50 {
        assert_eq!(
            gallery::area_of("disc", side).expect("installed"),
            3 * side * side
        );
        kernel.unload("gallery").expect("nothing is in it");
        assert!(kernel.unload("disc").is_ok());
    }
}

/// Callers go on until enough unloads have succeeded, so each scheduling of the threads has both.
pub(super) fn calls_survive_unloads_of_each_entry(kernel: &'static Kernel, _: &str) {
    let entries = figuresw::entries().expect("they can be listed");
    let unloads = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let callers: Vec<_> = entries
            .iter()
            .map(|entry| {
                scope.spawn(|| {
                    let times = if entry.module() == "disc" { 3 } else { 1 };
                    // Relaxed: only a number, which orders nothing.
                    while unloads.load(Relaxed) < 50 {
                        for side in 0..1000 {
                            assert_eq!(entry.area(side).must(), times * side * side);
                        }
                    }
                })
            })
            .collect();
        while callers.iter().any(|one| !one.is_finished()) {
            for entry in &entries {
                let unloaded = usize::from(kernel.unload(entry.module()).is_ok());
                unloads.fetch_add(unloaded, Relaxed);
            }
        }
    });
}
