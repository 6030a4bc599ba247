use std::process::ExitCode;

use ardoise_model::{Actor, Decision};
use ardoise_store::Decided;
use serde_json::json;

use crate::config::Config;
use crate::{output, wire};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The comments' ids, or their beginnings
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, decision: Decision, config: &Config) -> anyhow::Result<ExitCode> {
    let decided = ardoise_moderation::decide(&wire::store(config)?, &args.ids, decision, &Actor::COMMAND, wire::now())?;
    if args.json {
        let value = |d: &Decided| json!({ "id": d.id.as_str(), "article": d.article.as_str(), "before": d.before.as_str(), "status": d.after.as_str() });
        output::json(&decided.iter().map(value).collect())?;
    } else {
        for Decided { id, article, before, after } in &decided {
            let was = if before == after { "already".to_owned() } else { format!("was {before}") };
            output::line(format_args!("{id} {after} ({was}) {article}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
