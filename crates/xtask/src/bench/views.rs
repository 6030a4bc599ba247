//! Page views over HTTPS: a list page that shows the counts of ten articles.

use crate::bench::figures::{Chapter, Chart, Ratio, Table, megabytes, number};
use crate::bench::instruments::source;
use crate::bench::load::{Load, Outcome};
use crate::bench::servers::{BARE, CACHED, GO, OTHERS, OURS, Server, Stage};
use crate::bench::{Bench, say};

const CLIENTS: u32 = 250;
/// Long enough that every worker has opened its database, and every cache is filled.
const WARM_UP: u64 = 1;

/// How long a reader's connection lives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connections {
    /// For many page views.
    CachedScreening,
    /// For one page view: TLS begins anew with each.
    New,
}

/// A server, and what came of so many page views.
struct Measured {
    name: &'static str,
    /// Requests in a page view.
    requests: usize,
    outcome: Outcome,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Chapter> {
    let stage = Stage::set(bench)?;
    let mut chapter = Chapter::default();
    for connections in [Connections::CachedScreening, Connections::New] {
        let mut all = beside_each_other(bench, &stage, connections, [&OURS, &BARE])?;
        for server in [&CACHED, &GO].into_iter().chain(&OTHERS) {
            all.push(measure_one(bench, &stage, connections, server, bench.seconds)?);
        }
        chapter.ratios.extend(ratios(connections, &all));
        let title = format!("What a page view costs: {CLIENTS} clients, {}", connections.words());
        chapter.tables.push(Table { title, columns: COLUMNS.to_vec(), rows: all.iter().map(Measured::row).collect() });
        let bars = all.iter().map(|measured| (measured.name.to_owned(), measured.per_cpu_second())).collect();
        chapter.charts.push(Chart { title: connections.chart(), bars });
    }
    Ok(chapter)
}

/// In turns, the second first the second time: what else the machine does falls on both alike.
fn beside_each_other(bench: &Bench, stage: &Stage<'_>, connections: Connections, two: [&Server; 2]) -> anyhow::Result<Vec<Measured>> {
    let half = bench.seconds.div_ceil(2);
    let [first, second] = two;
    let mut one = measure_one(bench, stage, connections, first, half)?;
    let mut other = measure_one(bench, stage, connections, second, half)?;
    other.outcome += measure_one(bench, stage, connections, second, half)?.outcome;
    one.outcome += measure_one(bench, stage, connections, first, half)?.outcome;
    Ok(vec![one, other])
}

fn measure_one(bench: &Bench, stage: &Stage<'_>, connections: Connections, server: &Server, seconds: u64) -> anyhow::Result<Measured> {
    say(&format!("{}, {}", server.name, connections.words()));
    let started = server.start(stage)?;
    let paths = server.requests(stage);
    let requests = paths.len();
    let every = if connections == Connections::CachedScreening { 0 } else { requests };
    let load = Load {
        wrk: &bench.instruments.wrk,
        script: source("views.lua"),
        arguments: std::iter::once(every.to_string()).chain(paths).collect(),
        url: started.url(),
        connections: CLIENTS,
        log: bench.folder.join("wrk.log"),
    };
    load.run(WARM_UP, &started.pids())?;
    let outcome = load.run(seconds, &started.pids())?;
    anyhow::ensure!(outcome.answers > 0, "{} answered nothing in {seconds} s", server.name);
    Ok(Measured { name: server.name, requests, outcome })
}

fn ratios(connections: Connections, all: &[Measured]) -> [Ratio; 3] {
    let of = |server: &Server| all.iter().find(|measured| measured.name == server.name).map(Measured::per_cpu_second);
    let to = |server: &Server| of(&OURS).zip(of(server)).map(|(ours, theirs)| ours / theirs);
    let what = |whom: &str| format!("page views per CPU-second, {}: ours to {whom}", connections.words());
    let (sanic, go) = if connections == Connections::CachedScreening { (40.0, 8.0) } else { (4.0, 1.4) };
    [
        Ratio::at_least(sanic, what("Sanic's with 4 workers and a cache"), to(&CACHED)),
        Ratio::at_least(go, what("Go's net/http with its own TLS and the counts in memory"), to(&GO)),
        Ratio::at_least(0.95, what("any file of that size from the same nginx"), to(&BARE)),
    ]
}

impl Connections {
    const fn words(self) -> &'static str {
        match self {
            Self::CachedScreening => "connections kept",
            Self::New => "a new connection each",
        }
    }

    const fn chart(self) -> &'static str {
        match self {
            Self::CachedScreening => "Page views per CPU-second, connections kept (more is better)",
            Self::New => "Page views per CPU-second, a new connection each (more is better)",
        }
    }
}

const COLUMNS: [&str; 10] =
    ["server", "views/s", "views/CPU-s", "CPUs busy", "memory MB", "bytes/view", "median ms", "slowest ms", "failed", "over 10 s"];

impl Measured {
    fn views(&self) -> f64 {
        self.outcome.answers as f64 / self.requests as f64
    }

    fn per_cpu_second(&self) -> f64 {
        self.views() / self.outcome.cpu_seconds
    }

    fn row(&self) -> Vec<String> {
        let outcome = &self.outcome;
        let figures = [
            self.views() / outcome.seconds,
            self.per_cpu_second(),
            outcome.cpu_seconds / outcome.seconds,
            megabytes(outcome.most_bytes),
            outcome.bytes as f64 / self.views(),
            outcome.median,
        ]
        .map(number);
        let trouble = [outcome.slowest(), number((outcome.broken + outcome.refused) as f64), number(outcome.late as f64)];
        std::iter::once(self.name.to_owned()).chain(figures).chain(trouble).collect()
    }
}
