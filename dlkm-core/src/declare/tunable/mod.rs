//! Tunables: values in a driver's crate that the administrator of the host sets.

mod apart;
mod computed;
mod declaration;
mod kinds;
mod place;
mod record;
mod settings;
mod size;
mod value;

pub use apart::TunableChoice;
pub use computed::TunedBy;
pub use computed::{Values, raw};
pub use declaration::{Notes, check_default, check_range, declare, least_or_most};
pub use kinds::TunableType;
pub use kinds::{Raw, Stored};
pub use record::reset;
pub use record::{ChangedHook, DLKM_TUNABLES, Owner, TunableRecord};
pub use settings::{Settings, of_module};
pub use size::Size;
pub use value::Tunable;
