use std::process::ExitCode;

use anyhow::{Context, bail};
use ardoise_model::{Actor, CommentId};
use ardoise_store::Ban;
use serde_json::json;

use crate::config::Config;
use crate::{assemble, clock, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Lift the ban with this number, as listed
    #[arg(long, value_name = "NUMBER")]
    lift: Option<i64>,
    /// Print JSON
    #[arg(long, conflicts_with = "lift")]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = assemble::store(config)?;
    let bans = store.bans()?;
    if let Some(number) = args.lift {
        let ban = bans.iter().find(|ban| ban.ids.contains(&number));
        let ban = ban.with_context(|| format!("there is no ban {number}; `ardoise bans` lists them"))?;
        if !store.lift_ban(ban, &Actor::COMMAND, clock::now())? {
            bail!("ban {number} was lifted by someone else in the meantime");
        }
        output::line(format_args!("lifted ban {number} on {}", kinds(ban)))?;
    } else if args.json {
        let value = |ban: &Ban| {
            json!({
                "id": ban.ids.first(),
                "of": ban.kinds.iter().map(|kind| word(kind)).collect::<Vec<_>>(),
                "date": ban.at.to_string(),
                "by": ban.by.moderator,
                "via": ban.by.via.as_str(),
                "comment": comment(ban),
                "author": ban.author,
            })
        };
        output::json(&bans.iter().map(value).collect())?;
    } else if bans.is_empty() {
        eprintln!("Nobody is banned.");
    } else {
        let row = |ban: &Ban| {
            let number = ban.ids.first().map(ToString::to_string).unwrap_or_default();
            vec![
                number,
                kinds(ban),
                output::local(ban.at),
                ban.by.to_string(),
                comment(ban).unwrap_or_default().to_owned(),
                ban.author.clone(),
            ]
        };
        output::list(&["number", "of", "since", "by", "for comment", "author"], &bans.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn comment(ban: &Ban) -> Option<&str> {
    ban.comment.as_ref().map(CommentId::as_str)
}

fn kinds(ban: &Ban) -> String {
    let mut kinds: Vec<_> = ban.kinds.iter().map(|kind| word(kind)).collect();
    kinds.sort_unstable();
    kinds.join(" and ")
}

/// Returns the kind's name: `author` in the store is the browser that sent the comment.
fn word(kind: &str) -> &str {
    if kind == "author" { "browser" } else { kind }
}
