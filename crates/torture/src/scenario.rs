//! The state that all workers of one scenario share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use xtask::postgres::Postgres;

use crate::clock::Clock;
use crate::health::Health;
use crate::ledger::Ledger;
use crate::log::Log;
use crate::program::Program;
use crate::services::Services;
use crate::site::Site;
use crate::tampered::TamperedFiles;

/// The shared state of a scenario.
pub(crate) struct Scenario<'a> {
    pub(crate) log: &'a Log,
    pub(crate) site: &'a Site,
    pub(crate) program: &'a Program,
    pub(crate) clock: Option<&'a Clock>,
    /// `None` if the database is SQLite.
    pub(crate) postgres: Option<&'a Mutex<Postgres>>,
    pub(crate) services: Services<'a>,
    pub(crate) ledger: Ledger,
    pub(crate) health: Health,
    pub(crate) tampered: TamperedFiles,
    pub(crate) pending_kills: PendingKills,
    pub(crate) ended: AtomicBool,
    is_load_held: AtomicBool,
    active_work: AtomicU64,
    numbers: AtomicU64,
}

/// A unit of load in progress. Dropping it ends the unit.
pub(crate) struct WorkPermit<'a>(&'a AtomicU64);

impl Drop for WorkPermit<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl<'a> Scenario<'a> {
    pub(crate) fn new(
        log: &'a Log,
        site: &'a Site,
        program: &'a Program,
        clock: Option<&'a Clock>,
        postgres: Option<&'a Mutex<Postgres>>,
    ) -> Self {
        Self {
            log,
            site,
            program,
            clock,
            postgres,
            services: Services::new(program, log, site.logs(), clock),
            ledger: Ledger::default(),
            health: Health::new(),
            tampered: TamperedFiles::default(),
            pending_kills: PendingKills::default(),
            ended: AtomicBool::new(false),
            is_load_held: AtomicBool::new(false),
            active_work: AtomicU64::new(0),
            numbers: AtomicU64::new(0),
        }
    }
}

impl Scenario<'_> {
    pub(crate) fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Returns a number that is unique within the scenario.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns a permit for one unit of load, or `None` while the load is held. The counter is raised before the flag is read: otherwise
    /// [`Scenario::hold_load`] could miss a unit that begins at the same time.
    pub(crate) fn begin_work(&self) -> Option<WorkPermit<'_>> {
        self.active_work.fetch_add(1, Ordering::SeqCst);
        let working = WorkPermit(&self.active_work);
        (!self.is_load_held.load(Ordering::SeqCst)).then_some(working)
    }

    /// Issues no more permits, and waits for the units of load in progress.
    pub(crate) fn hold_load(&self) {
        self.is_load_held.store(true, Ordering::SeqCst);
        while self.active_work.load(Ordering::SeqCst) > 0 {
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn resume_load(&self) {
        self.is_load_held.store(false, Ordering::SeqCst);
    }

    /// Ends the scenario if the harness itself failed, so that the run does not count as clean.
    pub(crate) fn fail_on_error<T>(&self, what: &str, done: anyhow::Result<T>) {
        if let Err(error) = done {
            self.log.finding(format!("the harness itself failed ({what}): {error:#}"));
            self.ended.store(true, Ordering::Relaxed);
        }
    }
}

/// The number of moderators' commands that are still to be killed.
#[derive(Default)]
pub(crate) struct PendingKills(AtomicU64);

impl PendingKills {
    pub(crate) fn add(&self, many: u64) {
        self.0.fetch_add(many, Ordering::Relaxed);
    }

    pub(crate) fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// Polls a condition until it holds. Returns false after the timeout.
pub(crate) fn wait_for(patience: Duration, mut condition: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<bool> {
    let begun = Instant::now();
    loop {
        if condition()? {
            return Ok(true);
        }
        if begun.elapsed() > patience {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(20));
    }
}
