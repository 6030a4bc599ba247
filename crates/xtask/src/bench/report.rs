//! The figures as text: the same on a terminal and in a page of Markdown.

use std::fmt::Write;

use crate::bench::figures::{Chapter, Table};

/// Ratios and their targets first, then what they were made of, then the machine.
pub(crate) fn text(chapter: &Chapter, machine: &[String]) -> String {
    let ratios = Table {
        title: "Ratios".to_owned(),
        columns: vec!["figure", "measured", "target", ""],
        rows: chapter.ratios.iter().map(crate::bench::figures::Ratio::row).collect(),
    };
    let mut text = table(&ratios);
    for absolute in &chapter.tables {
        text += "\n";
        text += &table(absolute);
    }
    text += "\n### The machine\n\n";
    for line in machine {
        let _ = writeln!(text, "- {line}");
    }
    text
}

/// A table of Markdown whose columns stand below each other.
fn table(table: &Table) -> String {
    let header: Vec<String> = table.columns.iter().map(|&column| column.to_owned()).collect();
    let width = |n: usize| std::iter::once(&header).chain(&table.rows).map(|row| row[n].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).enumerate().map(|(n, (cell, &width))| {
            // Words begin at the left, numbers end at the right.
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
