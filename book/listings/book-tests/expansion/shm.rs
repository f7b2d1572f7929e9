// What `#[module]` makes of examples/shm, item by item; `rt` is short for the private
// module of `dlkm_rt`, and `std` for `rt::std`. Written by tests/expansion.rs.

// ANCHOR: written_api
/// Shared memory segments.
#[module(name = "shm")]
pub trait Shm {
    /// Finds or creates the segment `key` of at least `size` bytes.
    ///
    /// Strong, load-only: the first call loads `shm`, which then stays loaded.
    ///
    /// # Errors
    /// The module can't be loaded, or the system refuses the segment.
    #[stub]
    fn shmget(key: u32, size: usize) -> Result<SegmentId, ShmError>;

    /// Attaches process `pid` to a segment, and returns the address.
    ///
    /// Strong, unloadable: each call keeps the module loaded until it returns.
    #[ustub(or = not_attached)]
    fn shmat(pid: u32, id: SegmentId) -> Option<usize>;

    /// Cleans up after process `pid`, and returns how many attachments it had.
    ///
    /// Weak: if the module is not loaded, there is nothing to clean up.
    #[wstub(or = nothing)]
    fn shmexit(pid: u32) -> usize;
}
// ANCHOR_END: written_api

// ANCHOR: Shm
pub trait Shm {
    fn shmget(key: u32, size: usize) -> Result<SegmentId, ShmError>;
    fn shmat(pid: u32, id: SegmentId) -> Option<usize>;
    fn shmexit(pid: u32) -> usize;
    #[doc(hidden)]
    const DLKM_MODULE: &'static std::primitive::str = "";
    #[doc(hidden)]
    const DLKM_EXPORTS: rt::Exports = rt::Exports {
        interface: rt::declaration_of::<shm::dlkm_glue::DlkmInterface>(),
        functions: &[
            rt::export2::<shm::dlkm_glue::DlkmExports<Self>, 0, _, _, _, _>(
                Self::shmget,
            ),
            rt::export2::<shm::dlkm_glue::DlkmExports<Self>, 1, _, _, _, _>(
                Self::shmat,
            ),
            rt::export1::<shm::dlkm_glue::DlkmExports<Self>, 2, _, _, _>(
                Self::shmexit,
            ),
        ],
    };
    #[doc(hidden)]
    const DLKM_TYPES: &'static [std::primitive::u8] =
        rt::types_of::<shm::dlkm_glue::DlkmInterface>();
}
// ANCHOR_END: Shm

// ANCHOR: shm_shmget
#[inline]
pub fn shmget(key: u32, size: usize) -> Result<SegmentId, ShmError> {
    (unsafe { dlkm_glue::STUBS.function2(0) })(key, size)
}
// ANCHOR_END: shm_shmget

// ANCHOR: shm_shmat
#[inline]
pub fn shmat(pid: u32, id: SegmentId) -> Option<usize> {
    let hold = dlkm_glue::STUBS.hold.enter();
    if hold.is_none() {
        return dlkm_glue::first_shmat(pid, id);
    }
    (unsafe { dlkm_glue::STUBS.function2(1) })(pid, id)
}
// ANCHOR_END: shm_shmat

// ANCHOR: shm_shmexit
#[inline]
pub fn shmexit(pid: u32) -> usize {
    if dlkm_glue::STUBS.is_unbound(2) {
        return dlkm_glue::FALLBACK_shmexit(pid);
    }
    let hold = dlkm_glue::STUBS.hold.enter();
    if hold.is_none() {
        return dlkm_glue::first_shmexit(pid);
    }
    (unsafe { dlkm_glue::STUBS.function1(2) })(pid)
}
// ANCHOR_END: shm_shmexit

// ANCHOR: shm_dlkm_glue_SHAPE_0
const SHAPE_0: rt::interface::Shape =
    rt::interface::result::<Result<SegmentId, ShmError>>(true, true).unshown({
        use rt::interface::Open as DlkmOpen;
        <rt::interface::Probe<fn(Result<SegmentId, ShmError>)>>::FIXED
            || <() as DlkmOpen>::FIXED
    });
// ANCHOR_END: shm_dlkm_glue_SHAPE_0

// ANCHOR: shm_dlkm_glue_SHAPE_1
const SHAPE_1: rt::interface::Shape =
    rt::interface::argument::<SegmentId>(true, true, 0).unshown({
        use rt::interface::Open as DlkmOpen;
        <rt::interface::Probe<fn(SegmentId)>>::FIXED || <() as DlkmOpen>::FIXED
    });
// ANCHOR_END: shm_dlkm_glue_SHAPE_1

// ANCHOR: shm_dlkm_glue_SIGNATURES
const SIGNATURES: rt::interface::Signatures = rt::interface::Signatures {
    shapes: &[
        rt::interface::argument::<u32>(true, true, 0).unshown(false),
        rt::interface::argument::<usize>(true, true, 0).unshown(false),
        SHAPE_0,
        SHAPE_1,
        rt::interface::result::<Option<usize>>(true, true).unshown(false),
        rt::interface::result::<usize>(true, true).unshown(false),
    ],
    functions: &[
        (
            "shmget",
            "fn(u32, usize) -> Result<SegmentId, ShmError>",
            "",
            &[0, 1, 2],
        ),
        (
            "shmat",
            "fn(u32, SegmentId) -> Option<usize>",
            "",
            &[0, 3, 4],
        ),
        ("shmexit", "fn(u32) -> usize", "", &[0, 5]),
    ],
};
// ANCHOR_END: shm_dlkm_glue_SIGNATURES

// ANCHOR: shm_dlkm_glue_OBSTACLES
#[allow(long_running_const_eval)]
const OBSTACLES: &rt::interface::Obstacles = &SIGNATURES.obstacles();
// ANCHOR_END: shm_dlkm_glue_OBSTACLES

// ANCHOR: shm_dlkm_glue_TYPES
#[allow(long_running_const_eval)]
pub const TYPES: &[std::primitive::u8] =
    &SIGNATURES.types::<{ SIGNATURES.types_length() }>();
// ANCHOR_END: shm_dlkm_glue_TYPES

// ANCHOR: shm_dlkm_glue_DECLARATION
#[allow(long_running_const_eval)]
pub const DECLARATION: rt::Declaration = rt::Declaration {
    name: "shm",
    class: rt::Class::Unloadable,
    switch: false,
    abi: rt::Abi::Rust,
    version: std::env!("CARGO_PKG_VERSION"),
    functions: rt::Functions::new(
        "shmgetfn(u32, usize) -> Result<SegmentId, ShmError>shmatfn(u32, SegmentId) -> Option<usize>shmexitfn(u32) -> usize",
        const { &SIGNATURES.declared::<3usize>("fn") },
    ),
    unmap: OBSTACLES.unmap(),
};
// ANCHOR_END: shm_dlkm_glue_DECLARATION

// ANCHOR: shm_dlkm_glue_INTERFACE
#[rt::distributed_slice(rt::DLKM_INTERFACES)]
#[linkme(crate = rt::linkme)]
pub static INTERFACE: rt::StubTable = rt::StubTable {
    declaration: DECLARATION,
    types: TYPES,
    hold: &STUBS.hold,
    stubs: &STUBS.all,
    kinds: &STUBS.kinds,
    entry: rt::None,
    waits: rt::Some(|index| {
        rt::Code::new(match index {
            _ => std::hint::black_box(load_shmexit as *const ()),
        })
    }),
    reach: rt::None,
};
// ANCHOR_END: shm_dlkm_glue_INTERFACE

// ANCHOR: shm_dlkm_glue_STUBS
pub static STUBS: rt::Stubs<3usize> = rt::stubs(&[
    rt::Way::Strong(load_shmget as *const ()),
    rt::Way::Unloadable(load_shmat as *const ()),
    rt::Way::Weak(FALLBACK_shmexit as *const ()),
]);
// ANCHOR_END: shm_dlkm_glue_STUBS

// ANCHOR: shm_dlkm_glue_impl
impl rt::Declaring for DlkmInterface {
    const DECLARATION: &'static rt::Declaration = &DECLARATION;
    const TYPES: &'static [std::primitive::u8] = TYPES;
    const SIGNATURES: rt::interface::Signatures = SIGNATURES;
    const UNLOAD: std::primitive::bool = false;
}
// ANCHOR_END: shm_dlkm_glue_impl

// ANCHOR: shm_dlkm_glue_impl
impl<D: super::super::Shm + ?std::marker::Sized> rt::Exporting for DlkmExports<D> {
    type Interface = DlkmInterface;
    const MODULE: &'static std::primitive::str = D::DLKM_MODULE;
}
// ANCHOR_END: shm_dlkm_glue_impl

// ANCHOR: shm_dlkm_glue_place_dlopen_note
rt::place_dlopen_note! { "[{\"feature\":\"shm\",\"description\":\"Shared memory segments.\",\"priority\":\"recommended\",\"soname\":[\"shm.so\"]}]" }
// ANCHOR_END: shm_dlkm_glue_place_dlopen_note

// ANCHOR: shm_dlkm_glue_load_shmget
#[cold]
fn load_shmget(key: u32, size: usize) -> Result<SegmentId, ShmError> {
    match rt::resolve(&INTERFACE, 0) {
        rt::Ok(code) => (unsafe { code.function2() })(key, size),
        rt::Err(error) => {
            <Result<SegmentId, ShmError> as rt::OrLoadError>::or_load_error(error)
        }
    }
}
// ANCHOR_END: shm_dlkm_glue_load_shmget

// ANCHOR: shm_dlkm_glue_FALLBACK_shmat
pub const FALLBACK_shmat: fn(u32, SegmentId) -> Option<usize> = not_attached;
// ANCHOR_END: shm_dlkm_glue_FALLBACK_shmat

// ANCHOR: shm_dlkm_glue_first_shmat
#[cold]
pub fn first_shmat(pid: u32, id: SegmentId) -> Option<usize> {
    let _hold = STUBS.hold.enter_first(&INTERFACE);
    (unsafe { STUBS.function2(1) })(pid, id)
}
// ANCHOR_END: shm_dlkm_glue_first_shmat

// ANCHOR: shm_dlkm_glue_load_shmat
#[cold]
fn load_shmat(pid: u32, id: SegmentId) -> Option<usize> {
    match rt::resolve(&INTERFACE, 1) {
        rt::Ok(code) => (unsafe { code.function2() })(pid, id),
        rt::Err(_) => FALLBACK_shmat(pid, id),
    }
}
// ANCHOR_END: shm_dlkm_glue_load_shmat

// ANCHOR: shm_dlkm_glue_FALLBACK_shmexit
pub const FALLBACK_shmexit: fn(u32) -> usize = nothing;
// ANCHOR_END: shm_dlkm_glue_FALLBACK_shmexit

// ANCHOR: shm_dlkm_glue_first_shmexit
#[cold]
pub fn first_shmexit(pid: u32) -> usize {
    let _hold = STUBS.hold.enter_first(&INTERFACE);
    (unsafe { STUBS.function1(2) })(pid)
}
// ANCHOR_END: shm_dlkm_glue_first_shmexit

// ANCHOR: shm_dlkm_glue_load_shmexit
#[cold]
fn load_shmexit(pid: u32) -> usize {
    match rt::resolve_weak(&INTERFACE, 2) {
        rt::Ok(code) => (unsafe { code.function1() })(pid),
        rt::Err(_) => FALLBACK_shmexit(pid),
    }
}
// ANCHOR_END: shm_dlkm_glue_load_shmexit

// ANCHOR: written_dri
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
// ANCHOR_END: written_dri

// ANCHOR: impl
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
    #[doc(hidden)]
    const DLKM_MODULE: &'static std::primitive::str =
        <Self as shm_api::Shm>::DLKM_EXPORTS.interface.name;
}
// ANCHOR_END: impl

// ANCHOR: place_module
rt::place_module! { names : [DLKM_WRAPPER_shm_apiShm_SharedMemory , DLKM_DECLARED_shm_apiShm_SharedMemory , dlkm_image_shm_apiShm_SharedMemory] , image : dlkm_image , exports : [< SharedMemory as shm_api :: Shm > :: DLKM_EXPORTS] , declared : rt :: Declared { name : < SharedMemory as shm_api :: Shm > :: DLKM_EXPORTS . interface . name , version : std :: env ! ("CARGO_PKG_VERSION") , kind : "misc" , desc : "System V shared memory" , states : "auto loaded static" , phases : "" , critical : false , depends : "" , lines : & [] , weak : "" , idle : "" , interfaces : & [rt :: Described { declaration : < SharedMemory as shm_api :: Shm > :: DLKM_EXPORTS . interface , types : < SharedMemory as shm_api :: Shm > :: DLKM_TYPES , }] , stubs : 0 , } , load : rt :: hook (| arg | rt :: run_hook (init , arg)) , unload : rt :: hook (| arg | rt :: run_hook (fini , arg)) , save : std :: option :: Option :: None , hand_over : [] , }
// ANCHOR_END: place_module
