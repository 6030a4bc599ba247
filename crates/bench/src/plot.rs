//! Draws the figures as bar charts with a logarithmic scale.

use std::fmt::Write;

use crate::figures::{Chart, OURS, number};

/// Widths and heights, in pixels.
const WIDTH: f64 = 820.0;
const LABEL_WIDTH: f64 = 300.0;
const BAR_WIDTH: f64 = 420.0;
const ROW_HEIGHT: f64 = 22.0;
const HEADER_HEIGHT: f64 = 44.0;
const FOOTER_HEIGHT: f64 = 34.0;

/// Returns an SVG with a light background of its own, so that it is readable on a dark page too.
pub(crate) fn svg(charts: &[Chart]) -> String {
    let height = |chart: &Chart| HEADER_HEIGHT + ROW_HEIGHT * chart.bars.len() as f64 + FOOTER_HEIGHT;
    let all: f64 = charts.iter().map(height).sum();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {all}\" width=\"{WIDTH}\" height=\"{all}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<rect width=\"{WIDTH}\" height=\"{all}\" rx=\"8\" fill=\"#fbfaf7\"/>\n"
    );
    let mut top = 0.0;
    for chart in charts {
        let _ = writeln!(svg, "<g transform=\"translate(0 {top})\">\n{}</g>", draw(chart));
        top += height(chart);
    }
    svg + "</svg>\n"
}

fn draw(chart: &Chart) -> String {
    let scale = Scale::of(chart);
    let bottom = HEADER_HEIGHT + ROW_HEIGHT * chart.bars.len() as f64;
    let mut drawn =
        format!("<text x=\"20\" y=\"28\" font-size=\"15\" font-weight=\"600\" fill=\"#23211d\">{}</text>\n", escaped(chart.title));
    for power in scale.first..=scale.last {
        let value = 10_f64.powi(power);
        let x = LABEL_WIDTH + scale.length(value);
        let _ = writeln!(drawn, "<path d=\"M{x:.1} {HEADER_HEIGHT}V{bottom}\" stroke=\"#dcd8cf\"/>");
        let _ = writeln!(
            drawn,
            "<text x=\"{x:.1}\" y=\"{}\" font-size=\"11\" fill=\"#6d675c\" text-anchor=\"middle\">{}</text>",
            bottom + 15.0,
            number(value)
        );
    }
    for (n, (name, value)) in chart.bars.iter().enumerate() {
        let middle = HEADER_HEIGHT + ROW_HEIGHT * (n as f64 + 0.5);
        let length = scale.length(*value);
        let (colour, weight) = if name.starts_with(OURS) { ("#a8481f", 600) } else { ("#8b9096", 400) };
        let (top, text) = (middle - 7.0, middle + 4.5);
        let _ = writeln!(
            drawn,
            "<text x=\"{}\" y=\"{text}\" text-anchor=\"end\" font-weight=\"{weight}\" fill=\"#23211d\">{}</text>\n\
             <rect x=\"{LABEL_WIDTH}\" y=\"{top}\" width=\"{length:.1}\" height=\"14\" rx=\"2\" fill=\"{colour}\"/>\n\
             <text x=\"{:.1}\" y=\"{text}\" font-weight=\"{weight}\" fill=\"#23211d\">{}</text>",
            LABEL_WIDTH - 10.0,
            escaped(name),
            LABEL_WIDTH + length + 6.0,
            number(*value)
        );
    }
    drawn
}

/// A scale between two powers of ten.
struct Scale {
    first: i32,
    last: i32,
}

impl Scale {
    fn of(chart: &Chart) -> Self {
        let values = || chart.bars.iter().map(|(_, value)| *value).filter(|value| *value > 0.0 && value.is_finite());
        // Make the shortest bar long enough to be visible.
        let first = exponent((values().fold(f64::INFINITY, f64::min) / 2.0).log10().floor());
        // End at the first power of ten that is not below the largest value. The number stands right of the bar.
        let last = exponent(values().fold(0.0, f64::max).log10().ceil());
        Self { first, last: last.max(first + 1) }
    }

    /// Returns 0 for values at or below the beginning of the scale.
    fn length(&self, value: f64) -> f64 {
        let decades = f64::from(self.last - self.first);
        let fraction = (value.log10() - f64::from(self.first)) / decades;
        if fraction.is_finite() { (fraction * BAR_WIDTH).clamp(0.0, BAR_WIDTH) } else { 0.0 }
    }
}

/// Converts a whole exponent to an integer. Infinity, which results from a chart without positive values, becomes 0, and so does NaN.
fn exponent(whole: f64) -> i32 {
    format!("{whole:.0}").parse().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_logarithmic() {
        let bars = vec![("Ardoise & co".to_owned(), 5000.0), ("b".to_owned(), 50.0), ("none".to_owned(), 0.0)];
        let chart = Chart { title: "a < b", bars };
        let scale = Scale::of(&chart);
        assert_eq!((scale.first, scale.last), (1, 4));
        let step = |value: f64| scale.length(value * 10.0) - scale.length(value);
        assert!((step(50.0) - step(500.0)).abs() < 1e-6 && (step(50.0) - BAR_WIDTH / 3.0).abs() < 1e-6);
        assert!(scale.length(0.0).abs() < 1e-6);
        let drawn = svg(&[chart]);
        assert!(drawn.contains("Ardoise &amp; co") && drawn.contains("a &lt; b") && !drawn.contains("NaN"), "{drawn}");
        assert_eq!(drawn.matches("height=\"14\"").count(), 3);
    }
}
