//! Switch tables: interfaces that many modules provide.

use dlkm_rt::{Held, Interface, LoadError, interface, switch};

/// A figure of which modules know one kind each.
#[switch]
pub trait Figure {
    /// The area of the figure with this side, and loads the module.
    ///
    /// # Errors
    /// The module can't be loaded.
    #[ustub]
    fn area(side: u64) -> Result<u64, LoadError>;

    /// How often the module was asked; 0 where it is not loaded.
    #[wstub(or = never)]
    fn asked() -> u64;

    /// Draws the figure, which keeps the module loaded as long as the drawing is there.
    ///
    /// # Errors
    /// The module can't be loaded.
    #[ustub]
    fn draw(side: u64) -> Result<Held<Box<dyn Drawing>>, LoadError>;

    /// Calls `body` from inside the module.
    #[ustub(or = not_run)]
    fn during(body: &mut dyn FnMut()) -> bool;
}

fn never() -> u64 {
    0
}

fn not_run(_: &mut dyn FnMut()) -> bool {
    false
}

/// A drawing.
#[interface]
pub trait Drawing: Send {
    /// Its lines.
    fn lines(&self) -> Vec<String>;
}

/// Names of the figures that a module knows, through the table: modules call through it too.
#[dlkm_rt::module]
pub trait Gallery {
    /// The area of the figure of that key, as the module `gallery` finds it.
    ///
    /// # Errors
    /// A module can't be loaded, or has not the key.
    #[ustub]
    fn area_of(key: &str, side: u64) -> Result<u64, Missing>;
}

/// Why there is no area.
#[derive(Debug, Interface)]
pub enum Missing {
    /// The figure has no module.
    Figure(String),
    /// The module of the figure, or the gallery, could not be loaded.
    Load(LoadError),
}

impl From<LoadError> for Missing {
    fn from(error: LoadError) -> Self {
        Missing::Load(error)
    }
}
