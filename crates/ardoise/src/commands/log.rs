use std::process::ExitCode;

use ardoise_store::{Action, LogEntry};
use serde_json::json;

use crate::config::Config;
use crate::{assemble, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The most lines to print
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    last: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let entries = assemble::store(config)?.log(args.last)?;
    if args.json {
        let value = |entry: &LogEntry| {
            let comment = entry.comment.as_ref();
            json!({
                "date": entry.at.to_string(),
                "by": entry.by.moderator,
                "via": entry.by.via.as_str(),
                "act": action(entry),
                "comment": comment.map(|comment| comment.id.as_str()),
                "article": comment.map(|comment| comment.article.as_str()),
                "author": comment.map(|comment| comment.author.as_str()),
            })
        };
        output::json(&entries.iter().map(value).collect())?;
    } else if entries.is_empty() {
        eprintln!("Nothing was decided yet.");
    } else {
        let row = |entry: &LogEntry| {
            let (id, article, author) = entry
                .comment
                .as_ref()
                .map_or(("", "", ""), |comment| (comment.id.as_str(), comment.article.as_str(), comment.author.as_str()));
            vec![
                output::local(entry.at),
                entry.by.to_string(),
                action(entry).to_owned(),
                id.to_owned(),
                article.to_owned(),
                author.to_owned(),
            ]
        };
        output::list(&["date", "by", "act", "comment", "article", "author"], &entries.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn action(entry: &LogEntry) -> &'static str {
    match entry.action {
        Action::Decided(status) => status.as_str(),
        Action::Edited => "edited",
        Action::Replied => "published as an answer",
        Action::Banned => "banned its sender",
        Action::Unbanned => "lifted the ban on its sender",
    }
}
