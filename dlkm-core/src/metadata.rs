//! What can be known about a module without running any of its code.
//!
//! These items are from the crate `dlkm-metadata`, which tools can use without the runtime. Its
//! documentation describes the format.
//!
//! ```
//! use dlkm_rt::metadata::{Metadata, ReadError};
//!
//! let error = Metadata::read("/nonexistent/shm.so".as_ref()).unwrap_err();
//! assert!(matches!(error, ReadError::Io(_)));
//! ```

pub use dlkm_metadata::{
    Abi, BadMetadata, Build, BuildDifference, BuildId, Change, Class, Differences, Export,
    FieldInfo, InterfaceInfo, Magic, Metadata, ModuleState, Phase, ReadError, Requirement, SHT_MOD,
    TunableInfo, TunableType, TypeInfo, TypeKind, VariantInfo,
};
