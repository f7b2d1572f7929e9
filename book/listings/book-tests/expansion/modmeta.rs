// What `modmeta!` makes of the statements in scenarios/api. Written by tests/expansion.rs.

// ANCHOR: Quota
#[dlkm_rt::module(name = "quota", abi = "C", class = unloadable)]
pub trait Quota {
    #[ustub(or = dlkm_nomod_quota::without_0)]
    fn charge(arg0: usize, arg1: usize) -> isize;
    #[ustub(or = dlkm_nomod_quota::without_1)]
    fn limit() -> isize;
    #[wstub(or = dlkm_nomod_quota::without_2)]
    fn used() -> isize;
}
// ANCHOR_END: Quota
