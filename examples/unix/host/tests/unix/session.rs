//! The guide's session with its sample driver.

use std::fs;

use crate::support::Machine;

const OPEN: &str = "dlclass> OPEN -- write buffer size = 40";
const TEXT: &str = "Reading from loadable WSIO driver 'dlclass'.\n";

#[test]
fn the_session_of_the_guide() {
    let machine = Machine::with(&[]);
    // Installed.
    machine.install("dlclass", "dlclass");
    machine.configure("module dlclass auto\n");
    let said = machine.run(
        "modload dlclass
         lsdev
         mknod /dev/dlclass c 64 0
         ls -l /dev/dlclass
         cat /dev/dlclass
         echo Hello Hello > /dev/dlclass
         dmesg | tail",
    );
    assert_eq!(
        said.good(),
        format!(
            "       64    -1 dlclass    dlclass
c    64, 0 /dev/dlclass
{TEXT}{OPEN}
dlclass> CLOSE
{OPEN}
dlclass> Hello Hello
dlclass> CLOSE
"
        )
    );
    // Removed: the special file, with its major number, has no driver.
    fs::remove_file(machine.file("dlclass.so")).expect("it was there");
    let said = machine.run("mknod /dev/dlclass c 64 0\ncat /dev/dlclass");
    said.bad("cat: /dev/dlclass: ENXIO: No such device or address");
}

#[test]
fn the_first_open_loads_the_driver() {
    let machine = Machine::with(&["dlclass", "ramdisk"]);
    let said = machine.run(
        "cdevsw
         mknod /dev/dlclass c 64 0
         cat /dev/dlclass
         cdevsw",
    );
    let table = |state| {
        format!(
            " 64 dlclass    {state:<6} Loadable class driver
 65 ramdisk    stub   A disk in memory
"
        )
    };
    assert_eq!(
        said.good(),
        format!("{}{TEXT}{}", table("stub"), table("loaded"))
    );
}

#[test]
fn more_than_the_buffer_takes_more_writes() {
    let machine = Machine::with(&["dlclass"]);
    let first = "0123456789".repeat(4);
    let said = machine.run(&format!(
        "mknod /dev/dlclass c 64 0
         echo {first}behind > /dev/dlclass
         dmesg"
    ));
    let expected = format!("{OPEN}\ndlclass> {first}\ndlclass> behind\ndlclass> CLOSE\n");
    assert_eq!(said.good(), expected);
}

#[test]
fn the_tunables_of_the_system_file() {
    let machine = Machine::with(&["dlclass"]);
    machine.configure(
        "module dlclass auto
tunable dlclass_debug 0
tunable dlclass_bufsz 5
tunable dlclass_no_unload 1
",
    );
    let said = machine.run(
        "mknod /dev/dlclass c 64 0
         echo Hello Hello > /dev/dlclass
         dmesg
         modunload dlclass",
    );
    let said = said.bad("modunload: EBUSY: Device or resource busy");
    assert_eq!(said, "dlclass> Hello\ndlclass>  Hell\ndlclass> o\n");
}

#[test]
fn majors_stay_from_boot_to_boot() {
    let machine = Machine::with(&["ramdisk"]);
    machine.run("true").good();
    // `dlclass` comes first by name, and yet `ramdisk` keeps its number.
    machine.install("dlclass", "dlclass");
    let said = machine.run("cdevsw").good();
    assert_eq!(
        said,
        " 65 dlclass    stub   Loadable class driver\n 64 ramdisk    stub   A disk in memory\n"
    );
}

#[test]
fn an_open_device_keeps_its_driver() {
    let machine = Machine::with(&["dlclass"]);
    let said = machine.run(
        "mknod /dev/dlclass c 64 0
         exec 3<>/dev/dlclass
         modunload dlclass
         cat <&3
         exec 3>&-
         modunload dlclass
         lsdev",
    );
    assert_eq!(said.bad("modunload: EBUSY: Device or resource busy"), TEXT);
}

#[test]
fn cards_find_their_drivers_as_long_as_these_are_loaded() {
    let said = Machine::with(&["ramdisk", "serial"]).run(
        "ioscan
         modload serial
         ioscan
         ioscan
         modload ramdisk
         ioscan
         modunload serial
         ioscan",
    );
    let scan = |memory, serial| {
        format!("Core/0 memory {memory}\nPci/3 serial {serial}\nEisa/1 sound unclaimed\n")
    };
    let lines = "serial: slot 3 line 0\nserial: slot 3 line 1\n";
    let disk = "ramdisk: disk 0\n";
    let [none, one, both, other] = [
        scan("unclaimed", "unclaimed"),
        scan("unclaimed", "serial") + lines,
        scan("ramdisk", "serial") + lines + disk,
        scan("ramdisk", "unclaimed") + disk,
    ];
    assert_eq!(said.good(), format!("{none}{one}{one}{both}{other}"));
}

#[test]
fn a_module_of_no_type_has_stubs_of_its_own() {
    let said = Machine::with(&["shm"]).run(
        "exited 1
         modstat
         shmget 7 4096
         shmat 2 0
         modunload shm
         exited 2",
    );
    let said = said.bad("modunload: EBUSY: Device or resource busy");
    let expected = [
        "0",
        "kern       loaded    What the kernel does for its modules",
        "shm        unloaded  System V shared memory",
        "  [shm: load]",
        "0",
        "1",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
}
