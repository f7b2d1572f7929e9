//! Names that a person may have meant.

/// At most three names among `all` that differ from `name` in few letters, the nearest first.
pub(crate) fn near<'a>(name: &str, all: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let wanted = plain(name);
    // A third of the letters may differ, and at least one.
    let most = (wanted.chars().count() / 3).max(1);
    let distance = |other: &str| strsim::damerau_levenshtein(&wanted, &plain(other));
    let long = |other: &&str| other.len().abs_diff(wanted.len()) <= 4 * most;
    let mut found: Vec<(usize, &str)> = all
        .into_iter()
        .filter(long)
        .map(|other| (distance(other), other))
        .filter(|(distance, _)| *distance <= most)
        .collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(3);
    let names = found.into_iter().map(|(_, name)| name.to_owned());
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_come_first() {
        let all = ["shm", "ship", "gzip", "shm_ring"];
        assert_eq!(near("shn", all), ["shm"]);
        assert_eq!(near("SHM-rign", all), ["shm_ring"]);
        assert_eq!(near("unheard", all), [""; 0]);
    }
}
