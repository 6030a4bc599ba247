//! Runs one scenario: a fresh site, load and faults for some minutes, and the checker at the end.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use xtask::postgres::Postgres;

use crate::clock::Clock;
use crate::log::Log;
use crate::plan::Plan;
use crate::program::Program;
use crate::random::Random;
use crate::scenario::Scenario;
use crate::site::Site;
use crate::{checker, lock_monitor, moderators, reader, rounds, takeover, writers};

/// Runs one scenario. Its folder is kept if there are findings.
pub(crate) fn run(plan: &Plan, log: &Log, folder: PathBuf, number: u64, length: Duration) -> anyhow::Result<()> {
    let found = log.findings();
    let small = plan.may_mount && number.is_multiple_of(2);
    let database = format!("scenario_{number}");
    let lock = |server: &'_ Mutex<Postgres>| server.lock().unwrap_or_else(PoisonError::into_inner).create_database(&database);
    let url = plan.postgres.as_ref().map(lock).transpose()?;
    let site = Site::make(folder, small, url.as_deref(), database)?;
    log.info(format!(
        "scenario {number}: {} s on {}",
        length.as_secs(),
        if small { "a small disk in memory" } else { "the machine's disk" }
    ));
    let program = Program::new(&plan.binary, &site.folder);
    let clock = plan.faketime.as_ref().map(|library| Clock::new(library, &site.folder)).transpose()?;
    let scenario = Scenario::new(log, &site, &program, clock.as_ref(), plan.postgres.as_ref());
    run_workers(plan, &scenario, number, length);
    let clean = log.findings() == found;
    log.info(format!("scenario {number}: {}", if clean { "nothing found" } else { "see the findings; its folder is kept" }));
    site.remove(!clean || plan.args.keep)
}

fn run_workers(plan: &Plan, scenario: &Scenario<'_>, number: u64, length: Duration) {
    let stream = |kind: u64| Random::new(plan.seed, number * 1000 + kind);
    thread::scope(|scope| {
        let supervisor =
            scope.spawn(|| scenario.fail_on_error("supervisor", scenario.services.supervise(&scenario.health, &scenario.ended)));
        scope.spawn(|| reader::read(scenario));
        scope.spawn(|| lock_monitor::watch(scenario));
        for writer in 0..writers::WRITERS {
            scope.spawn(move || writers::write(scenario, stream(100 + writer), writer));
        }
        for moderator in 0..moderators::MODERATORS {
            scope.spawn(move || {
                scenario.fail_on_error("moderator", moderators::moderate(scenario, stream(200 + moderator as u64), moderator));
            });
        }
        let until = Instant::now() + length;
        if plan.args.takeover {
            scenario.fail_on_error("takeover", takeover::run(scenario, stream(1), until));
        } else {
            scenario.fail_on_error("rounds", rounds::run(plan, scenario, stream(1), until));
        }
        if !scenario.is_ended() {
            scenario.hold_load();
            scenario.fail_on_error("checker", checker::check(scenario));
        }
        scenario.ended.store(true, Ordering::Relaxed);
        // Wait until the services have ended before their folder is removed.
        let _ = supervisor.join();
    });
}
