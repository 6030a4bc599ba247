//! The measured figures, formatted for display.

/// The figures of one kind of measurement.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub(crate) ratios: Vec<Ratio>,
    pub(crate) tables: Vec<Table>,
    pub(crate) charts: Vec<Chart>,
}

/// A figure with a target.
#[derive(Debug)]
pub(crate) struct Ratio {
    pub(crate) what: String,
    /// `None` if this run did not measure it.
    pub(crate) value: Option<f64>,
    pub(crate) target: Target,
    /// The unit that follows the numbers.
    pub(crate) unit: &'static str,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// A bar chart.
#[derive(Debug)]
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    /// Names and lengths. Names of Ardoise's own bars begin with [`OURS`].
    pub(crate) bars: Vec<(String, f64)>,
}

/// The prefix of the names of Ardoise's own rows.
pub(crate) const OURS: &str = "Ardoise";

impl Section {
    /// Joins several sections.
    pub(crate) fn of(sections: Vec<Self>) -> Self {
        let mut all = Self::default();
        for section in sections {
            all.ratios.extend(section.ratios);
            all.tables.extend(section.tables);
            all.charts.extend(section.charts);
        }
        all
    }
}

impl Ratio {
    pub(crate) fn at_least(target: f64, what: impl Into<String>, value: Option<f64>) -> Self {
        Self { what: what.into(), value, target: Target::AtLeast(target), unit: "×" }
    }

    pub(crate) fn at_most(target: f64, what: impl Into<String>, value: Option<f64>) -> Self {
        Self { what: what.into(), value, target: Target::AtMost(target), unit: "×" }
    }

    #[must_use]
    pub(crate) fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// Returns the row: name, measured value, target, and whether it was reached.
    pub(crate) fn row(&self) -> Vec<String> {
        let target = match self.target {
            Target::AtLeast(least) => format!("at least {}{}", number(least), self.unit),
            Target::AtMost(most) => format!("at most {}{}", number(most), self.unit),
        };
        let (measured, verdict) = match self.value {
            None => ("–".to_owned(), "not measured"),
            Some(value) if self.target.is_reached(value) => (format!("{}{}", number(value), self.unit), "reached"),
            Some(value) => (format!("{}{}", number(value), self.unit), "NOT REACHED"),
        };
        vec![self.what.clone(), measured, target, verdict.to_owned()]
    }
}

impl Target {
    fn is_reached(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

/// Formats a number with three significant digits and separated thousands.
pub(crate) fn number(value: f64) -> String {
    let plain = match value.abs() {
        0.0 => return "0".to_owned(),
        size if size < 0.1 => format!("{value:.4}"),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => return thousands(value),
    };
    plain.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut apart = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) && !apart.ends_with('-') {
            // A no-break space, as ISO 31 has it.
            apart.push('\u{a0}');
        }
        apart.push(digit);
    }
    apart
}

pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// Returns the median, or `None` for no values.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { f64::midpoint(values[middle - 1], upper) } else { upper })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_digits() {
        let shown = [0.0, 0.0123, 0.5, 1.0, 9.876, 58.04, 428.6, 12_345.6, 1_000_000.0].map(number);
        assert_eq!(shown, ["0", "0.0123", "0.5", "1", "9.88", "58", "429", "12\u{a0}346", "1\u{a0}000\u{a0}000"]);
    }

    #[test]
    fn a_target_is_reached_or_is_not() {
        assert_eq!(Ratio::at_least(40.0, "a", Some(58.0)).row(), ["a", "58×", "at least 40×", "reached"]);
        assert_eq!(Ratio::at_least(40.0, "a", Some(39.99)).row()[3], "NOT REACHED");
        assert_eq!(Ratio::at_most(64.0, "a", Some(65.0)).in_unit(" MB").row(), ["a", "65 MB", "at most 64 MB", "NOT REACHED"]);
        assert_eq!(Ratio::at_most(64.0, "a", None).row()[3], "not measured");
        assert!(Ratio::at_least(40.0, "a", Some(f64::NAN)).row()[3] == "NOT REACHED");
    }

    #[test]
    fn the_median_of_even_and_odd_numbers_of_values() {
        assert_eq!((median(vec![]), median(vec![3.0, 1.0, 2.0]), median(vec![4.0, 1.0])), (None, Some(2.0), Some(2.5)));
    }
}
