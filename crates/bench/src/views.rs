//! Measures page views over HTTPS: a list page that shows the counts of ten articles.

use crate::context::{Bench, progress};
use crate::figures::{Chart, Ratio, Section, Table, megabytes, number};
use crate::load::{Load, Outcome};
use crate::servers::{APPLICATIONS, BARE, CACHED, Fixture, GO, OURS, Server};
use crate::tools::source;

const CLIENTS: u32 = 250;
/// Long enough for every worker to open its database and for every cache to be filled.
const WARM_UP_SECONDS: u64 = 1;

/// The lifetime of a reader's connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connections {
    /// Many page views per connection.
    CachedScreening,
    /// One page view per connection, each with a TLS handshake.
    New,
}

/// A server and the results of its page views.
struct Measured {
    name: &'static str,
    /// Requests per page view.
    requests: usize,
    outcome: Outcome,
}

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Section> {
    let fixture = Fixture::set(bench)?;
    let mut section = Section::default();
    for connections in [Connections::CachedScreening, Connections::New] {
        let mut all = run_pair(bench, &fixture, connections, [&OURS, &BARE])?;
        for server in [&CACHED, &GO].into_iter().chain(&APPLICATIONS) {
            all.push(measure_one(bench, &fixture, connections, server, bench.seconds)?);
        }
        section.ratios.extend(ratios(connections, &all));
        let title = format!("What a page view costs: {CLIENTS} clients, {}", connections.words());
        section.tables.push(Table { title, columns: COLUMNS.to_vec(), rows: all.iter().map(Measured::row).collect() });
        let bars = all.iter().map(|measured| (measured.name.to_owned(), measured.per_cpu_second())).collect();
        section.charts.push(Chart { title: connections.chart(), bars });
    }
    Ok(section)
}

/// Measures two servers alternately, and swaps the order each time, so that other load on the machine affects both.
fn run_pair(bench: &Bench, fixture: &Fixture<'_>, connections: Connections, two: [&Server; 2]) -> anyhow::Result<Vec<Measured>> {
    let half = bench.seconds.div_ceil(2);
    let [first, second] = two;
    let mut one = measure_one(bench, fixture, connections, first, half)?;
    let mut other = measure_one(bench, fixture, connections, second, half)?;
    other.outcome += measure_one(bench, fixture, connections, second, half)?.outcome;
    one.outcome += measure_one(bench, fixture, connections, first, half)?.outcome;
    Ok(vec![one, other])
}

fn measure_one(bench: &Bench, fixture: &Fixture<'_>, connections: Connections, server: &Server, seconds: u64) -> anyhow::Result<Measured> {
    progress(&format!("{}, {}", server.name, connections.words()));
    let started = server.start(fixture)?;
    let paths = server.requests(fixture);
    let requests = paths.len();
    let every = if connections == Connections::CachedScreening { 0 } else { requests };
    let load = Load {
        wrk: &bench.tools.wrk,
        script: source("views.lua"),
        arguments: std::iter::once(every.to_string()).chain(paths).collect(),
        url: started.url(),
        connections: CLIENTS,
        log: bench.folder.join("wrk.log"),
    };
    load.run(WARM_UP_SECONDS, &started.pids())?;
    let outcome = load.run(seconds, &started.pids())?;
    anyhow::ensure!(outcome.answers > 0, "{} answered no request in {seconds} s", server.name);
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
            megabytes(outcome.max_bytes),
            outcome.bytes as f64 / self.views(),
            outcome.median,
        ]
        .map(number);
        let trouble = [outcome.slowest(), number((outcome.broken + outcome.refused) as f64), number(outcome.late as f64)];
        std::iter::once(self.name.to_owned()).chain(figures).chain(trouble).collect()
    }
}
