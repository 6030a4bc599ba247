//! One leg: a fresh site, load and faults for some minutes, and the checker at the end.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::postgres::Postgres;
use crate::torture::clock::Clock;
use crate::torture::ground::Ground;
use crate::torture::ledger::Ledger;
use crate::torture::log::Log;
use crate::torture::moderators::{self, Condemned};
use crate::torture::program::Program;
use crate::torture::random::Random;
use crate::torture::services::Services;
use crate::torture::strangers::Strangers;
use crate::torture::weather::Weather;
use crate::torture::{Plan, checker, one_generator, reader, rounds, takeover, writers};

/// What all who take part share.
pub(crate) struct Leg<'a> {
    pub(crate) log: &'a Log,
    pub(crate) ground: &'a Ground,
    pub(crate) program: &'a Program,
    pub(crate) clock: Option<&'a Clock>,
    /// None: the database is SQLite's.
    pub(crate) postgres: Option<&'a Mutex<Postgres>>,
    pub(crate) services: Services<'a>,
    pub(crate) ledger: Ledger,
    pub(crate) weather: Weather,
    pub(crate) strangers: Strangers,
    pub(crate) condemned: Condemned,
    over: AtomicBool,
    held: AtomicBool,
    at_work: AtomicU64,
    numbers: AtomicU64,
}

/// A piece of the load that is under way.
pub(crate) struct Working<'a>(&'a AtomicU64);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Leg<'_> {
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// A number that nobody else has.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Leave to begin a piece of work; None while the load is held.
    pub(crate) fn work(&self) -> Option<Working<'_>> {
        self.at_work.fetch_add(1, Ordering::SeqCst);
        let working = Working(&self.at_work);
        (!self.held.load(Ordering::SeqCst)).then_some(working)
    }

    /// Lets nothing new begin, and waits for what is under way.
    pub(crate) fn hold_the_load(&self) {
        self.held.store(true, Ordering::SeqCst);
        while self.at_work.load(Ordering::SeqCst) > 0 {
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn let_the_load_go_on(&self) {
        self.held.store(false, Ordering::SeqCst);
    }

    /// Ends everything; an error of our own is not to be taken for a clean run.
    fn part<T>(&self, what: &str, done: anyhow::Result<T>) {
        if let Err(error) = done {
            self.log.finding(format!("the torture itself failed ({what}): {error:#}"));
            self.over.store(true, Ordering::Relaxed);
        }
    }
}

/// Runs one leg. What is left of it stays where something was found.
pub(crate) fn run(plan: &Plan, log: &Log, folder: PathBuf, number: u64, length: Duration) -> anyhow::Result<()> {
    let found = log.findings();
    let small = plan.may_mount && number.is_multiple_of(2);
    let database = format!("leg_{number}");
    let lock = |server: &'_ Mutex<Postgres>| server.lock().unwrap_or_else(PoisonError::into_inner).create_database(&database);
    let url = plan.postgres.as_ref().map(lock).transpose()?;
    let ground = Ground::make(folder, small, url.as_deref(), database)?;
    log.say(format!("leg {number}: {} s on {}", length.as_secs(), if small { "a small disk in memory" } else { "the machine's disk" }));
    let program = Program::new(&plan.binary, &ground.folder);
    let clock = plan.faketime.as_ref().map(|library| Clock::new(library, &ground.folder)).transpose()?;
    let leg = Leg {
        log,
        ground: &ground,
        program: &program,
        clock: clock.as_ref(),
        postgres: plan.postgres.as_ref(),
        services: Services::new(&program, log, ground.logs(), clock.as_ref()),
        ledger: Ledger::default(),
        weather: Weather::new(),
        strangers: Strangers::default(),
        condemned: Condemned::default(),
        over: AtomicBool::new(false),
        held: AtomicBool::new(false),
        at_work: AtomicU64::new(0),
        numbers: AtomicU64::new(0),
    };
    take_place(plan, &leg, number, length);
    let clean = log.findings() == found;
    log.say(format!("leg {number}: {}", if clean { "nothing found" } else { "see the findings; its folder is kept" }));
    ground.leave(!clean || plan.args.keep)
}

fn take_place(plan: &Plan, leg: &Leg<'_>, number: u64, length: Duration) {
    let stream = |kind: u64| Random::new(plan.seed, number * 1000 + kind);
    thread::scope(|scope| {
        let keeper = scope.spawn(|| leg.part("keeper", leg.services.keep(&leg.weather, &leg.over)));
        scope.spawn(|| reader::read(leg));
        scope.spawn(|| one_generator::watch(leg));
        for writer in 0..writers::WRITERS {
            scope.spawn(move || writers::write(leg, stream(100 + writer), writer));
        }
        for moderator in 0..moderators::MODERATORS {
            scope.spawn(move || leg.part("moderator", moderators::moderate(leg, stream(200 + moderator as u64), moderator)));
        }
        let until = Instant::now() + length;
        if plan.args.takeover {
            leg.part("takeover", takeover::go(leg, stream(1), until));
        } else {
            leg.part("rounds", rounds::go(plan, leg, stream(1), until));
        }
        if !leg.is_over() {
            leg.hold_the_load();
            leg.part("checker", checker::check(leg));
        }
        leg.over.store(true, Ordering::Relaxed);
        // The services are ended before their folder goes.
        let _ = keeper.join();
    });
}
