//! The ways that a value may go over the boundary, and what is wrong with it on each, in words.

/// Where a value is on its way.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// From the module to its caller, not the other way.
    pub(super) out: bool,
    /// A borrow in it may outlast the call.
    pub(super) result: bool,
    /// Somebody has it in a `Held`, out of which a copy could be taken.
    pub(super) held: bool,
    /// References in it can only be `'static`.
    pub(super) fixed: bool,
    /// It is only looked at.
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
            (true, Way::Straight) => "which would be gone when the module is unloaded: ",
            (true, Way::Back) => {
                "and the module could put one of its own there, which would be gone when it is \
                 unloaded: "
            }
            (true, Way::Call) => {
                "and the module would hand over one of its own, which would be gone when it is \
                 unloaded: "
            }
            (false, Way::Straight) => {
                "which the module could keep when the caller, itself a module, is unloaded: "
            }
            (false, Way::Back | Way::Call) => {
                "and the module would get one of its caller's, which it could keep when the \
                 caller, itself a module, is unloaded: "
            }
        }
    }

    pub(super) const fn remedy(self, fault: Fault, c: bool) -> &'static str {
        match (fault, self.out, self.way) {
            (Fault::Code, false, Way::Straight) if c => {
                "take it as `dlkm_rt::c::Callback`, which borrows it for the call, or as an \
                 `unsafe extern \"C\" fn`, of which the module promises not to keep it"
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
                "return a value of its own, such as a `String`, or borrow from an argument \
                 (write the lifetime, also a `'_`), or put it into `dlkm_rt::Held`"
            }
            (Fault::Static, false, Way::Straight) => {
                "leave the lifetime open (write it, also a `'_`), or take it as \
                 `dlkm_rt::Held`"
            }
            (Fault::Static, _, Way::Back | Way::Call) => {
                "use a value of its own there, such as a `String`, or leave the lifetime open \
                 (write it, also a `'_`), or put it into `dlkm_rt::Held`"
            }
            (Fault::Empty, false, Way::Straight) => {
                "borrow it for the call, as `&HashMap` or `&str`, or take a `BTreeMap`, a \
                 `Vec`, a `String` or a `Box`"
            }
            (Fault::Empty, ..) => "use a `BTreeMap`, a `Vec`, a `String` or a `Box`",
        }
    }
}

/// How a value comes to where it is.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// As an argument or the result.
    Straight,
    /// Through a `&mut` or a cell, against the direction of that.
    Back,
    /// As an argument or the result of a callback.
    Call,
}

/// What a name within a type is the name of.
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
