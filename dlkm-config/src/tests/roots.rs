//! Whole roots with real images: digests, numbers, the check and the comparison.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use dlkm_system::Choice;
use dlkm_verify::{Doubt, Trust};
use tempfile::TempDir;

use super::image::image;
use super::modules::{by, metadata, plain};
use super::steps::lock;
use crate::change::{Change, ModuleChange};
use crate::check::{Finding, Report};
use crate::diff::diff;
use crate::digests::Compared;
use crate::error::Error;
use crate::inventory::Inventory;
use crate::memory::Memory;
use crate::plan::Plan;
use crate::plan_options::PlanOptions;
use crate::planned::Subject;
use crate::root::Root;

const ALL: &str = "auto loaded static";

fn install(root: &Path, name: &str, text: &str) {
    fs::write(root.join(format!("{name}.so")), image(text.as_bytes())).unwrap();
}

/// A root with `shm`, and `net`, which needs `ip`, which is not there.
fn root() -> (TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    let tunable = "tunable=pages u32: How many|default=16|min=1|max=64";
    let shm = metadata("shm", "1.0.0", ALL, "", &[tunable]);
    install(folder.path(), "shm", &shm);
    install(
        folder.path(),
        "net-work",
        &metadata("net-work", "2.0.0", "loaded", "ip", &[]),
    );
    let root = Root::open(folder.path()).unwrap();
    (folder, root)
}

fn check(root: &Root) -> Report {
    root.check(&Inventory::read(root).unwrap())
}

fn errors(root: &Root) -> Vec<String> {
    check(root).errors.iter().map(ToString::to_string).collect()
}

fn warnings(root: &Root) -> Vec<String> {
    check(root)
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn system(root: &Root, text: &str) {
    fs::write(root.path().join("system"), format!("version 1\n{text}")).unwrap();
}

#[test]
fn images_are_read_without_running_them() {
    let (folder, root) = root();
    fs::write(folder.path().join("noise.so"), "not an image").unwrap();
    fs::write(folder.path().join(".dlkm-x.so"), "being written").unwrap();
    fs::copy(folder.path().join("shm.so"), folder.path().join("other.so")).unwrap();
    let inventory = Inventory::read(&root).unwrap();
    let names: Vec<_> = inventory.modules().iter().map(|one| &*one.name).collect();
    assert_eq!(names, ["net-work", "shm"]);
    let shm = inventory.module("shm").unwrap();
    assert_eq!((&*shm.desc, shm.tunables.len()), ("The module shm", 1));
    assert_eq!(inventory.module("net_work").unwrap().needs[0].name, "ip");
    let damaged: Vec<_> = inventory
        .damaged()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(damaged[0].contains("noise.so`: ") && damaged[0].ends_with("; install it again"));
    assert!(
        damaged[1].ends_with("this is the image of `shm`; name it `shm.so`"),
        "{damaged:?}"
    );
}

#[test]
fn a_check_finds_everything_at_once() {
    let (folder, root) = root();
    assert_eq!(
        errors(&root),
        ["the module `net-work` needs the module `ip`, which is not installed; install it first"]
    );
    fs::write(folder.path().join("noise.so"), "not an image").unwrap();
    system(
        &root,
        "module shm auto 3.0.0\nmodule net_work auto phase boot1\nmodule shn loaded\n\
         module noise auto\nmodule gone unused\ntunable shm.pages 65\ntunable gone.x 1\n\
         tunable a b\ntunable b a\nmodule gone unused\n",
    );
    let errors = errors(&root);
    let starts = [
        format!("`{}/noise.so`: ", folder.path().display()),
        "no module `shn` is installed; did you mean `shm`?".to_owned(),
        "the module `net-work` can't be `auto`; it can be `unused`, `loaded`".to_owned(),
        "the module `net-work` needs the module `ip`".to_owned(),
        "version 3.0.0 of the module `shm` is not installed; 1.0.0 is".to_owned(),
        "the tunable `shm.pages`: 65 is not in the range 1 to 64".to_owned(),
    ];
    assert_eq!(errors.len(), starts.len(), "{errors:#?}");
    for (error, start) in errors.iter().zip(&starts) {
        assert!(error.starts_with(start), "{errors:#?}");
    }
    assert_eq!(
        warnings(&root),
        [
            "the expressions of tunables would form a circle: a > b > a",
            "lines 6 and 11 both speak of module `gone`; line 11 holds",
            "`system`, line 11: the module `gone` is not installed; remove the line",
            "`system`, line 8: no installed module has the tunable `gone.x`; remove the line",
        ]
    );
    // An image that nothing uses does no harm, and neither do tunables that nothing uses.
    system(
        &root,
        "module shm unused\ntunable shm.pages 65\ntunable gone_size 64KiB\n",
    );
    assert!(check(&root).is_good(), "{:?}", check(&root));
    assert_eq!(warnings(&root).len(), 3);
}

#[test]
fn changes_of_many_at_once_are_all_made() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let root = Root::open(folder.path()).unwrap();
            scope.spawn(move || {
                for turn in 0..8 {
                    let locked = root.lock(Duration::from_secs(120)).unwrap();
                    let name = format!("t{thread}-{turn}");
                    locked.assign("c", &name, 1..=100, &by("")).unwrap();
                }
            });
        }
    });
    let root = Root::open(folder.path()).unwrap();
    let mut numbers: Vec<_> = root
        .numbers()
        .unwrap()
        .iter()
        .map(|one| one.number)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=32).collect::<Vec<_>>());
    assert_eq!(root.log().unwrap().entries().len(), 32);
}

#[test]
fn a_check_reads_damaged_files_too() {
    let (folder, root) = root();
    fs::write(folder.path().join("system"), "half").unwrap();
    fs::write(folder.path().join("registry"), "number a b\n").unwrap();
    fs::write(folder.path().join("digests"), "\nsha256 00 shm 1\n").unwrap();
    let errors = errors(&root);
    let ends = [
        "system`, line 1, column 1: `version 1` must be the first line, not `half`",
        "which is not installed; install it first",
        "digests`, line 2: a SHA-256 digest has 64 hexadecimal digits; a line is `sha256 DIGEST \
         MODULE VERSION`; correct it, or remove the line and install the module again",
        "registry`, line 1: a line is `number CLASS NAME NUMBER`; correct it",
    ];
    assert_eq!(errors.len(), 4, "{errors:#?}");
    for (error, end) in errors.iter().zip(ends) {
        assert!(error.ends_with(end), "{errors:#?}");
    }
}

#[test]
fn a_linked_module_follows_its_line_after_a_new_build() {
    let (_folder, root) = root();
    let mut inventory = Inventory::read(&root).unwrap();
    inventory.link(plain("core"));
    for (line, errors, warnings) in [
        ("static", 0, 0),
        ("best", 0, 0),
        ("auto", 0, 1),
        ("unused", 1, 0),
    ] {
        system(&root, &format!("module core {line}\n"));
        let report = root.check(&inventory);
        let found = (report.errors.len(), report.warnings.len());
        assert_eq!(found, (errors, warnings), "{line}: {report:?}");
    }
}

#[test]
fn digests_tell_an_image_that_was_changed() {
    let (folder, root) = root();
    let locked = root.lock(Duration::ZERO).unwrap();
    locked
        .record(&["shm", "net_work"], &by("installed"))
        .unwrap();
    let text = fs::read_to_string(folder.path().join("digests")).unwrap();
    let hex = crate::Digest::of_file(&folder.path().join("shm.so")).unwrap();
    assert!(
        text.starts_with(&format!("sha256 {hex} shm 1.0.0\n")),
        "{text}"
    );
    let compare = || {
        let inventory = Inventory::read(&root).unwrap();
        let found = root.compare_images(&inventory, &Trust::default()).unwrap();
        found
            .into_iter()
            .map(|(_, found)| found)
            .collect::<Vec<_>>()
    };
    assert_eq!(compare(), [Compared::Same, Compared::Same]);
    // One byte of the image, which its metadata does not show.
    let file = folder.path().join("shm.so");
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    bytes.push(0);
    fs::write(&file, bytes).unwrap();
    fs::remove_file(folder.path().join("net-work.so")).unwrap();
    let found = compare();
    assert!(
        matches!(
            found[..],
            [Compared::Doubt(Doubt::Changed { .. }), Compared::Missing]
        ),
        "{found:?}"
    );

    system(&root, "module shm auto\nverify enforce\n");
    let errors = errors(&root);
    assert!(
        errors[0].starts_with("the module `shm` has been changed since"),
        "{errors:?}"
    );
    system(&root, "module shm auto\nverify warn\n");
    assert!(check(&root).is_good());
    assert_eq!(warnings(&root).len(), 2);
    system(&root, "module shm auto\n");
    assert_eq!(warnings(&root).len(), 0, "nothing is compared");

    locked.forget(&["shm", "net-work"], &by("")).unwrap();
    assert_eq!(compare(), [Compared::Doubt(Doubt::NotRecorded)]);
    let log = locked.log().unwrap();
    assert_eq!(log.entries().len(), 2);
    assert_eq!(log.entries()[0].changes[0].subject, Subject::Digest);
    let error = locked.record(&["unheard"], &by("")).unwrap_err();
    assert!(matches!(error, Error::NoImage(_)), "{error}");
}

#[test]
fn a_signature_goes_with_its_image() {
    let (folder, root) = root();
    let locked = root.lock(Duration::ZERO).unwrap();
    let build = tempfile::tempdir().unwrap();
    let built = build.path().join("libdisk.so");
    let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
    let key = pair.pk.to_base64();
    let text = format!("module disk auto\nverify enforce\nkey {key}\n");
    system(&root, &text);
    let sign = |image: &[u8]| {
        let signature = minisign::sign(None, &pair.sk, image, None, None).unwrap();
        fs::write(
            build.path().join("libdisk.so.minisig"),
            signature.to_bytes(),
        )
        .unwrap();
    };
    let signature = || fs::read(folder.path().join("disk.so.minisig")).ok();
    let errors = || {
        let all = errors(&root);
        all.into_iter()
            .filter(|one| one.contains("`disk`"))
            .collect::<Vec<_>>()
    };

    let one = image(metadata("disk", "1.0.0", ALL, "", &[]).as_bytes());
    fs::write(&built, &one).unwrap();
    sign(&one);
    assert!(locked.install(&built, false, &by("")).unwrap().changed);
    let first = signature();
    assert_eq!(
        first,
        fs::read(build.path().join("libdisk.so.minisig")).ok()
    );
    assert_eq!(errors(), [""; 0]);
    assert!(!locked.install(&built, true, &by("")).unwrap().changed);

    // A signature of the same image again.
    sign(&one);
    assert!(locked.install(&built, true, &by("")).unwrap().changed);
    assert!(signature() != first && signature().is_some());
    assert_eq!(errors(), [""; 0]);

    // The signature of the former image does not stay beside the new one.
    let two = image(metadata("disk", "2.0.0", ALL, "", &[]).as_bytes());
    fs::write(&built, &two).unwrap();
    fs::remove_file(build.path().join("libdisk.so.minisig")).unwrap();
    locked.install(&built, true, &by("")).unwrap();
    assert_eq!(signature(), None);
    assert!(errors()[0].contains("has no signature"), "{:?}", errors());

    // A signature of another image is installed as it is, and the check tells.
    sign(&one);
    locked.install(&built, true, &by("")).unwrap();
    assert!(
        errors()[0].contains("is not what was signed"),
        "{:?}",
        errors()
    );

    fs::write(build.path().join("libdisk.so.minisig"), "x".repeat(20_000)).unwrap();
    let error = locked.install(&built, true, &by("")).unwrap_err();
    assert!(
        error.to_string().contains("more than 16384 bytes"),
        "{error}"
    );

    system(&root, &text.replace("key R", "key r"));
    let found = check(&root);
    let of_key = |one: &Finding| matches!(one, Finding::Key(_));
    assert!(found.errors.iter().any(of_key), "{found:?}");
    locked.remove("disk", None, &by("")).unwrap();
    assert_eq!(signature(), None);
}

/// master(4), `$DRIVER_INSTALL`: "`-1` `-1` = assigned dynamically"; the numbers stay from boot to
/// boot.
#[test]
fn numbers_stay_until_they_are_released() {
    let locked = lock(&Memory::new()).unwrap();
    let assign = |class: &str, name: &str| locked.assign(class, name, 3..=5, &by("")).unwrap();
    assert_eq!(
        [assign("c", "x"), assign("c", "y"), assign("b", "x")],
        [3, 4, 3]
    );
    locked.release("c", "x", &by("")).unwrap();
    assert_eq!(
        [assign("c", "y"), assign("c", "z-1"), assign("c", "z_1")],
        [4, 3, 3]
    );
    assert_eq!(assign("c", "w"), 5);
    let error = locked.assign("c", "v", 3..=5, &by("")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "all numbers of the class `c` from 3 to 5 are assigned; release one"
    );
    let error = locked.assign("c", "w", 6..=9, &by("")).unwrap_err();
    assert!(
        matches!(error, Error::NumberOutside { number: 5, .. }),
        "{error}"
    );
    let error = locked.release("c", "v", &by("")).unwrap_err();
    assert!(matches!(error, Error::NotAssigned { .. }), "{error}");
    for bad in ["", "a b", "a\nnumber c evil 1", "ä"] {
        let error = locked.assign("c", bad, 3..=5, &by("")).unwrap_err();
        assert!(matches!(error, Error::RegistryName(_)), "{error}");
    }
    let names: Vec<_> = locked
        .numbers()
        .unwrap()
        .into_iter()
        .map(|one| one.name)
        .collect();
    assert_eq!(names, ["y", "x", "z-1", "w"]);
    // A range of all numbers takes no time.
    assert_eq!(
        locked.assign("wide", "x", 0..=u64::MAX, &by("")).unwrap(),
        0
    );
}

#[test]
fn two_roots_are_compared_as_wholes() {
    let (left_folder, left) = root();
    let (right_folder, right) = root();
    assert_eq!(diff(&left, &right).unwrap(), []);
    install(
        right_folder.path(),
        "shm",
        &metadata("shm", "1.1.0", ALL, "", &[]),
    );
    install(
        right_folder.path(),
        "new",
        &metadata("new", "1.0.0", ALL, "", &[]),
    );
    system(
        &left,
        "* a comment\nmodule shm loaded phase boot2\ntunable shm.pages 5\nkey K1\n",
    );
    system(
        &right,
        "module net-work best\nmodule shm loaded\nverify warn\n",
    );
    fs::write(left_folder.path().join("registry"), "number c shm 4\n").unwrap();
    let found = diff(&left, &right).unwrap();
    let shown: Vec<String> = found
        .iter()
        .map(|one| {
            let side = |text: &Option<String>| {
                let text = text.as_deref().unwrap_or("-");
                text.split(" 0123456789abcdef")
                    .next()
                    .unwrap()
                    .chars()
                    .take(20)
                    .collect::<String>()
            };
            format!(
                "{} {}: {} | {}",
                one.subject,
                one.name,
                side(&one.left),
                side(&one.right)
            )
        })
        .collect();
    let digests = shown
        .iter()
        .filter(|line| line.starts_with("digest "))
        .count();
    assert_eq!(digests, 2, "{shown:#?}");
    let others: Vec<_> = shown
        .iter()
        .filter(|line| !line.starts_with("digest "))
        .collect();
    assert_eq!(
        others,
        [
            "module net-work: unused | best",
            "module new: - | unused",
            "module shm: loaded phase boot2 | loaded",
            "tunable shm.pages: 5 | -",
            "verify : off | warn",
            "key K1: K1 | -",
            "number c shm: 4 | -",
        ]
    );
}

#[test]
fn a_thousand_modules_are_checked_in_reasonable_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for index in 0..1_000 {
        let (name, needs) = (format!("m{index}"), format!("m{}", (index + 1).min(999)));
        let needs = if index < 999 { needs } else { String::new() };
        let tunable = "tunable=pages u32: How many|default=16";
        install(
            folder.path(),
            &name,
            &metadata(&name, "1.0.0", ALL, &needs, &[tunable]),
        );
        text += &format!("module {name} auto\ntunable {name}.pages {index}\n");
    }
    let root = Root::open(folder.path()).unwrap();
    system(&root, &text);
    let begun = Instant::now();
    let report = check(&root);
    let time = begun.elapsed();
    assert!(report.is_good(), "{:?}", report.errors.first());
    // Optimised, it takes less than a tenth of a second.
    assert!(time < Duration::from_secs(20), "{time:?}");
    eprintln!("1,000 modules were checked in {time:?}");
    // All of them at once.
    let inventory = Inventory::read(&root).unwrap();
    let text = root.system_text().unwrap();
    let changes: Vec<Change> = inventory
        .modules()
        .iter()
        .map(|module| {
            let mut change = ModuleChange::new(&module.name);
            change.choice = Some(Choice::Unused);
            Change::Module(change)
        })
        .collect();
    let begun = Instant::now();
    let plan = Plan::new(
        text.as_deref(),
        &inventory,
        &changes,
        PlanOptions::default(),
    );
    assert_eq!(plan.unwrap().changes().len(), 1_000);
    let time = begun.elapsed();
    assert!(time < Duration::from_secs(20), "{time:?}");
    eprintln!("1,000 changes were planned in {time:?}");
}

/// kminstall(1M): "`-a`: exists already → message, fails"; "`-u`: … keeps tunables, `$CONFIGURE`,
/// `$LOADABLE` of the installed system file"; "`-d`".
#[test]
fn images_are_installed_updated_and_removed_with_all_that_belongs_to_them() {
    let (built, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let build = |version: &str| {
        install(
            built.path(),
            "libshm",
            &metadata("shm", version, ALL, "", &[]),
        );
        built.path().join("libshm.so")
    };
    let root = Root::open(folder.path()).unwrap();
    let locked = root.lock(Duration::ZERO).unwrap();
    let image = build("1.0.0");
    let first = locked.install(&image, false, &by("")).unwrap();
    assert_eq!(
        (&*first.module, &first.former, first.changed),
        ("shm", &None, true)
    );
    assert!(
        locked.system_text().unwrap().is_none(),
        "without a file, it is `best`"
    );
    let error = locked.install(&image, false, &by("")).unwrap_err();
    assert!(matches!(error, Error::ImageExists(_)), "{error}");
    let again = locked.install(&image, true, &by("")).unwrap();
    assert!(!again.changed);
    assert_eq!(locked.log().unwrap().entries().len(), 1);

    system(&root, "* none yet\n");
    locked.install(&image, true, &by("")).unwrap();
    let text = locked.system_text().unwrap().unwrap();
    assert_eq!(text, b"version 1\n* none yet\nmodule shm best\n");
    system(&root, "module shm unused\ntunable shm.pages 4\n");
    let text = locked.system_text().unwrap();
    let update = locked.install(&build("1.1.0"), true, &by("")).unwrap();
    assert_eq!(
        (update.former.as_deref(), &*update.version),
        (Some("1.0.0"), "1.1.0")
    );
    assert_eq!(locked.system_text().unwrap(), text, "what it says stays");
    let inventory = Inventory::read(&root).unwrap();
    assert_eq!(inventory.module("shm").unwrap().version, "1.1.0");
    let compared = root.compare_images(&inventory, &Trust::default()).unwrap();
    assert_eq!(compared, [("shm".to_owned(), Compared::Same)]);

    let gone = [Change::Uninstall("shm".to_owned())];
    let plan = Plan::new(text.as_deref(), &inventory, &gone, PlanOptions::default()).unwrap();
    locked.remove("shm", Some(&plan), &by("")).unwrap();
    assert_eq!(locked.system_text().unwrap().unwrap(), b"version 1\n");
    assert!(Inventory::read(&root).unwrap().modules().is_empty());
    assert_eq!(locked.image_records().unwrap(), []);
    let error = locked.remove("shm", None, &by("")).unwrap_err();
    assert!(matches!(error, Error::NoImage(_)), "{error}");
    fs::write(&image, "noise").unwrap();
    let error = locked.install(&image, true, &by("")).unwrap_err();
    assert!(matches!(error, Error::Image { .. }), "{error}");
}
