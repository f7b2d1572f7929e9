//! `static-tls`: a module with thread-local data at a fixed distance from the thread's pointer, as C
//! libraries have it that were built with `-ftls-model=initial-exec`.

use std::arch::{asm, global_asm};

use dlkm_rt::module;

// 1 KiB, of which all threads have their own.
global_asm!(
    ".pushsection .tbss.scenario,\"awT\",@nobits",
    ".balign 8",
    // For the functions in other parts of this crate, and no one else.
    ".globl scenario_block",
    ".hidden scenario_block",
    ".type scenario_block, @object",
    "scenario_block: .zero 1024",
    ".size scenario_block, 1024",
    ".popsection",
);

/// This thread's block.
fn block() -> *mut u64 {
    let distance: isize;
    let thread: *mut u64;
    // SAFETY: by the ABI, the linker makes an entry that holds the block's distance, and the first
    // word of the thread's control block is its own address.
    unsafe {
        asm!(
            "mov {distance}, qword ptr [rip + scenario_block@GOTTPOFF]",
            "mov {thread}, qword ptr fs:[0]",
            distance = out(reg) distance,
            thread = out(reg) thread,
            options(nostack, pure, readonly),
        );
    }
    thread.wrapping_byte_offset(distance)
}

/// Counts in this thread's block.
fn count() -> u64 {
    // SAFETY: the block is aligned, has room for a number, begins as zeros, and lives as long as this
    // thread. Nothing else refers to it: no other thread has its address, and this reference ends
    // with the function.
    let count = unsafe { &mut *block() };
    *count += 1;
    *count
}

#[module(name = "static-tls", load = load)]
mod static_tls {
    use dlkm_rt::{LoadArg, LoadError};

    fn load(_: &LoadArg) -> Result<(), LoadError> {
        let own = [super::count(), super::count()];
        let other = std::thread::spawn(super::count).join();
        assert_eq!((own, other.ok()), ([1, 2], Some(1)));
        Ok(())
    }
}
