use std::process::ExitCode;

use ardoise_store::{CommentDetail, Edit};
use serde_json::{Value, json};

use crate::config::Config;
use crate::output::visible;
use crate::{assemble, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The id of the comment, or its beginning
    id: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = assemble::store(config)?;
    let detail = store.detail(&store.resolve(&args.id)?)?;
    if args.json {
        let decisions = detail
            .decisions
            .iter()
            .map(|past| json!({ "status": past.status.as_str(), "date": past.at.to_string(), "by": past.by.to_string() }));
        let mut value = output::comment(&detail.comment);
        value["title"] = detail.article.title.as_str().into();
        value["decisions"] = decisions.collect();
        value["edits"] = store.edits(&detail.comment.id)?.iter().map(edit).collect();
        output::json(&value)?;
    } else {
        print(&detail, &store.edits(&detail.comment.id)?, &format!("{}{}", config.site.origin, detail.comment.article.to_url_path()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn edit(edit: &Edit) -> Value {
    json!({ "text": edit.text, "date": edit.at.to_string(), "by": edit.by.to_string() })
}

fn print(detail: &CommentDetail, edits: &[Edit], url: &str) -> std::io::Result<()> {
    let comment = &detail.comment;
    let line = |name: &str, value: &str| if value.is_empty() { Ok(()) } else { output::line(format_args!("{name:<9}{}", visible(value))) };
    line("id", comment.id.as_str())?;
    line("status", comment.status.as_str())?;
    line("article", &detail.article.title)?;
    line("", url)?;
    line("author", &comment.author)?;
    line("site", comment.site.as_deref().unwrap_or_default())?;
    line("answers", comment.parent.as_ref().map_or("", |parent| parent.as_str()))?;
    line("date", &output::local(comment.created_at))?;
    line("held by", comment.layer.as_deref().unwrap_or_default())?;
    line("version", &comment.version())?;
    let decisions = detail.decisions.iter().map(|past| (past.at, format!("{} {} by {}", past.status, output::local(past.at), past.by)));
    let changes = edits.iter().map(|edit| (edit.at, format!("changed {} by {}", output::local(edit.at), edit.by)));
    let mut history: Vec<_> = decisions.chain(changes).collect();
    history.sort_by_key(|(at, _)| *at);
    history.iter().try_for_each(|(_, says)| line("", says))?;
    output::line(format_args!("\n{}", output::visible_lines(&comment.text)))?;
    edits.iter().rev().filter(|edit| edit.text != comment.text).try_for_each(|edit| {
        output::line(format_args!("\nbefore {}, changed by {}:\n{}", output::local(edit.at), edit.by, output::visible_lines(&edit.text)))
    })
}
