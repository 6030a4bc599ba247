use std::process::ExitCode;

use ardoise_store::CommentDetail;
use serde_json::json;

use crate::config::Config;
use crate::output::visible;
use crate::{output, wire};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The comment's id, or its beginning
    id: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = wire::store(config)?;
    let detail = store.detail(&store.resolve(&args.id)?)?;
    if args.json {
        let decisions = detail
            .decisions
            .iter()
            .map(|past| json!({ "status": past.status.as_str(), "date": past.at.to_string(), "by": past.by.to_string() }));
        let mut value = output::comment(&detail.comment);
        value["title"] = detail.article.title.as_str().into();
        value["decisions"] = decisions.collect();
        output::json(&value)?;
    } else {
        print(&detail, &format!("{}{}", config.site.origin, detail.comment.article.to_url_path()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn print(detail: &CommentDetail, url: &str) -> std::io::Result<()> {
    let comment = &detail.comment;
    let line = |name: &str, value: &str| if value.is_empty() { Ok(()) } else { output::line(format_args!("{name:<9}{}", visible(value))) };
    line("id", comment.id.as_str())?;
    line("status", comment.status.as_str())?;
    line("article", &detail.article.title)?;
    line("", url)?;
    line("author", &comment.author)?;
    line("email", comment.email.as_deref().unwrap_or_default())?;
    line("site", comment.site.as_deref().unwrap_or_default())?;
    line("answers", comment.parent.as_ref().map_or("", |parent| parent.as_str()))?;
    line("date", &output::local(comment.created_at))?;
    line("held by", comment.layer.as_deref().unwrap_or_default())?;
    for past in &detail.decisions {
        line("", &format!("{} {} by {}", past.status, output::local(past.at), past.by))?;
    }
    output::line("")?;
    comment.text.split('\n').try_for_each(|line| output::line(visible(line)))
}
