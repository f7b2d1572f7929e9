//! What pictures are drawn with. They stand in the page's text, whose colour they take, so they can be
//! read in all themes of the book.

use svg::Document;
use svg::node::Value;
use svg::node::element::{Circle, Line, Path, Rectangle, Text, Title};

/// The colour of dlkm, which differs from light and from dark grounds.
pub(crate) const OWN: &str = "#2b83c6";

/// The colour of the page's text.
pub(crate) const TEXT: &str = "currentColor";

/// Where a text stands against its point.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture under way.
pub(crate) struct Picture {
    document: Document,
}

impl Picture {
    /// With a title, which also is its text for those who don't see it.
    pub(crate) fn new(width: f64, height: f64, title: &str) -> Self {
        let document = Document::new()
            .set("viewBox", format!("0 0 {width} {height}"))
            .set("role", "img")
            .set("font-family", "sans-serif")
            .set("font-size", 13)
            .set("fill", TEXT)
            .add(Title::new(title));
        let mut picture = Picture { document };
        picture.bold(0.0, 16.0, title);
        picture
    }

    fn add(&mut self, node: impl Into<Box<dyn svg::Node>>) {
        svg::Node::append(&mut self.document, node);
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, text: &str) {
        self.colored(x, y, anchor, TEXT, text);
    }

    pub(crate) fn colored(&mut self, x: f64, y: f64, anchor: Anchor, color: &str, text: &str) {
        self.add(
            label(x, y, text)
                .set("text-anchor", name(anchor))
                .set("fill", color),
        );
    }

    pub(crate) fn bold(&mut self, x: f64, y: f64, text: &str) {
        self.add(label(x, y, text).set("font-weight", "bold"));
    }

    /// A thin line, of an axis or across the picture.
    pub(crate) fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        let line = Line::new()
            .set("x1", number(from.0))
            .set("y1", number(from.1))
            .set("x2", number(to.0))
            .set("y2", number(to.1));
        self.add(line.set("stroke", TEXT).set("stroke-opacity", 0.25));
    }

    pub(crate) fn curve(&mut self, points: &[(f64, f64)], color: &str) {
        let steps = points.iter().enumerate().map(|(at, (x, y))| {
            let letter = if at == 0 { "M" } else { "L" };
            format!("{letter}{} {}", number(*x), number(*y))
        });
        let path = Path::new().set("d", steps.collect::<Vec<_>>().join(" "));
        self.add(
            path.set("fill", "none")
                .set("stroke", color)
                .set("stroke-width", 2),
        );
        for (x, y) in points {
            self.dot(*x, *y, color);
        }
    }

    pub(crate) fn dot(&mut self, x: f64, y: f64, color: &str) {
        self.add(circle(x, y).set("fill", color));
    }

    pub(crate) fn ring(&mut self, x: f64, y: f64, color: &str) {
        self.add(
            circle(x, y)
                .set("fill", "none")
                .set("stroke", color)
                .set("stroke-width", 1.5),
        );
    }

    /// A bar; `strong` tells a part that matters from one that doesn't.
    pub(crate) fn bar(&mut self, x: (f64, f64), y: f64, height: f64, color: &str, strong: bool) {
        let bar = Rectangle::new()
            .set("x", number(x.0))
            .set("y", number(y))
            .set("width", number(x.1 - x.0))
            .set("height", number(height))
            .set("fill", color);
        self.add(bar.set("fill-opacity", if strong { 0.9 } else { 0.3 }));
    }

    /// The text of the file. It has no empty line, since one would end the picture in Markdown.
    pub(crate) fn finish(self) -> String {
        format!("{}\n", self.document)
    }
}

fn label(x: f64, y: f64, text: &str) -> Text {
    Text::new(text).set("x", number(x)).set("y", number(y))
}

fn circle(x: f64, y: f64) -> Circle {
    Circle::new()
        .set("cx", number(x))
        .set("cy", number(y))
        .set("r", 4)
}

fn name(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    }
}

/// A tenth of a pixel is enough.
fn number(value: f64) -> Value {
    ((value * 10.0).round() / 10.0).into()
}

/// Places values along an axis.
pub(crate) struct Scale {
    values: (f64, f64),
    places: (f64, f64),
    is_logarithmic: bool,
}

impl Scale {
    /// From 0, up to a round number above the largest value.
    pub(crate) fn linear(largest: f64, places: (f64, f64)) -> Self {
        let step = step(largest);
        Scale {
            values: (0.0, (largest / step).ceil() * step),
            places,
            is_logarithmic: false,
        }
    }

    /// Of powers of ten.
    pub(crate) fn logarithmic(values: &[f64], places: (f64, f64)) -> Self {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = values.iter().copied().fold(0.0, f64::max);
        let power = |exponent: f64| 10f64.powf(exponent);
        Scale {
            values: (power(least.log10().floor()), power(largest.log10().ceil())),
            places,
            is_logarithmic: true,
        }
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        let along = |value: f64| match self.is_logarithmic {
            true => value.log10(),
            false => value,
        };
        let (first, last) = (along(self.values.0), along(self.values.1));
        let part = (along(value) - first) / (last - first);
        self.places.0 + part * (self.places.1 - self.places.0)
    }

    /// The values that get a line, and what it is labelled with.
    pub(crate) fn ticks(&self) -> Vec<(f64, String)> {
        let (first, last) = self.values;
        let mut ticks = Vec::new();
        let mut value = first;
        // Half a step more, as sums are not exact.
        while value < last * 1.01 {
            ticks.push((value, count(value)));
            match self.is_logarithmic {
                true => value *= 10.0,
                false => value += step(last),
            }
        }
        ticks
    }
}

/// A round number that divides an axis into some parts.
fn step(largest: f64) -> f64 {
    let power = 10f64.powf(largest.log10().floor());
    match largest / power {
        ..2.0 => power / 4.0,
        2.0..5.0 => power / 2.0,
        _ => power,
    }
}

/// A figure with commas between thousands, and as few digits behind the point as tell it from others.
pub(crate) fn count(value: f64) -> String {
    if value < 100.0 {
        let digits = if value < 10.0 { 2 } else { 0 };
        let text = format!("{value:.digits$}");
        return match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text,
        };
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_numbers() {
        let ticks = |scale: &Scale| {
            scale
                .ticks()
                .into_iter()
                .map(|(_, text)| text)
                .collect::<Vec<_>>()
        };
        let scale = Scale::linear(238.8, (0.0, 100.0));
        assert_eq!(ticks(&scale), ["0", "50", "100", "150", "200", "250"]);
        assert_eq!(scale.at(125.0), 50.0);
        let scale = Scale::logarithmic(&[0.25, 730.0], (0.0, 400.0));
        assert_eq!(ticks(&scale), ["0.1", "1", "10", "100", "1,000"]);
        assert_eq!(scale.at(10.0).round(), 200.0);
    }

    #[test]
    fn figures_are_short() {
        let figures = [0.25, 1.0, 1.62, 16.36, 100.0, 1111.0, 1234567.0].map(count);
        assert_eq!(
            figures,
            ["0.25", "1", "1.62", "16", "100", "1,111", "1,234,567"]
        );
    }
}
