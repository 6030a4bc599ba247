use std::process::ExitCode;

use ardoise_store::{Action, LogEntry};
use serde_json::json;

use crate::config::Config;
use crate::{assemble, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// As many lines at most
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    last: u32,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let acts = assemble::store(config)?.log(args.last)?;
    if args.json {
        let value = |act: &LogEntry| {
            let comment = act.comment.as_ref();
            json!({
                "date": act.at.to_string(),
                "by": act.by.moderator,
                "via": act.by.via.as_str(),
                "act": deed(act),
                "comment": comment.map(|comment| comment.id.as_str()),
                "article": comment.map(|comment| comment.article.as_str()),
                "author": comment.map(|comment| comment.author.as_str()),
            })
        };
        output::json(&acts.iter().map(value).collect())?;
    } else if acts.is_empty() {
        eprintln!("Nothing was decided yet.");
    } else {
        let row = |act: &LogEntry| {
            let (id, article, author) = act
                .comment
                .as_ref()
                .map_or(("", "", ""), |comment| (comment.id.as_str(), comment.article.as_str(), comment.author.as_str()));
            vec![output::local(act.at), act.by.to_string(), deed(act).to_owned(), id.to_owned(), article.to_owned(), author.to_owned()]
        };
        output::list(&["date", "by", "act", "comment", "article", "author"], &acts.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn deed(act: &LogEntry) -> &'static str {
    match act.action {
        Action::Decided(status) => status.as_str(),
        Action::Edited => "edited",
        Action::Replied => "published as an answer",
        Action::Banned => "banned its sender",
        Action::Unbanned => "lifted the ban on its sender",
    }
}
