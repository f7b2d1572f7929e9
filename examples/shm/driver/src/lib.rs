//! The module `shm`: segments of System V shared memory, as `shmget(2)` makes them.

use std::io;
use std::ptr;
use std::sync::{Mutex, PoisonError};

use dlkm_rt::{Errno, LoadArg, ModuleCell, module};
use shm_api::{SegmentId, ShmError};

/// The driver.
pub struct SharedMemory;

#[module(
    kind = "misc",
    desc = "System V shared memory",
    states = [auto, loaded, static],
    load = init,
    unload = fini,
)]
impl shm_api::Shm for SharedMemory {
    fn shmget(key: u32, size: usize) -> Result<SegmentId, ShmError> {
        with(|segments| segments.get(key, size)).map_err(ShmError::System)
    }

    fn shmat(pid: u32, id: SegmentId) -> Option<usize> {
        with(|segments| segments.attach(pid, id))
    }

    fn shmexit(pid: u32) -> usize {
        with(|segments| segments.exit(pid))
    }
}

fn init(arg: &LoadArg) -> Result<(), Errno> {
    println!("  [{}: load]", arg.module());
    Ok(())
}

/// Refuses while a process is attached.
fn fini(arg: &LoadArg) -> Result<(), Errno> {
    if with(|segments| !segments.attached.is_empty()) {
        return Err(Errno::EBUSY);
    }
    println!("  [{}: unload]", arg.module());
    Ok(())
}

/// An unload drops it, after `fini`.
static SEGMENTS: ModuleCell<Mutex<Segments>> = ModuleCell::new(Mutex::default);

fn with<T>(body: impl FnOnce(&mut Segments) -> T) -> T {
    SEGMENTS.with(|segments| body(&mut segments.lock().unwrap_or_else(PoisonError::into_inner)))
}

struct Segment {
    key: u32,
    size: usize,
    system: libc::c_int,
}

/// The state of the module. An attachment is a process and an address.
#[derive(Default)]
struct Segments {
    segments: Vec<Segment>,
    attached: Vec<(u32, usize)>,
}

impl Segments {
    fn get(&mut self, key: u32, size: usize) -> Result<SegmentId, Errno> {
        if let Some(at) = self.segments.iter().position(|segment| segment.key == key) {
            let fits = size <= self.segments[at].size;
            return if fits {
                Ok(SegmentId(at as u32))
            } else {
                Err(Errno::EINVAL)
            };
        }
        // IPC_PRIVATE keeps the segment out of the system's keys, which other programs use too.
        // SAFETY: shmget(2) takes three numbers and touches no memory.
        let system = unsafe { libc::shmget(libc::IPC_PRIVATE, size, libc::IPC_CREAT | 0o600) };
        if system < 0 {
            return Err(last_errno());
        }
        self.segments.push(Segment { key, size, system });
        Ok(SegmentId((self.segments.len() - 1) as u32))
    }

    fn attach(&mut self, pid: u32, id: SegmentId) -> Option<usize> {
        let segment = self.segments.get(id.0 as usize)?;
        // SAFETY: with a null address, the system chooses a free one, so it replaces no mapping.
        let address = unsafe { libc::shmat(segment.system, ptr::null(), 0) };
        if address as isize == -1 {
            return None;
        }
        self.attached.push((pid, address as usize));
        Some(address as usize)
    }

    fn exit(&mut self, pid: u32) -> usize {
        let before = self.attached.len();
        self.attached.retain(|(owner, address)| {
            if *owner == pid {
                // SAFETY: `shmat` returned the address, and only this line detaches it.
                unsafe { libc::shmdt(*address as *const libc::c_void) };
            }
            *owner != pid
        });
        if self.attached.is_empty() {
            self.remove_all();
        }
        before - self.attached.len()
    }

    fn remove_all(&mut self) {
        for segment in self.segments.drain(..) {
            // SAFETY: IPC_RMID takes no buffer, and no process is attached to the segment.
            unsafe { libc::shmctl(segment.system, libc::IPC_RMID, ptr::null_mut()) };
        }
    }
}

impl Drop for Segments {
    fn drop(&mut self) {
        self.remove_all();
    }
}

fn last_errno() -> Errno {
    Errno(
        io::Error::last_os_error()
            .raw_os_error()
            .unwrap_or(libc::EIO),
    )
}
