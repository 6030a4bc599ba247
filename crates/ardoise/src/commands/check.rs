//! `ardoise check`: finds what is wrong with settings, database, folders and addresses, and says how to mend it. Each check is a file in
//! `check/` and a line in [`CHECKS`].

mod addresses;
mod context;
mod database;
mod disk;
mod finding;
mod folders;
mod mail;
mod messages;
mod moderators;
mod modes;
mod on_change;
mod owner;
mod page;
mod privacy;
mod published;
mod queue;
mod rules;
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

use self::context::CheckContext;
use self::finding::Finding;
use crate::config::Config;
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A named check.
struct Check {
    name: &'static str,
    run: fn(&CheckContext) -> Finding,
}

const fn check(name: &'static str, run: fn(&CheckContext) -> Finding) -> Check {
    Check { name, run }
}

/// All checks, in the order of the report. They run in parallel.
const CHECKS: &[Check] = &[
    check("user", user::check),
    check("file modes", modes::check),
    check("built site", site::check),
    check("article page", page::check),
    check("database", database::check),
    check("published tree", tree::check),
    check("owner", owner::check),
    check("folders", folders::check),
    check("disk", disk::check),
    check("address", addresses::check),
    check("service url", service::check),
    check("tree url", published::check),
    check("moderation", queue::check),
    check("moderators", moderators::check),
    check("rules", rules::check),
    check("privacy", privacy::check),
    check("on_change", on_change::check),
    check("mail", mail::check),
    check("webhooks", webhooks::check),
    check("messages", messages::check),
];

/// The deadline of all checks together. HTTP requests have far shorter timeouts of their own; this one is for DNS look-ups and network drives.
const DEADLINE: Duration = Duration::from_secs(60);

/// The finding of one check.
struct Report {
    name: &'static str,
    finding: Finding,
}

pub(crate) fn run(args: &Args, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let name = "settings";
    let reports = match Config::load(file) {
        Ok(config) => {
            let finding = Finding::Fine(format!("{}, for {}", config.file.display(), config.site.origin));
            std::iter::once(Report { name, finding }).chain(run_all(CheckContext::new(config))).collect()
        }
        Err(error) => vec![Report { name, finding: Finding::Wrong(format!("{error:#}")) }],
    };
    let ok = !reports.iter().any(|report| matches!(report.finding, Finding::Wrong(_)));
    if args.json {
        output::json(&as_json(&reports, ok))?;
    } else {
        for Report { name, finding } in &reports {
            output::line(format_args!("{:<7}{name:<15}{}", finding.word(), output::without_codes(finding.sentence())))?;
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs each check on a thread of its own, so that a slow one delays no other. A thread that misses the deadline ends with the process.
fn run_all(context: CheckContext) -> Vec<Report> {
    let context = Arc::new(context);
    let begun = Instant::now();
    let running: Vec<_> = CHECKS
        .iter()
        .map(|check| {
            let (sender, receiver) = mpsc::channel();
            let context = Arc::clone(&context);
            thread::spawn(move || drop(sender.send((check.run)(&context))));
            (check.name, receiver)
        })
        .collect();
    let report = |(name, receiver): (&'static str, mpsc::Receiver<Finding>)| {
        let received = receiver.recv_timeout(DEADLINE.saturating_sub(begun.elapsed()));
        Report { name, finding: received.unwrap_or_else(without_finding) }
    };
    running.into_iter().map(report).collect()
}

/// Returns the finding for a check that returned none.
fn without_finding(error: mpsc::RecvTimeoutError) -> Finding {
    Finding::Wrong(match error {
        mpsc::RecvTimeoutError::Timeout => {
            format!("this could not be looked at within {} s; does a network drive or the DNS not answer?", DEADLINE.as_secs())
        }
        mpsc::RecvTimeoutError::Disconnected => "looking at this ended in a panic; please report it".to_owned(),
    })
}

fn as_json(reports: &[Report], ok: bool) -> Value {
    let report = |Report { name, finding }: &Report| json!({ "name": name, "outcome": finding.key(), "message": output::without_codes(finding.sentence()) });
    json!({
        "ok": ok,
        "user": ardoise_store::Account::current().to_string(),
        "checks": reports.iter().map(report).collect::<Vec<_>>(),
    })
}
