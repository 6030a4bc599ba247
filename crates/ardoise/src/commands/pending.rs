use std::process::ExitCode;

use ardoise_model::Status;

use crate::config::Config;
use crate::{output, wire};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// List those with another status: approved, rejected, spam, deleted
    #[arg(long, default_value = "pending")]
    status: Status,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let comments = wire::store(config)?.comments(args.status)?;
    if args.json {
        output::json(&comments.iter().map(output::comment).collect())?;
    } else if comments.is_empty() {
        eprintln!("No comment is {}.", args.status);
    } else {
        let row = |comment: &ardoise_model::Comment| {
            let text = output::excerpt(&comment.text, 80);
            vec![comment.id.to_string(), output::local(comment.created_at), comment.article.to_string(), comment.author.clone(), text]
        };
        output::list(&["id", "date", "article", "author", "text"], &comments.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(ExitCode::SUCCESS)
}
