//! `ardoise check`: what is wrong with settings, database, folders and addresses, and how to mend it. A check is a file in `check/`, and
//! a line in [`CHECKS`].

mod addresses;
mod database;
mod disk;
mod folders;
mod mail;
mod messages;
mod moderators;
mod modes;
mod on_change;
mod outcome;
mod owner;
mod page;
mod privacy;
mod published;
mod queue;
mod rules;
mod scene;
mod service;
mod site;
mod tree;
mod user;
mod webhooks;

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::outcome::Outcome;
use self::scene::Scene;
use crate::config::Config;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// One thing that is looked at.
struct Check {
    name: &'static str,
    look: fn(&Scene) -> Outcome,
}

const fn check(name: &'static str, look: fn(&Scene) -> Outcome) -> Check {
    Check { name, look }
}

/// In the order in which they are reported. They run side by side.
const CHECKS: &[Check] = &[
    check("user", user::look),
    check("file modes", modes::look),
    check("built site", site::look),
    check("article page", page::look),
    check("database", database::look),
    check("published tree", tree::look),
    check("owner", owner::look),
    check("folders", folders::look),
    check("disk", disk::look),
    check("address", addresses::look),
    check("service url", service::look),
    check("tree url", published::look),
    check("moderation", queue::look),
    check("moderators", moderators::look),
    check("rules", rules::look),
    check("privacy", privacy::look),
    check("on_change", on_change::look),
    check("mail", mail::look),
    check("webhooks", webhooks::look),
    check("messages", messages::look),
];

/// Questions to the network have deadlines of their own, far shorter. This one is for what has none: names that are looked up, a network
/// drive that does not answer.
const LONGEST: Duration = Duration::from_secs(60);

struct Finding(&'static str, Outcome);

pub(crate) fn run(args: &Args, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let findings = match Config::load(file) {
        Ok(config) => {
            let settings = Outcome::Fine(format!("{}, for {}", config.file.display(), config.site.origin));
            std::iter::once(Finding("settings", settings)).chain(side_by_side(Scene::new(config))).collect()
        }
        Err(error) => vec![Finding("settings", Outcome::Wrong(format!("{error:#}")))],
    };
    let ok = !findings.iter().any(|Finding(_, outcome)| matches!(outcome, Outcome::Wrong(_)));
    if args.json {
        output::json(&as_json(&findings, ok))?;
    } else {
        for Finding(name, outcome) in &findings {
            output::line(format_args!("{:<7}{name:<15}{}", outcome.word(), output::without_codes(outcome.sentence())))?;
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Each on a thread of its own, so that what is slow to answer holds up no other. A thread that does not end in time is left alone, and
/// goes with the process.
fn side_by_side(scene: Scene) -> Vec<Finding> {
    let scene = Arc::new(scene);
    let begun = Instant::now();
    let asked: Vec<_> = CHECKS
        .iter()
        .map(|check| {
            let (sender, answer) = mpsc::channel();
            let scene = Arc::clone(&scene);
            thread::spawn(move || drop(sender.send((check.look)(&scene))));
            (check.name, answer)
        })
        .collect();
    let finding = |(name, answer): (&'static str, mpsc::Receiver<Outcome>)| {
        let answered = answer.recv_timeout(LONGEST.saturating_sub(begun.elapsed()));
        Finding(name, answered.unwrap_or_else(unanswered))
    };
    asked.into_iter().map(finding).collect()
}

fn unanswered(error: mpsc::RecvTimeoutError) -> Outcome {
    Outcome::Wrong(match error {
        mpsc::RecvTimeoutError::Timeout => {
            format!("this could not be looked at within {} s; does a network drive or the DNS not answer?", LONGEST.as_secs())
        }
        mpsc::RecvTimeoutError::Disconnected => "looking at this ended in a panic; please report it".to_owned(),
    })
}

fn as_json(findings: &[Finding], ok: bool) -> Value {
    let finding = |Finding(name, outcome): &Finding| json!({ "name": name, "outcome": outcome.key(), "message": output::without_codes(outcome.sentence()) });
    json!({
        "ok": ok,
        "user": ardoise_store::Account::current().to_string(),
        "checks": findings.iter().map(finding).collect::<Vec<_>>(),
    })
}
