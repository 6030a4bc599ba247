//! Measures accepted submissions per second, each flushed to disk before it is acknowledged.

use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use xtask::commands::output_of;

use crate::context::{Bench, progress, sync};
use crate::figures::{Chart, Ratio, Section, Table, median, megabytes, number};
use crate::load::Outcome;
use crate::tools::source;
use crate::usage::kilobytes;
use crate::writers::{self, Writer};

const CONNECTIONS: [u32; 3] = [1, 32, 250];
/// The speed of a disk varies, so the candidates are measured in several rounds and compared round by round.
const ROUNDS: u64 = 4;
/// The minimum duration: a program that answers 250 requests in four seconds may have answered none after one.
const MIN_SECONDS: u64 = 3;
/// The maximum batch of the store's writer.
const MAX_BATCH: u32 = 256;
/// Long enough to open all files and to write as much as fits into SQLite's log before it restarts.
const WARM_UP_SECONDS: u64 = 2;
/// Long enough for all work that the start leaves behind.
const IDLE_TIME: Duration = Duration::from_secs(2);
/// Names the URL of an empty PostgreSQL database that is measured as well.
const POSTGRES_VARIABLE: &str = "ARDOISE_BENCH_POSTGRES";

const OURS: &str = "Ardoise, SQLite";
const ISSO: &str = "Isso 0.14 by itself";
const GUNICORN: &str = "Isso 0.14 under Gunicorn, 4 workers";

/// A program under measurement.
struct Candidate<'a> {
    name: &'static str,
    writer: Writer<'a>,
    /// The outcomes for each number of connections, round by round.
    turns: [Vec<Outcome>; CONNECTIONS.len()],
}

/// Rows per second of SQLite alone.
struct Limit {
    /// With one row per transaction, in the same rounds as the candidates over one connection.
    single: Vec<f64>,
    together: f64,
}

/// Resident memory of `ardoise serve`, in bytes.
struct Memory {
    idle: u64,
    most: u64,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Section> {
    let mut all = vec![Candidate::new(OURS, Writer::ardoise(bench, "writing", None)?)];
    thread::sleep(IDLE_TIME);
    let idle = all[0].bytes("VmRSS:")?;
    all.push(Candidate::new(GUNICORN, Writer::isso_gunicorn(bench)?));
    all.push(Candidate::new(ISSO, Writer::isso(bench)?));
    if let Ok(url) = std::env::var(POSTGRES_VARIABLE) {
        all.push(Candidate::new("Ardoise, PostgreSQL", Writer::ardoise(bench, "writing-postgres", Some(&url))?));
    }
    for one in &all {
        one.writer.load(CONNECTIONS[1], WARM_UP_SECONDS).with_context(|| one.name)?;
    }
    let single = run_rounds(bench, &mut all)?;
    let memory = Memory { idle, most: all[0].bytes("VmHWM:")? };
    let rows = all.iter().map(Candidate::row).collect();
    let measurements: Vec<Measurement> = all.into_iter().map(Candidate::end).collect();
    progress("SQLite by itself, and flushes");
    let limit = Limit { single, together: self::rows(bench, MAX_BATCH, bench.seconds.div_ceil(ROUNDS))? };
    let flushes = writers::flushes_each(bench, CONNECTIONS[2], bench.seconds.div_ceil(2))?;
    let accepted = Table { title: "Accepted submissions a second, over so many connections".to_owned(), columns: COLUMNS.to_vec(), rows };
    let bars = measurements.iter().map(|one| (one.name.to_owned(), Outcome::sum(&one.rounds[2]).per_second())).collect();
    let charts = vec![Chart { title: "Accepted submissions a second, 250 connections (more is better)", bars }];
    Ok(Section { ratios: ratios(&measurements, &limit, &memory, flushes), tables: vec![accepted, limit.table()], charts })
}

/// Measures each candidate over each number of connections, in rounds. Returns the rates of SQLite alone with single rows.
fn run_rounds(bench: &Bench, all: &mut [Candidate<'_>]) -> anyhow::Result<Vec<f64>> {
    let seconds = bench.seconds.div_ceil(ROUNDS).max(MIN_SECONDS);
    let mut single = Vec::new();
    for (n, connections) in CONNECTIONS.into_iter().enumerate() {
        for turn in 1..=ROUNDS {
            if n == 0 {
                single.push(rows(bench, 1, seconds)?);
            }
            for one in &mut *all {
                progress(&format!("{}, {connections} connections, round {turn} of {ROUNDS}", one.name));
                one.turns[n].push(one.writer.load(connections, seconds).with_context(|| one.name)?);
            }
        }
    }
    Ok(single)
}

/// The outcomes of one candidate, for each number of connections.
struct Measurement {
    name: &'static str,
    rounds: [Vec<Outcome>; CONNECTIONS.len()],
}

fn ratios(measurements: &[Measurement], limit: &Limit, memory: &Memory, flushes: f64) -> Vec<Ratio> {
    let rates = |wanted: &str, n: usize| -> Vec<f64> {
        let turns = measurements.iter().find(|one| one.name == wanted).map(|one| &one.rounds[n]);
        turns.into_iter().flatten().map(Outcome::per_second).collect()
    };
    // The median of the rounds: a round with other disk activity does not affect the others.
    let turn_by_turn =
        |ours: Vec<f64>, theirs: Vec<f64>| median(ours.into_iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect());
    let to = |theirs: &str| turn_by_turn(rates(OURS, 2), rates(theirs, 2));
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
            turn_by_turn(rates(OURS, 0), limit.single.clone()),
        ),
        resident(15.0, "idle, new database", memory.idle),
        resident(64.0, "the most under 250 connections of writes", memory.most),
    ]
}

const COLUMNS: [&str; 10] =
    ["", "1", "32", "250", "median ms at 1", "at 250", "slowest ms at 250", "memory MB", "not accepted", "over 10 s"];

impl<'a> Candidate<'a> {
    fn new(name: &'static str, writer: Writer<'a>) -> Self {
        Self { name, writer, turns: <[Vec<Outcome>; CONNECTIONS.len()]>::default() }
    }

    /// Returns a value from /proc about the program's memory.
    fn bytes(&self, line: &str) -> anyhow::Result<u64> {
        kilobytes(self.writer.pid(), "status", line).map(|all| all * 1024).with_context(|| format!("{} has ended", self.name))
    }

    /// Stops the program and returns its outcomes.
    fn end(self) -> Measurement {
        Measurement { name: self.name, rounds: self.turns }
    }

    fn row(&self) -> Vec<String> {
        let outcomes = self.turns.each_ref().map(|turns| Outcome::sum(turns));
        let [first, _, last] = &outcomes;
        let all = |count: fn(&Outcome) -> u64| number(outcomes.iter().map(count).sum::<u64>() as f64);
        let rates = outcomes.iter().map(|outcome| number(outcome.per_second()));
        let rest = [
            number(first.median),
            number(last.median),
            last.slowest(),
            number(megabytes(last.max_bytes)),
            all(|outcome| outcome.refused + outcome.broken),
            all(|outcome| outcome.late),
        ];
        std::iter::once(self.name.to_owned()).chain(rates).chain(rest).collect()
    }
}

impl Limit {
    fn table(&self) -> Table {
        let row = |together: u32, rows: f64| vec![together.to_string(), number(rows)];
        Table {
            title: "The limit: rows a second that SQLite itself takes, WAL and FULL".to_owned(),
            columns: vec!["rows in a transaction", "rows/s"],
            rows: vec![row(1, self.single.iter().sum::<f64>() / self.single.len() as f64), row(MAX_BATCH, self.together)],
        }
    }
}

/// Returns the rows per second that SQLite alone inserts on the same disk, with this many per transaction.
fn rows(bench: &Bench, together: u32, seconds: u64) -> anyhow::Result<f64> {
    sync(&bench.folder)?;
    let mut python: Command = bench.tools.peers.command();
    python.arg(source("rows.py")).arg(bench.folder.join(format!("rows-{together}.db"))).args([together.to_string(), seconds.to_string()]);
    Ok(output_of(&mut python)?.trim().parse()?)
}
