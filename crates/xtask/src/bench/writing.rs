//! Accepted submissions a second, each on disk before it is acknowledged.

use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::Context;

use crate::bench::figures::{Chapter, Chart, Ratio, Table, median, megabytes, number};
use crate::bench::instruments::source;
use crate::bench::load::Outcome;
use crate::bench::usage::kilobytes;
use crate::bench::writers::{self, Writer};
use crate::bench::{Bench, say, sync};
use crate::programs::quietly;

const CONNECTIONS: [u32; 3] = [1, 32, 250];
/// A disk is faster at one moment than at the next, so all are measured in turns, and compared turn by turn.
const TURNS: u64 = 4;
/// Who answers 250 in four seconds may have answered none after one.
const SHORTEST: u64 = 3;
/// As many as our writer puts into one transaction at most.
const TOGETHER: u32 = 256;
/// Long enough to open what is opened once, and to write as much as a log of SQLite's holds before it is begun anew.
const WARM_UP: u64 = 2;
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
    /// What came of it over each number of connections, turn by turn.
    turns: [Vec<Outcome>; CONNECTIONS.len()],
}

/// Rows a second that SQLite itself takes, with nothing around it.
struct Limit {
    /// One in a transaction, in turns with the contestants over one connection.
    single: Vec<f64>,
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
    for one in &all {
        one.writer.load(CONNECTIONS[1], WARM_UP).with_context(|| one.name)?;
    }
    let single = in_turns(bench, &mut all)?;
    let memory = Memory { idle, most: all[0].bytes("VmHWM:")? };
    let rows = all.iter().map(Contestant::row).collect();
    let over: Vec<Over> = all.into_iter().map(Contestant::end).collect();
    say("SQLite by itself, and flushes");
    let limit = Limit { single, together: self::rows(bench, TOGETHER, bench.seconds.div_ceil(TURNS))? };
    let flushes = writers::flushes_each(bench, CONNECTIONS[2], bench.seconds.div_ceil(2))?;
    let accepted = Table { title: "Accepted submissions a second, over so many connections".to_owned(), columns: COLUMNS.to_vec(), rows };
    let bars = over.iter().map(|(name, turns)| ((*name).to_owned(), Outcome::sum(&turns[2]).a_second())).collect();
    let charts = vec![Chart { title: "Accepted submissions a second, 250 connections (more is better)", bars }];
    Ok(Chapter { ratios: ratios(&over, &limit, &memory, flushes), tables: vec![accepted, limit.table()], charts })
}

/// Each over each number of connections, a part of the time in each turn. Says what SQLite made of single rows meanwhile.
fn in_turns(bench: &Bench, all: &mut [Contestant<'_>]) -> anyhow::Result<Vec<f64>> {
    let seconds = bench.seconds.div_ceil(TURNS).max(SHORTEST);
    let mut single = Vec::new();
    for (n, connections) in CONNECTIONS.into_iter().enumerate() {
        for turn in 1..=TURNS {
            if n == 0 {
                single.push(rows(bench, 1, seconds)?);
            }
            for one in &mut *all {
                say(&format!("{}, {connections} connections, turn {turn} of {TURNS}", one.name));
                one.turns[n].push(one.writer.load(connections, seconds).with_context(|| one.name)?);
            }
        }
    }
    Ok(single)
}

/// Whose turns they were, over each number of connections.
type Over = (&'static str, [Vec<Outcome>; CONNECTIONS.len()]);

fn ratios(over: &[Over], limit: &Limit, memory: &Memory, flushes: f64) -> Vec<Ratio> {
    let rates = |wanted: &str, n: usize| -> Vec<f64> {
        let turns = over.iter().find(|(name, _)| *name == wanted).map(|(_, turns)| &turns[n]);
        turns.into_iter().flatten().map(Outcome::a_second).collect()
    };
    // The median of the turns: one in which somebody else had the disk spoils no other.
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

impl<'a> Contestant<'a> {
    fn new(name: &'static str, writer: Writer<'a>) -> Self {
        Self { name, writer, turns: <[Vec<Outcome>; CONNECTIONS.len()]>::default() }
    }

    /// A line of what /proc says about its memory.
    fn bytes(&self, line: &str) -> anyhow::Result<u64> {
        kilobytes(self.writer.pid(), "status", line).map(|all| all * 1024).with_context(|| format!("{} has ended", self.name))
    }

    /// Stops the program; what it has done remains.
    fn end(self) -> Over {
        (self.name, self.turns)
    }

    fn row(&self) -> Vec<String> {
        let outcomes = self.turns.each_ref().map(|turns| Outcome::sum(turns));
        let [first, _, last] = &outcomes;
        let all = |count: fn(&Outcome) -> u64| number(outcomes.iter().map(count).sum::<u64>() as f64);
        let rates = outcomes.iter().map(|outcome| number(outcome.a_second()));
        let rest = [
            number(first.median),
            number(last.median),
            last.slowest(),
            number(megabytes(last.most_bytes)),
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
            rows: vec![row(1, self.single.iter().sum::<f64>() / self.single.len() as f64), row(TOGETHER, self.together)],
        }
    }
}

/// Rows a second that SQLite itself takes on the same disk, in transactions of so many.
fn rows(bench: &Bench, together: u32, seconds: u64) -> anyhow::Result<f64> {
    sync(&bench.folder)?;
    let mut python: Command = bench.instruments.peers.command();
    python.arg(source("rows.py")).arg(bench.folder.join(format!("rows-{together}.db"))).args([together.to_string(), seconds.to_string()]);
    Ok(quietly(&mut python)?.trim().parse()?)
}
