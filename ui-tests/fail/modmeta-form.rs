//! What is no `module NAME { ... }`.

dlkm_rt::modmeta! {}

dlkm_rt::modmeta! {
    interface shm {}
}

dlkm_rt::modmeta! {
    module {
        desc "no name"
    }
}

dlkm_rt::modmeta! {
    module shm (desc "no braces")
}

dlkm_rt::modmeta! {
    module sem {
        autoload {
            stub semget nomod_zero
            #[cold]
        }
    }
    module msg {}
}

fn main() {}
