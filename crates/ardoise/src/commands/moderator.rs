use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use ardoise_model::counted;
use ardoise_store::Session;
use clap::Subcommand;
use serde_json::json;

use crate::config::Config;
use crate::{assemble, clock, dev_address, output};

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print a link that signs a moderator in on the web, once, within 15 minutes
    Link {
        /// The name in the settings; optional if there is only one moderator
        name: Option<String>,
    },
    /// List the browsers that moderators have signed in with
    Sessions {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// End one session, or all sessions of a moderator
    Revoke {
        /// The id of the session, as `sessions` lists it
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<i64>,
        /// End all sessions of this moderator, and revoke unused sign-in links
        #[arg(long, value_name = "NAME")]
        all: Option<String>,
    },
}

pub(crate) fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    match &args.action {
        Action::Link { name } => link(name.as_deref(), config)?,
        Action::Sessions { json } => sessions(*json, config)?,
        Action::Revoke { id: Some(id), .. } => {
            if !assemble::store(config)?.revoke(*id)? {
                bail!("there is no session {id}; `ardoise moderator sessions` lists them");
            }
            output::line(format_args!("ended session {id}"))?;
        }
        Action::Revoke { all, .. } => {
            let name = all.as_deref().unwrap_or_default();
            let known: Vec<String> = config.moderators().into_iter().map(|moderator| moderator.name).collect();
            let ended = assemble::store(config)?.revoke_all(name)?;
            // A former moderator may have sessions left.
            ensure!(
                ended > 0 || known.iter().any(|known| known == name),
                "{name:?} is no moderator and has no session; the settings name: {} ([[moderator]])",
                known.join(", ")
            );
            output::line(format_args!("ended {} of {name}", counted(ended as u64, "session", "sessions")))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn link(name: Option<&str>, config: &Config) -> anyhow::Result<()> {
    let names: Vec<String> = config.moderators().into_iter().map(|moderator| moderator.name).collect();
    let name = match (name, names.as_slice()) {
        (Some(name), _) => names
            .iter()
            .find(|known| *known == name)
            .with_context(|| format!("{name:?} is no moderator; the settings name: {} ([[moderator]])", names.join(", ")))?,
        (None, [one]) => one,
        (None, _) => bail!("there are several moderators; say whom the link is for: {}", names.join(", ")),
    };
    let store = assemble::store(config)?;
    output::line(assemble::sign_in_link(&store, &dev_address::moderation_url(config), name, clock::now())?)?;
    Ok(())
}

fn sessions(as_json: bool, config: &Config) -> anyhow::Result<()> {
    let sessions = assemble::store(config)?.sessions(clock::now())?;
    if as_json {
        let value = |one: &Session| json!({ "id": one.id, "moderator": one.moderator, "browser": one.agent, "since": one.created_at.to_string(), "seen": one.seen_at.to_string() });
        output::json(&sessions.iter().map(value).collect())?;
    } else if sessions.is_empty() {
        eprintln!("Nobody is signed in.");
    } else {
        let row = |one: &Session| {
            vec![
                one.id.to_string(),
                one.moderator.clone(),
                output::local(one.created_at),
                output::local(one.seen_at),
                output::excerpt(&one.agent, 60),
            ]
        };
        output::list(&["id", "moderator", "since", "seen", "browser"], &sessions.iter().map(row).collect::<Vec<_>>())?;
    }
    Ok(())
}
