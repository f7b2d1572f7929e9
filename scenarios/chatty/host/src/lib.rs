//! A logger and a subscriber that remember.

pub mod logger;
pub mod subscriber;

/// Whether the system has the module's image mapped.
pub fn mapped() -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    maps.lines()
        .any(|line| line.contains("r-xp") && line.ends_with("/chatty.so"))
}
