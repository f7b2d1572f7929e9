//! The median, and how far the middle half of the values lies apart.

/// The value in the middle; of an even number, the upper of the two.
pub(crate) fn median(values: &[f64]) -> f64 {
    at(values, 0.5)
}

/// Half the distance between the quartiles, relative to the median: the effect of other load on the
/// machine.
pub(crate) fn spread(values: &[f64]) -> f64 {
    (at(values, 0.75) - at(values, 0.25)) / 2.0 / median(values)
}

fn at(values: &[f64], part: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let index = (values.len() as f64 * part) as usize;
    values.get(index).copied().unwrap_or(f64::NAN)
}
