//! The ways in which a value may cross the boundary, and the messages about what is wrong with
//! each.

/// How a value crosses.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// Whether it goes from the module to its caller, not the other way.
    pub(super) out: bool,
    /// Whether a borrow in it may outlive the call.
    pub(super) result: bool,
    /// Whether it is in a `Held`, out of which it could be copied.
    pub(super) held: bool,
    /// Whether references in it can only be `'static`.
    pub(super) fixed: bool,
    /// Whether it is behind a shared reference.
    pub(super) shared: bool,
    pub(super) way: Way,
}

impl At {
    pub(super) const fn number(self) -> u64 {
        (self.out as u64)
            | (self.result as u64) << 1
            | (self.held as u64) << 2
            | (self.fixed as u64) << 3
            | (self.shared as u64) << 4
            | (self.way as u64) << 5
    }

    pub(super) const fn consequence(self) -> &'static str {
        match (self.out, self.way) {
            (true, Way::Straight) => "which would be gone after the module is unloaded: ",
            (true, Way::Back) => {
                "and the module could put one of its own there, which would be gone after it is \
                 unloaded: "
            }
            (true, Way::Call) => {
                "and the module would hand over one of its own, which would be gone after it is \
                 unloaded: "
            }
            (false, Way::Straight) => {
                "which the module could keep after the caller, itself a module, is unloaded: "
            }
            (false, Way::Back | Way::Call) => {
                "and the module would get one from its caller, which it could keep after the \
                 caller, itself a module, is unloaded: "
            }
        }
    }

    pub(super) const fn remedy(self, fault: Fault, c: bool) -> &'static str {
        match (fault, self.out, self.way) {
            (Fault::Code, false, Way::Straight) if c => {
                "take it as `dlkm_rt::c::Callback`, which borrows it for the call, or as an \
                 `unsafe extern \"C\" fn`, which the module promises not to keep"
            }
            (Fault::Code, true, Way::Straight) => {
                "return data, or put it into `dlkm_rt::Held`, which keeps the module loaded"
            }
            (Fault::Code, false, Way::Straight) => {
                "borrow it for the call, as `&dyn Trait` or `&mut dyn FnMut()`, or take it as \
                 `dlkm_rt::Held`, which keeps its module loaded"
            }
            (Fault::Code, _, Way::Back | Way::Call) => {
                "use data there, or put it into `dlkm_rt::Held`, which keeps its module loaded"
            }
            (Fault::Static, true, Way::Straight) => {
                "return an owned value, such as a `String`, or borrow from an argument \
                 (write the lifetime, even `'_`), or put it into `dlkm_rt::Held`"
            }
            (Fault::Static, false, Way::Straight) => {
                "leave the lifetime open (write it, even `'_`), or take it as \
                 `dlkm_rt::Held`"
            }
            (Fault::Static, _, Way::Back | Way::Call) => {
                "use an owned value there, such as a `String`, or leave the lifetime open \
                 (write it, even `'_`), or put it into `dlkm_rt::Held`"
            }
            (Fault::Empty, false, Way::Straight) => {
                "borrow it for the call, as `&HashMap` or `&str`, or take a `BTreeMap`, a \
                 `Vec`, a `String` or a `Box`"
            }
            (Fault::Empty, ..) => "use a `BTreeMap`, a `Vec`, a `String` or a `Box`",
        }
    }
}

/// The path by which a value crosses.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// As an argument or the result.
    Straight,
    /// Through a `&mut` or a cell, against its direction.
    Back,
    /// As an argument or the result of a callback.
    Call,
}

/// What a name in a type refers to.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Field,
    Method,
}

/// What is wrong.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    Code,
    Static,
    Empty,
}
