use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use ardoise_model::{Actor, CommentId};
use ardoise_notify::OwnerReply;
use serde_json::json;

use crate::config::Config;
use crate::{assemble, clock, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The id of a comment, or its beginning; or the path of an article
    #[arg(value_name = "ID|PATH")]
    to: String,
    /// The text, in Markdown; without it, standard input is read
    text: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let owner = config.site.owner.trim();
    ensure!(
        !owner.is_empty(),
        "{}: [site] owner is missing; write the name under which you answer: owner = \"Your Name\"",
        config.file.display()
    );
    let store = assemble::store(config)?;
    let text = args.text.clone().map_or_else(read, Ok)?;
    let reply =
        OwnerReply { to: &args.to, author: owner, text: &text, known_articles_only: config.site.built.is_some(), by: &Actor::COMMAND };
    let (article, receipt) = ardoise_notify::publish_owner_reply(&store, &config.site.origin, reply, clock::now())?;
    if args.json {
        let parent = store.detail(&receipt.id)?.comment.parent;
        output::json(&json!({
            "id": receipt.id.as_str(),
            "status": receipt.status.as_str(),
            "article": article.as_str(),
            "parent": parent.as_ref().map(CommentId::as_str),
        }))?;
    } else {
        output::line(format_args!("{} {} {article}", receipt.id, receipt.status))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read() -> anyhow::Result<String> {
    let mut stdin = std::io::stdin().lock();
    if stdin.is_terminal() {
        eprintln!("Write your answer; Ctrl-D on an empty line sends it, Ctrl-C does not.");
    }
    let mut text = String::new();
    stdin.read_to_string(&mut text).context("standard input")?;
    Ok(text)
}
