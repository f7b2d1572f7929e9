//! Tries to load damaged images of `heap` under `verify enforce`, and counts the calls of dlopen(3):
//! `enforcing <module root> <file with kinds of damage>`. A line of the file is `bit N`, for an inverted
//! bit, or `end N`, for a file that ends there. It is one process, so the image is damaged in place.

use std::ffi::{c_char, c_int, c_void};
use std::fs;
use std::os::unix::fs::FileExt;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use dlkm_rt::{Cause, Kernel, ModuleRoot};
use scenario_api::heap;

static OPENED: AtomicUsize = AtomicUsize::new(0);

/// The dlopen(3) of this program, which counts.
///
/// # Safety
/// As for dlopen(3).
#[unsafe(no_mangle)]
unsafe extern "C" fn dlopen(name: *const c_char, flags: c_int) -> *mut c_void {
    type Open = unsafe extern "C" fn(*const c_char, c_int) -> *mut c_void;
    static NEXT: OnceLock<Open> = OnceLock::new();
    OPENED.fetch_add(1, Ordering::Relaxed);
    let next = NEXT.get_or_init(|| {
        // SAFETY: the name ends with a NUL.
        let next = unsafe { libc::dlsym(libc::RTLD_NEXT, c"dlopen".as_ptr()) };
        assert!(!next.is_null(), "the C library has it");
        // SAFETY: that of the C library has this type.
        unsafe { std::mem::transmute::<*mut c_void, Open>(next) }
    });
    // SAFETY: the caller promises what dlopen(3) needs.
    unsafe { next(name, flags) }
}

fn opened() -> usize {
    OPENED.load(Ordering::Relaxed)
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(root), Some(damages)) = (args.next(), args.next()) else {
        eprintln!("usage: enforcing <module root> <file with kinds of damage>");
        return ExitCode::from(2);
    };
    let place = format!("{root}/heap.so");
    let whole = fs::read(&place).expect("the image");
    let file = fs::OpenOptions::new().write(true).open(&place);
    let file = file.expect("the image");
    // SAFETY: the test puts the file there. It is changed in place, by this thread alone, while it is
    // not mapped.
    let root = unsafe { ModuleRoot::trusted(root) };
    let kernel = Kernel::boot(root).expect("the system file is right");
    let mut tried = 0;
    for line in fs::read_to_string(damages).expect("the list").lines() {
        let (kind, number) = line.split_once(' ').expect("two words");
        let number: usize = number.parse().expect("a number");
        let (from, to) = match kind {
            "bit" => {
                let byte = whole[number / 8] ^ (1 << (number % 8));
                file.write_all_at(&[byte], number as u64 / 8)
                    .expect("its own file");
                (number / 8, number / 8 + 1)
            }
            "end" => {
                file.set_len(number as u64).expect("its own file");
                (number, whole.len())
            }
            other => panic!("no kind `{other}`"),
        };
        let error = kernel.load("heap").expect_err(line);
        assert!(
            matches!(error.cause(), Cause::Verify { .. }),
            "{line}: {error}"
        );
        file.write_all_at(&whole[from..to], from as u64)
            .expect("its own file");
        tried += 1;
    }
    assert_eq!(opened(), 0, "no image reached the dynamic linker");
    let maps = fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    assert!(!maps.contains("heap.so"), "{maps}");

    // The undamaged image does, and is counted.
    kernel.load("heap").expect("it is whole again");
    assert_eq!(heap::bytes(3).expect("it is loaded"), [0, 1, 2]);
    assert_eq!(opened(), 1);
    println!("{tried} damaged images");
    ExitCode::SUCCESS
}
