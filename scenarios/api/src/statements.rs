//! An interface by HP-UX's statements.

// ANCHOR: statements
dlkm_rt::modmeta! {
    /// Limits what is used.
    module quota {
        desc "limits what is used"
        type fs
        version 2.1.0
        states auto loaded
        loadable times init auto
        unloadable
        autoload {
            /// Adds to what is used. Returns the sum.
            ustub charge nomod_minus_one 2
            /// The limit.
            ustub limit 0 0
            /// What is used.
            wstub used crate::statements::unlimited 0
        }
    }
}
// ANCHOR_END: statements

fn unlimited() -> isize {
    -7
}
