//! Formats the figures as Markdown, for the terminal and for the page.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;

use crate::figures::{Section, Table, number};

/// The page that contains the figures of a run between these two lines.
const PAGE: &str = "docs/performance.md";
const BEGIN_MARKER: &str = "<!-- figures: written by `cargo xtask bench --write` -->\n";
const END_MARKER: &str = "<!-- end of the figures -->\n";
/// The number of cores that an idle system keeps busy.
const MAX_OTHER_LOAD: f64 = 0.15;
const PICTURE: &str = "docs/pictures/performance.svg";

/// Replaces figures and chart of the previous run.
pub(crate) fn write(root: &Path, figures: &str, picture: &str) -> anyhow::Result<()> {
    let page = root.join(PAGE);
    let text = std::fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    std::fs::write(&page, replaced(&text, figures)?)?;
    std::fs::write(root.join(PICTURE), picture)?;
    println!("Written to {PAGE} and {PICTURE}.");
    Ok(())
}

/// Returns the page with new figures and unchanged surroundings.
fn replaced(page: &str, figures: &str) -> anyhow::Result<String> {
    let lines = || format!("{PAGE} must hold these two lines, one after the other:\n{BEGIN_MARKER}{END_MARKER}");
    let (before, rest) = page.split_once(BEGIN_MARKER).with_context(lines)?;
    let (_, after) = rest.split_once(END_MARKER).with_context(lines)?;
    Ok(format!("{before}{BEGIN_MARKER}\n{figures}\n{END_MARKER}{after}"))
}

/// Returns the ratios with their targets, then the tables, then the machine.
pub(crate) fn text(section: &Section, other_load: f64, machine: &[String]) -> String {
    let ratios = Table {
        title: "Ratios".to_owned(),
        columns: vec!["figure", "measured", "target", ""],
        rows: section.ratios.iter().map(crate::figures::Ratio::row).collect(),
    };
    let mut text = table(&ratios);
    if other_load > MAX_OTHER_LOAD {
        let _ = writeln!(
            text,
            "\n**Others kept {} cores busy before or after this run.** Whoever waits for the disk then waits for a core too, the one longer than \
             the other: run it again when the machine has nothing else to do.",
            number(other_load)
        );
    }
    for absolute in &section.tables {
        text += "\n";
        text += &table(absolute);
    }
    text += "\n### The machine\n\n";
    for line in machine {
        let _ = writeln!(text, "- {line}");
    }
    text
}

/// Returns a Markdown table with aligned columns.
fn table(table: &Table) -> String {
    let header: Vec<String> = table.columns.iter().map(|&column| column.to_owned()).collect();
    let width = |n: usize| std::iter::once(&header).chain(&table.rows).map(|row| row[n].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).enumerate().map(|(n, (cell, &width))| {
            // Align text left and numbers right.
            if n == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let rule: Vec<String> =
        widths.iter().enumerate().map(|(n, &width)| if n == 0 { "-".repeat(width) } else { "-".repeat(width.max(2) - 1) + ":" }).collect();
    let mut text = format!("### {}\n\n", table.title);
    text += &line(&header);
    text += &line(&rule);
    for row in &table.rows {
        text += &line(row);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_replace_the_previous_ones_and_keep_the_text() {
        let page = std::fs::read_to_string(xtask::commands::root().join(PAGE)).expect("there is a page");
        let once = replaced(&page, "| 1 |").expect("it has the lines");
        assert_eq!(replaced(&once, "| 2 |").expect("it still has"), once.replace("| 1 |", "| 2 |"));
        assert!(once.starts_with("# ") && once.contains("| 1 |") && once.contains("pictures/performance.svg"));
        assert!(replaced("# No such lines\n", "").is_err());
    }

    #[test]
    fn load_of_other_processes_is_reported() {
        let warns = |other_load| text(&Section::default(), other_load, &[]).contains("run it again");
        assert!(warns(1.9) && !warns(0.05));
    }

    #[test]
    fn columns_are_aligned() {
        let rows = vec![vec!["été".to_owned(), "1".to_owned()], vec!["b".to_owned(), "12 345".to_owned()]];
        let drawn = table(&Table { title: "T".to_owned(), columns: vec!["name", "n"], rows });
        assert_eq!(drawn, "### T\n\n| name |      n |\n| ---- | -----: |\n| été  |      1 |\n| b    | 12 345 |\n");
    }
}
