//! What may be shared among threads stays so.

use dlkm_rt::metadata::{Build, Differences, InterfaceInfo, Metadata, ReadError};
use dlkm_rt::{
    BootError, Cause, Errno, HookError, Kernel, LoadArg, LoadError, ModuleInfo, ModuleRoot,
    ModuleSnapshot, Reaped, Reaper, Snapshot, Tunable, TunableError, TunableState, UnloadError,
    Upgrade, UpgradeError,
};

fn shared<T: Send + Sync + 'static>() {}

#[test]
fn public_types_are_send_and_sync() {
    shared::<Kernel>();
    shared::<ModuleRoot>();
    shared::<ModuleInfo>();
    shared::<Snapshot>();
    shared::<ModuleSnapshot>();
    shared::<Reaped>();
    shared::<Reaper>();
    shared::<Metadata>();
    shared::<InterfaceInfo>();
    shared::<Differences>();
    shared::<Build>();
    shared::<LoadArg>();
    shared::<Errno>();
    shared::<HookError>();
    shared::<Cause>();
    shared::<LoadError>();
    shared::<Tunable<u32>>();
    shared::<Tunable<&'static str>>();
    shared::<TunableError>();
    shared::<TunableState>();
    shared::<UnloadError>();
    shared::<Upgrade>();
    shared::<UpgradeError>();
    shared::<BootError>();
    shared::<ReadError>();
}
