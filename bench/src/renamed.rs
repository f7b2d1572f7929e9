//! Images of modules under other names: one that was built serves as many.

/// The image, with other names of the same length in the values of these metadata keys.
///
/// # Panics
/// The metadata does not have one of the names under its key.
pub(crate) fn renamed(image: &[u8], names: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut image = image.to_vec();
    for (key, from, to) in names {
        assert_eq!(from.len(), to.len(), "places in the image stay as they are");
        // The class of an interface follows its name.
        let end = if *key == "interface" { " " } else { "\0" };
        let [old, new] = [from, to].map(|name| format!("\0{key}={name}{end}"));
        // The wrapper has the metadata too.
        let windows = image.windows(old.len()).enumerate();
        let places = windows.filter(|(_, text)| *text == old.as_bytes());
        let places: Vec<usize> = places.map(|(at, _)| at).collect();
        assert!(!places.is_empty(), "the metadata has no `{key}={from}`");
        for at in places {
            image[at..at + new.len()].copy_from_slice(new.as_bytes());
        }
    }
    image
}
