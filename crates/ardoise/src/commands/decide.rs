use std::process::ExitCode;

use anyhow::bail;
use ardoise_model::{Actor, Comment, Decision};
use ardoise_notify::CommandDecision;
use ardoise_store::Decided;
use serde_json::json;

use crate::config::Config;
use crate::{assemble, clock, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The comments' ids, or their beginnings
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    args: Args,
    /// The version that was read, as `show` and `pending --json` print it; needed for a comment that its author has changed; repeatable
    #[arg(long = "version", value_name = "VERSION")]
    versions: Vec<String>,
}

pub(crate) fn approve(ApproveArgs { args, versions }: &ApproveArgs, config: &Config) -> anyhow::Result<ExitCode> {
    decide(args, versions, Decision::Approve, config)
}

pub(crate) fn run(args: &Args, decision: Decision, config: &Config) -> anyhow::Result<ExitCode> {
    decide(args, &[], decision, config)
}

fn decide(args: &Args, versions: &[String], decision: Decision, config: &Config) -> anyhow::Result<ExitCode> {
    match ardoise_notify::decide(&assemble::store(config)?, &args.ids, versions, decision, &Actor::COMMAND, clock::now())? {
        CommandDecision::Decided(decided) => print(&decided, args.json)?,
        CommandDecision::Unread(comments) => {
            refuse(&comments, args.json)?;
            bail!("nothing was decided: a comment was changed by its author after you read it; read it again before you publish it");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(decided: &[Decided], as_json: bool) -> std::io::Result<()> {
    if as_json {
        let value = |d: &Decided| json!({ "id": d.id.as_str(), "article": d.article.as_str(), "before": d.before.as_str(), "status": d.after.as_str() });
        return output::json(&decided.iter().map(value).collect());
    }
    decided.iter().try_for_each(|Decided { id, article, before, after, .. }| {
        let was = if before == after { "already".to_owned() } else { format!("was {before}") };
        output::line(format_args!("{id} {after} ({was}) {article}"))
    })
}

/// Prints the present text of the comments, and the command that approves it.
fn refuse(comments: &[Comment], as_json: bool) -> std::io::Result<()> {
    if as_json {
        let value = |comment: &Comment| {
            let mut value = output::comment(comment);
            value["changed"] = true.into();
            value
        };
        return output::json(&comments.iter().map(value).collect());
    }
    comments.iter().try_for_each(|comment| {
        let (id, version) = (&comment.id, comment.version());
        let site = comment.site.as_deref().map(|site| format!(", {}", output::visible(site))).unwrap_or_default();
        output::line(format_args!(
            "{id} is {}, and its author has changed it since it came in, or --version names another version. It says now:",
            comment.status
        ))?;
        output::line(format_args!("\n{}{site}\n{}\n", output::visible(&comment.author), output::visible_lines(&comment.text)))?;
        output::line(format_args!("To publish that: ardoise approve {id} --version {version}\n"))
    })
}
