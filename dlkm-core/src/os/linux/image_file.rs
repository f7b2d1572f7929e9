//! Image files: whether one is there, and opening it by the dynamic linker.

use std::ffi::{CStr, CString, OsStr, c_void};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::ptr::NonNull;

use libloading::os::unix::{Library, RTLD_LAZY, RTLD_LOCAL, RTLD_NOW};

use super::LinkFile;
use super::objects;

/// The extension of an image file.
pub const IMAGE_SUFFIX: &str = "so";

/// Whether there is a file of that name, even if it is a dangling link.
///
/// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
#[inline]
pub fn is_there(path: &Path) -> bool {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    let mut about = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `path` ends with a NUL, and `about` is writable memory of the type that lstat(2)
    // fills.
    unsafe { libc::lstat(path.as_ptr(), about.as_mut_ptr()) == 0 }
}

/// Whether the dynamic linker has an object of that name, without a folder.
#[inline]
pub fn is_mapped(name: &OsStr) -> bool {
    // SAFETY: with NOLOAD nothing is mapped, and no constructor runs. The close may run
    // destructors of an object that no one else has open; it was trusted when it was opened.
    unsafe { Library::open(Some(name), RTLD_LAZY | libc::RTLD_NOLOAD) }.is_ok()
}

/// Whether the program has rights that its user does not have, such as a setuid program.
pub fn has_more_rights() -> bool {
    // SAFETY: getauxval(3) takes a number and accesses no memory of ours.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

/// Whether a 64-bit ELF file is shorter than its header says, by which the end of its table of sections is
/// the end of the file. A process that maps such a file is ended by a signal.
#[inline]
pub fn is_cut_short(file: &Path) -> io::Result<bool> {
    let file = File::open(file)?;
    let mut header = [0; 64];
    if let Err(error) = file.read_exact_at(&mut header, 0) {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => Ok(true),
            _ => Err(error),
        };
    }
    let number = |at: usize, bytes: usize| {
        let mut whole = [0; 8];
        whole[..bytes].copy_from_slice(&header[at..at + bytes]);
        u64::from_le_bytes(whole)
    };
    // `e_shoff`, `e_shentsize` and `e_shnum`.
    let end = number(40, 8).saturating_add(number(58, 2) * number(60, 2));
    Ok(file.metadata()?.len() < end)
}

/// Maps a library that an image needs, and runs its constructors.
///
/// # Safety
/// As for [`open`].
#[inline]
pub unsafe fn open_library(file: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: the caller promises that the file's constructors and destructors may run.
    unsafe { Library::open(Some(file), RTLD_NOW | RTLD_LOCAL) }
}

/// Why there is no function, in the words of the dynamic linker.
pub enum NoFunction {
    /// The library can't be mapped.
    Library(String),
    /// It does not have the function.
    Function(String),
}

/// Maps a library for good, runs its constructors, and returns the address of a function in it. Without
/// libloading, of which a program with a kernel in a file of its own needs nothing else.
///
/// # Errors
/// There is no such function. A library without it is closed again.
///
/// # Safety
/// As for [`open`].
#[inline]
pub unsafe fn function_of(file: &Path, name: &CStr) -> Result<NonNull<c_void>, NoFunction> {
    let file = CString::new(file.as_os_str().as_bytes())
        .map_err(|error| NoFunction::Library(format!("{error}")))?;
    // SAFETY: the caller promises that the file's constructors may run. `file` ends with a NUL.
    let library = unsafe { libc::dlopen(file.as_ptr(), RTLD_NOW | RTLD_LOCAL) };
    if library.is_null() {
        return Err(NoFunction::Library(linker_says()));
    }
    // SAFETY: `library` was opened just now, and `name` ends with a NUL.
    let function = unsafe { libc::dlsym(library, name.as_ptr()) };
    NonNull::new(function).ok_or_else(|| {
        let error = NoFunction::Function(linker_says());
        // SAFETY: opened above, and nothing of it is in use. The caller promises that the file's destructors
        // may run.
        unsafe { libc::dlclose(library) };
        error
    })
}

/// The last error of the dynamic linker in this thread.
#[inline]
fn linker_says() -> String {
    // SAFETY: dlerror(3) needs nothing.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return String::new();
    }
    // SAFETY: a text with a NUL, which is this thread's until it asks the dynamic linker again.
    let text = unsafe { CStr::from_ptr(text) };
    String::from_utf8_lossy(text.to_bytes()).into_owned()
}

/// Maps an image, and runs its constructors.
///
/// # Safety
/// The constructors and destructors of the file run: the caller must trust them, and the file must not
/// be changed in place while it is open.
#[inline]
pub unsafe fn open(file: &LinkFile) -> Result<Library, libloading::Error> {
    // NOW: a missing symbol is an error here, not the end of the process in some later call.
    // LOCAL: two images never see each other's symbols.
    // SAFETY: the caller promises that the file's constructors and destructors may run.
    unsafe { Library::open(Some(file.path()), RTLD_NOW | RTLD_LOCAL) }
}

/// Like [`open`]. The object then shows the name `shown` to debuggers
/// and backtraces, if there is room for it; otherwise the name of `file`. Also returns whether it
/// does.
///
/// Returns `None` if the dynamic linker returned an object that was mapped already, because it is of
/// the same inode; that object is closed again. Checking afterwards is cheaper than asking with
/// `NOLOAD` first, which opens and reads the file.
///
/// # Safety
/// As for [`open`].
#[inline]
pub unsafe fn open_anew(
    file: &LinkFile,
    shown: &Path,
) -> Result<Option<(Library, bool)>, libloading::Error> {
    // SAFETY: the caller promises what `open` needs.
    let handle = unsafe { open(file) }?.into_raw();
    // SAFETY: `handle` was opened just now, and is not closed before `library` is dropped.
    let new = unsafe { objects::rename(handle, file, shown) };
    // SAFETY: `handle` is from `into_raw`, and this is the only `Library` made from it.
    let library = unsafe { Library::from_raw(handle) };
    Ok(new.map(|shows| (library, shows)))
}
