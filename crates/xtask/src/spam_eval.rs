//! How good the checks against spam are, measured on real comments that somebody has labelled.
//!
//! The comments are no part of the project. They are cut into what is learnt from and what is tested on, by chance and by where they
//! come from: a classifier that has only learnt to tell one place from another would shine by chance alone.

mod cuts;
mod judge;
mod table;

use std::path::PathBuf;

use anyhow::{Context, bail};
use ardoise_model::Hold;
use serde_json::Value;

/// One real comment.
#[derive(Debug, Clone)]
pub(crate) struct Labelled {
    source: String,
    text: String,
    is_spam: bool,
}

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder with `comments.jsonl`: a JSON object a line, with `source`, `text` and `label` ("spam" or "ham")
    #[arg(long, default_value = "../shared/spam")]
    data: PathBuf,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let file = args.data.join("comments.jsonl");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("{}: the labelled comments lie outside the project; name their folder with --data", file.display()))?;
    let all: Vec<Labelled> = text
        .lines()
        .enumerate()
        .map(|(n, line)| read(line).with_context(|| format!("{} line {}", file.display(), n + 1)))
        .collect::<Result<_, _>>()?;
    let spam = all.iter().filter(|one| one.is_spam).count();
    println!("{} comments: {spam} spam, {} ham\n", all.len(), all.len() - spam);
    table::head();
    for (name, cuts) in [("chance", cuts::by_chance(&all)), ("video", cuts::by_video(&all)), ("blogs", cuts::videos_to_blogs(&all))] {
        table::rows(name, &judge::all(&cuts, Hold::Suspicious));
    }
    table::total("chance", "all, by default", &judge::all(&cuts::by_chance(&all), Hold::Everything));
    table::thresholds(&cuts::by_chance(&all)[0].learnt);
    Ok(())
}

fn read(line: &str) -> anyhow::Result<Labelled> {
    let value: Value = serde_json::from_str(line)?;
    let field = |name: &str| value[name].as_str().with_context(|| format!("no {name:?}")).map(str::to_owned);
    let is_spam = match field("label")?.as_str() {
        "spam" => true,
        "ham" => false,
        other => bail!("{other:?} is no label: spam or ham"),
    };
    Ok(Labelled { source: field("source")?, text: field("text")?, is_spam })
}
