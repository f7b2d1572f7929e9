//! The pictures of ARCHITECTURE.md: which part lies above which.
//!
//! A picture is a fenced block of `text`. Its first line is its title. The lines below are levels,
//! from the top down. A level has the names of its parts, separated by ` · `, then two spaces or
//! more and what the parts are for. It may take several lines. A line with `↓` ends it.

/// One picture: levels of names, the highest first.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    /// What it shows, such as the folder of a crate's source.
    pub title: String,
    levels: Vec<Vec<String>>,
}

impl Picture {
    /// The picture of this title, below the heading `heading` of a document.
    ///
    /// # Errors
    ///
    /// Says what is missing, or which line is no level.
    pub fn find(document: &str, heading: &str, title: &str) -> Result<Picture, String> {
        let mut lines = document.lines().enumerate();
        lines
            .by_ref()
            .find(|(_, line)| *line == heading)
            .ok_or(format!("there is no heading `{heading}`"))?;
        let mut lines = lines
            .take_while(|(_, line)| !line.starts_with("## "))
            .skip_while(|(_, line)| *line != title)
            .skip(1)
            .take_while(|(_, line)| *line != "```")
            .peekable();
        if lines.peek().is_none() {
            return Err(format!(
                "below `{heading}` there is no picture of `{title}`"
            ));
        }
        let mut levels = vec![Vec::new()];
        for (index, line) in lines {
            let line = line.trim();
            match line {
                "" => {}
                "↓" => levels.push(Vec::new()),
                _ => {
                    let names = names(line).ok_or(format!("line {} is no level", index + 1))?;
                    levels.last_mut().expect("there is a level").extend(names);
                }
            }
        }
        let title = title.to_owned();
        Ok(Picture { title, levels })
    }

    /// All names, the highest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.levels.iter().flatten().map(String::as_str)
    }

    /// How far `name` is from the top.
    pub fn level(&self, name: &str) -> Option<usize> {
        self.levels
            .iter()
            .position(|level| level.iter().any(|part| part == name))
    }

    /// Where `to` lies if `from` may not use it; none if it lies below, or is the same.
    pub fn misplaced(&self, from: &str, to: &str) -> Option<&'static str> {
        let (above, below) = (self.level(from)?, self.level(to)?);
        match above.cmp(&below) {
            _ if from == to => None,
            std::cmp::Ordering::Less => None,
            std::cmp::Ordering::Equal => Some("beside"),
            std::cmp::Ordering::Greater => Some("above"),
        }
    }
}

fn names(line: &str) -> Option<Vec<String>> {
    let names = line.split_once("  ").map_or(line, |(names, _)| names);
    let is_name = |name: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        !name.is_empty() && name.chars().all(fits)
    };
    names
        .split(" · ")
        .map(|name| is_name(name).then(|| name.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "\
# Title

## Directions

```text
app/src
  top            what is public
   ↓
  left · right   two that don't know each other
  middle         and a third one
   ↓
  bottom
```

## Other

```text
other
  one
```
";

    #[test]
    fn reads_levels_and_their_names() {
        let picture = Picture::find(DOCUMENT, "## Directions", "app/src").unwrap();
        let names: Vec<_> = picture.names().collect();
        assert_eq!(names, ["top", "left", "right", "middle", "bottom"]);
        assert_eq!(picture.level("middle"), Some(1));
        assert_eq!(picture.misplaced("top", "bottom"), None);
        assert_eq!(picture.misplaced("left", "left"), None);
        assert_eq!(picture.misplaced("left", "right"), Some("beside"));
        assert_eq!(picture.misplaced("bottom", "left"), Some("above"));
    }

    #[test]
    fn a_missing_heading_or_title_is_an_error() {
        let none = Picture::find(DOCUMENT, "## Nowhere", "app/src").unwrap_err();
        assert_eq!(none, "there is no heading `## Nowhere`");
        let elsewhere = Picture::find(DOCUMENT, "## Directions", "other").unwrap_err();
        assert!(elsewhere.contains("no picture of `other`"), "{elsewhere}");
    }

    #[test]
    fn a_line_that_is_no_level_is_an_error() {
        let text = DOCUMENT.replace("left · right", "left and right");
        let error = Picture::find(&text, "## Directions", "app/src").unwrap_err();
        assert_eq!(error, "line 9 is no level");
    }
}
