//! Accepted submissions a second, each on disk before it is acknowledged.

use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::bench::figures::{Chapter, Ratio, Table, megabytes, number};
use crate::bench::instruments::source;
use crate::bench::load::Outcome;
use crate::bench::usage::kilobytes;
use crate::bench::writers::{self, Writer};
use crate::bench::{Bench, say};
use crate::programs::quietly;

const CONNECTIONS: [u32; 3] = [1, 32, 250];
/// A disk is faster at one moment than at the next, so all are measured in turns: each time is cut into so many.
const TURNS: u64 = 3;
/// As many as our writer puts into one transaction at most.
const TOGETHER: u32 = 256;
/// Long enough for everything that starting left to do.
const IDLE: Duration = Duration::from_secs(2);
/// The URL of an empty PostgreSQL database, to be measured as well.
const POSTGRES: &str = "ARDOISE_BENCH_POSTGRES";

const OURS: &str = "Ardoise, SQLite";
const ISSO: &str = "Isso 0.14 by itself";
const GUNICORN: &str = "Isso 0.14 under Gunicorn, 4 workers";

/// One who takes submissions in.
struct Contestant<'a> {
    name: &'static str,
    writer: Writer<'a>,
    /// What came of it over each number of connections.
    outcomes: [Outcome; CONNECTIONS.len()],
}

/// Rows a second that SQLite itself takes, with nothing around it.
struct Limit {
    /// One in a transaction, in turns with the contestants over one connection.
    single: f64,
    together: f64,
}

/// Bytes that `ardoise serve` had resident.
struct Memory {
    idle: u64,
    most: u64,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Chapter> {
    let mut all = vec![Contestant::new(OURS, Writer::ardoise(bench, "writing", None)?)];
    thread::sleep(IDLE);
    let idle = all[0].bytes("VmRSS:")?;
    all.push(Contestant::new(GUNICORN, Writer::isso_gunicorn(bench)?));
    all.push(Contestant::new(ISSO, Writer::isso(bench)?));
    if let Ok(url) = std::env::var(POSTGRES) {
        all.push(Contestant::new("Ardoise, PostgreSQL", Writer::ardoise(bench, "writing-postgres", Some(&url))?));
    }
    let single = in_turns(bench, &mut all)?;
    let memory = Memory { idle, most: all[0].bytes("VmHWM:")? };
    let rows = all.iter().map(Contestant::row).collect();
    let over: Vec<(&str, [f64; 3])> = all.iter().map(|one| (one.name, one.outcomes.map(|outcome| outcome.a_second()))).collect();
    // They end here: what is counted next shares the disk with nobody.
    drop(all);
    say("SQLite by itself, and flushes");
    let limit = Limit { single, together: self::rows(bench, TOGETHER, bench.seconds.div_ceil(TURNS))? };
    let flushes = writers::flushes_each(bench, CONNECTIONS[2], bench.seconds.div_ceil(2))?;
    let accepted = Table { title: "Accepted submissions a second, over so many connections".to_owned(), columns: COLUMNS.to_vec(), rows };
    Ok(Chapter { ratios: ratios(&over, &limit, &memory, flushes), tables: vec![accepted, limit.table()] })
}

/// Each over each number of connections, a part of the time in each turn. Says what SQLite made of single rows meanwhile.
fn in_turns(bench: &Bench, all: &mut [Contestant<'_>]) -> anyhow::Result<f64> {
    let seconds = bench.seconds.div_ceil(TURNS);
    let mut single = 0.0;
    for (n, connections) in CONNECTIONS.into_iter().enumerate() {
        for turn in 1..=TURNS {
            if n == 0 {
                single += rows(bench, 1, seconds)? / TURNS as f64;
            }
            for one in &mut *all {
                say(&format!("{}, {connections} connections, turn {turn} of {TURNS}", one.name));
                one.outcomes[n] += one.writer.load(connections, seconds).with_context(|| one.name)?;
            }
        }
    }
    Ok(single)
}

fn ratios(over: &[(&str, [f64; 3])], limit: &Limit, memory: &Memory, flushes: f64) -> Vec<Ratio> {
    let a_second = |wanted: &str| over.iter().find(|(name, _)| *name == wanted).map(|(_, rates)| *rates);
    let ours = a_second(OURS);
    let to = |theirs: &str| ours.zip(a_second(theirs)).map(|(ours, theirs)| ours[2] / theirs[2]);
    let what = |whom: &str| format!("accepted submissions a second, {} connections: ours to {whom}", CONNECTIONS[2]);
    let resident = |most: f64, when: &str, bytes: u64| {
        Ratio::at_most(most, format!("resident memory of serve: {when}"), Some(megabytes(bytes))).in_unit(" MB")
    };
    vec![
        Ratio::at_least(40.0, what(ISSO), to(ISSO)),
        Ratio::at_least(40.0, what(GUNICORN), to(GUNICORN)),
        Ratio::at_most(0.1, format!("flushes for an accepted submission, {} connections", CONNECTIONS[2]), Some(flushes)).in_unit(""),
        Ratio::at_least(
            0.5,
            "accepted submissions a second, 1 connection: ours to SQLite's own single-row transactions",
            ours.map(|ours| ours[0] / limit.single),
        ),
        resident(15.0, "idle, new database", memory.idle),
        resident(64.0, "the most under 250 connections of writes", memory.most),
    ]
}

const COLUMNS: [&str; 10] =
    ["", "1", "32", "250", "median ms at 1", "at 250", "slowest ms at 250", "memory MB", "not accepted", "over 10 s"];

impl<'a> Contestant<'a> {
    fn new(name: &'static str, writer: Writer<'a>) -> Self {
        Self { name, writer, outcomes: <[Outcome; CONNECTIONS.len()]>::default() }
    }

    /// A line of what /proc says about its memory.
    fn bytes(&self, line: &str) -> anyhow::Result<u64> {
        kilobytes(self.writer.pid(), "status", line).map(|all| all * 1024).with_context(|| format!("{} has ended", self.name))
    }

    fn row(&self) -> Vec<String> {
        let [first, _, last] = &self.outcomes;
        let all = |count: fn(&Outcome) -> u64| self.outcomes.iter().map(count).sum::<u64>() as f64;
        let rates = self.outcomes.iter().map(Outcome::a_second);
        let rest = [
            first.median,
            last.median,
            last.slowest,
            megabytes(last.most_bytes),
            all(|outcome| outcome.refused + outcome.broken),
            all(|outcome| outcome.late),
        ];
        std::iter::once(self.name.to_owned()).chain(rates.chain(rest).map(number)).collect()
    }
}

impl Limit {
    fn table(&self) -> Table {
        let row = |together: u32, rows: f64| vec![together.to_string(), number(rows)];
        Table {
            title: "The limit: rows a second that SQLite itself takes, WAL and FULL".to_owned(),
            columns: vec!["rows in a transaction", "rows/s"],
            rows: vec![row(1, self.single), row(TOGETHER, self.together)],
        }
    }
}

/// Rows a second that SQLite itself takes on the same disk, in transactions of so many.
fn rows(bench: &Bench, together: u32, seconds: u64) -> anyhow::Result<f64> {
    let mut python: Command = bench.instruments.peers.command();
    python.arg(source("rows.py")).arg(bench.folder.join(format!("rows-{together}.db"))).args([together.to_string(), seconds.to_string()]);
    Ok(quietly(&mut python)?.trim().parse()?)
}
