//! Measures the generator: full rebuilds and single approvals.

use crate::approving::{self, APPROVALS, Approved};
use crate::context::{Bench, progress};
use crate::figures::{Chart, OURS, Ratio, Section, Table, megabytes, number};
use crate::rebuilding::{self, Rebuilt};
use crate::site::Site;

/// The sizes of the measured sites, in articles.
pub(crate) const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// The average number of comments per article.
const COMMENTS: usize = 10;

struct Measured {
    articles: usize,
    rebuilt: Rebuilt,
    approved: Approved,
}

pub(crate) fn measure(bench: &Bench, sizes: &[usize]) -> anyhow::Result<Section> {
    let measured = sizes.iter().map(|&articles| measure_one(bench, articles)).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(Section { ratios: ratios(&measured), tables: vec![rebuilds(&measured), approvals(&measured)], charts: charts(&measured) })
}

fn charts(measured: &[Measured]) -> Vec<Chart> {
    let (mut rebuilds, mut approvals) = (Vec::new(), Vec::new());
    for one in measured {
        let articles = format!("{} articles", number(one.articles as f64));
        rebuilds.push((format!("{OURS}, {articles}"), one.rebuilt.generate));
        rebuilds.push((format!("tar x, {articles}"), one.rebuilt.unpack));
        approvals.push((format!("{OURS}, {articles}"), one.approved.median));
        approvals.push(("one file made, flushed and renamed".to_owned(), one.approved.one_file));
    }
    vec![
        Chart { title: "Full rebuild of the published tree, seconds (less is better)", bars: rebuilds },
        Chart { title: "From an approval to the article's file, median milliseconds (less is better)", bars: approvals },
    ]
}

fn measure_one(bench: &Bench, articles: usize) -> anyhow::Result<Measured> {
    progress(&format!("a site of {articles} articles with {} comments", articles * COMMENTS));
    let site = Site::new(bench, &format!("generating-{articles}"), None)?;
    let waiting = site.fill(articles, COMMENTS, APPROVALS.min(articles))?;
    // A rebuild of a small site is too short for a single measurement.
    let turns = if articles > 10_000 { 1 } else { 3 };
    let rebuilt = rebuilding::measure(bench, &site, turns)?;
    let approved = approving::measure(bench, &site, &waiting)?;
    std::fs::remove_dir_all(&site.folder)?;
    Ok(Measured { articles, rebuilt, approved })
}

fn ratios(measured: &[Measured]) -> Vec<Ratio> {
    let [small, _, large] = SIZES;
    let of = |articles: usize| measured.iter().find(|measured| measured.articles == articles);
    let title = |what: &str| format!("{what}, {} articles and {} comments", number(large as f64), number((large * COMMENTS) as f64));
    let approval = of(large).zip(of(small)).map(|(large, small)| large.approved.median / small.approved.median);
    let to_file = of(large).map(|large| large.approved.median / large.approved.one_file);
    let to_tar = of(large).map(|large| large.rebuilt.generate / large.rebuilt.unpack);
    let memory = of(large).map(|large| megabytes(large.rebuilt.max_bytes));
    let to_small =
        format!("one approval until its file is replaced, median: {} articles to {}", number(large as f64), number(small as f64));
    vec![
        Ratio::at_most(1.5, to_small, approval),
        Ratio::at_most(10.0, title("one approval: to creating, flushing and renaming one file"), to_file),
        Ratio::at_most(2.0, title("full rebuild: to tar x of the same tree"), to_tar),
        Ratio::at_most(200.0, title("resident memory of a full rebuild, the most"), memory).in_unit(" MB"),
    ]
}

fn rebuilds(measured: &[Measured]) -> Table {
    let row = |measured: &Measured| {
        let rebuilt = &measured.rebuilt;
        let figures = [
            measured.articles as f64,
            rebuilt.files as f64,
            megabytes(rebuilt.bytes),
            rebuilt.generate,
            rebuilt.unpack,
            rebuilt.generate / rebuilt.unpack,
            rebuilt.generate_synced,
            rebuilt.unpack_synced,
            rebuilt.generate_synced / rebuilt.unpack_synced,
            megabytes(rebuilt.max_bytes),
        ];
        figures.map(number).to_vec()
    };
    Table {
        title: format!("Full rebuild into an empty folder, {COMMENTS} comments an article"),
        columns: vec!["articles", "files", "MB", "rebuild s", "tar x s", "ratio", "synced s", "tar x synced s", "ratio", "memory MB"],
        rows: measured.iter().map(row).collect(),
    }
}

fn approvals(measured: &[Measured]) -> Table {
    let row = |measured: &Measured| {
        let approved = &measured.approved;
        let figures = [
            measured.articles as f64,
            approved.median,
            approved.slowest,
            approved.one_file,
            approved.median / approved.one_file,
            megabytes(approved.idle_bytes),
        ];
        figures.map(number).to_vec()
    };
    Table {
        title: format!("One approval, from the decision to the article's file, {APPROVALS} of them"),
        columns: vec!["articles", "median ms", "slowest ms", "one file ms", "ratio", "memory of serve, idle, MB"],
        rows: measured.iter().map(row).collect(),
    }
}
