use std::process::ExitCode;

use ardoise_store::{Act, Deed};
use serde_json::json;

use crate::config::Config;
use crate::{output, wire};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// As many lines at most
    #[arg(long, default_value_t = 50, value_name = "N")]
    last: u32,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let acts = wire::store(config)?.log(args.last)?;
    if args.json {
        let value = |act: &Act| json!({ "date": act.at.to_string(), "by": act.by.moderator, "via": act.by.via.as_str(), "act": deed(act), "comment": comment(act) });
        output::json(&acts.iter().map(value).collect())?;
    } else if acts.is_empty() {
        eprintln!("Nothing was decided yet.");
    } else {
        let row = |act: &Act| vec![output::local(act.at), act.by.to_string(), deed(act).to_owned(), comment(act).to_owned()];
        output::list(&["date", "by", "act", "comment"], &acts.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn deed(act: &Act) -> &'static str {
    match act.deed {
        Deed::Decided(status) => status.as_str(),
        Deed::Edited => "edited",
        Deed::Banned => "banned its sender",
    }
}

fn comment(act: &Act) -> &str {
    act.comment.as_ref().map_or("", |id| id.as_str())
}
