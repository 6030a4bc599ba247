//! Who answers page views: ours, a bare file, and those who ask a database for each count.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::bench::Bench;
use crate::bench::instruments::source;
use crate::bench::running::{Running, free_port};
use crate::bench::site::Site;
use crate::bench::web::{Certificate, Web};
use crate::programs::quietly;

/// The file of the published tree that a reader's list page fetches.
const LIST_FILE: &str = "latest.json";
/// The articles of a site, and how many of them a list page shows.
const ARTICLES: usize = 100;
const LISTED: usize = 10;

/// What all of them serve from: the same counts, published and in a database.
pub(crate) struct Stage<'a> {
    bench: &'a Bench,
    certificate: Certificate,
    published: PathBuf,
    database: PathBuf,
    go: PathBuf,
    /// A folder with a file of chance in it, as large as ours is on the wire.
    bare: PathBuf,
    /// The paths of a list page, with their counts.
    listed: Vec<(String, u64)>,
}

/// One that is measured.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    start: fn(&Stage<'_>) -> anyhow::Result<Started>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One file answers for the whole page.
    List,
    /// One file, whatever is in it.
    Bare,
    /// A request for each count.
    Counts,
}

/// One that listens.
pub(crate) struct Started {
    /// Whose use counts, with all below them. In the order in which they are to be stopped.
    running: Vec<Running>,
    port: u16,
}

pub(crate) const OURS: Server = Server { name: "Ardoise: one file, from nginx", start: ours, kind: Kind::List };
pub(crate) const BARE: Server = Server { name: "any file of that size, from nginx", start: bare, kind: Kind::Bare };
pub(crate) const CACHED: Server = Server { name: "Sanic, 4 workers, cache", start: |stage| sanic(stage, "4", "cache"), kind: Kind::Counts };
pub(crate) const GO: Server = Server { name: "Go net/http, counts in memory", start: |stage| go(stage, "memory"), kind: Kind::Counts };
pub(crate) const OTHERS: [Server; 5] = [
    Server { name: "Flask's own server", start: flask, kind: Kind::Counts },
    Server { name: "Flask, Gunicorn, 4 workers", start: gunicorn, kind: Kind::Counts },
    Server { name: "Sanic, 1 worker", start: |stage| sanic(stage, "1", ""), kind: Kind::Counts },
    Server { name: "Sanic, 4 workers", start: |stage| sanic(stage, "4", ""), kind: Kind::Counts },
    Server { name: "Go net/http, SQLite", start: |stage| go(stage, ""), kind: Kind::Counts },
];

impl<'a> Stage<'a> {
    pub(crate) fn set(bench: &'a Bench) -> anyhow::Result<Self> {
        let site = Site::new(bench, "views", None)?;
        site.fill(ARTICLES, 10, 0)?;
        quietly(&mut site.ardoise(&["generate", "--full"]))?;
        let counts = site.published().join("counts.json");
        let database = bench.folder.join("counts.db");
        quietly(bench.instruments.peers.command().arg(source("counts_database.py")).arg(&counts).arg(&database))?;
        let counts: Value = serde_json::from_slice(&std::fs::read(counts)?)?;
        let counts = counts["counts"].as_object().context("counts.json holds counts")?;
        let all = counts.iter().filter_map(|(path, count)| Some((path.clone(), count.as_u64()?)));
        let go = bench.folder.join("go_counts");
        bench.instruments.go.build(&source("go_counts.go"), &go)?;
        let list_file = site.published().join(format!("{LIST_FILE}.gz"));
        let length = std::fs::metadata(&list_file).with_context(|| list_file.display().to_string())?.len();
        let bare = bench.folder.join("bare");
        std::fs::create_dir_all(&bare)?;
        std::fs::write(bare.join(LIST_FILE), noise(length))?;
        Ok(Self {
            bench,
            certificate: Certificate::make(bench)?,
            published: site.published(),
            database,
            go,
            bare,
            listed: all.take(LISTED).collect(),
        })
    }

    fn behind_nginx(&self, command: &Command, port: u16) -> anyhow::Result<Started> {
        let mut server = Running::start(command, &self.bench.folder.join("server.log"))?;
        server.until_it_answers(port)?;
        let locations = "location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection \"\"; }";
        let web = Web::start(self.bench, &self.certificate, Some(port), locations)?;
        Ok(Started { port: web.port, running: vec![web.running, server] })
    }
}

impl Server {
    /// Starts it, and sees that its answers are right.
    pub(crate) fn start(&self, stage: &Stage<'_>) -> anyhow::Result<Started> {
        let started = (self.start)(stage).with_context(|| self.name)?;
        if self.kind != Kind::Bare {
            self.check(stage, &started).with_context(|| format!("{} does not answer as it should", self.name))?;
        }
        Ok(started)
    }

    fn check(&self, stage: &Stage<'_>, started: &Started) -> anyhow::Result<()> {
        let mut ask = stage.bench.instruments.peers.command();
        ask.arg(source("ask.py")).args(self.requests(stage).iter().map(|path| format!("{}{path}", started.url())));
        let answers: Vec<String> = serde_json::from_str(&quietly(&mut ask)?)?;
        let answers = answers.iter().map(|body| serde_json::from_str(body)).collect::<Result<Vec<Value>, _>>()?;
        for (n, (path, count)) in stage.listed.iter().enumerate() {
            let said = if self.kind == Kind::List { &answers[0]["counts"][path] } else { &answers[n]["count"] };
            ensure!(said.as_u64() == Some(*count), "for {path} it says {said} instead of {count}");
        }
        Ok(())
    }

    /// What a page view asks for.
    pub(crate) fn requests(&self, stage: &Stage<'_>) -> Vec<String> {
        match self.kind {
            Kind::List => vec![format!("/ardoise/{LIST_FILE}")],
            Kind::Bare => vec![format!("/{LIST_FILE}")],
            Kind::Counts => stage.listed.iter().map(|(path, _)| format!("/count?path={path}")).collect(),
        }
    }
}

impl Started {
    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    pub(crate) fn pids(&self) -> Vec<u32> {
        self.running.iter().map(Running::pid).collect()
    }
}

fn ours(stage: &Stage<'_>) -> anyhow::Result<Started> {
    // As README.md has it.
    let published = stage.published.display();
    files(stage, &format!("location /ardoise/ {{ alias {published}/; gzip_static on; add_header Cache-Control no-cache; }}"))
}

fn bare(stage: &Stage<'_>) -> anyhow::Result<Started> {
    files(stage, &format!("root {};", stage.bare.display()))
}

fn files(stage: &Stage<'_>, locations: &str) -> anyhow::Result<Started> {
    let web = Web::start(stage.bench, &stage.certificate, None, locations)?;
    Ok(Started { port: web.port, running: vec![web.running] })
}

fn flask(stage: &Stage<'_>) -> anyhow::Result<Started> {
    let port = free_port()?;
    let mut python = stage.bench.instruments.peers.command();
    python.arg(source("flask_counts.py")).arg(port.to_string()).env("DATABASE", &stage.database);
    stage.behind_nginx(&python, port)
}

fn gunicorn(stage: &Stage<'_>) -> anyhow::Result<Started> {
    let port = free_port()?;
    let mut python = stage.bench.instruments.peers.command();
    python.args(["-m", "gunicorn", "--workers", "4", "--no-control-socket", "--bind", &format!("127.0.0.1:{port}"), "--chdir"]);
    python.arg(source("")).arg("flask_counts:app").env("DATABASE", &stage.database);
    stage.behind_nginx(&python, port)
}

fn sanic(stage: &Stage<'_>, workers: &str, cache: &str) -> anyhow::Result<Started> {
    let port = free_port()?;
    let mut python = stage.bench.instruments.peers.command();
    python.arg(source("sanic_counts.py")).args([&port.to_string(), workers, cache]).env("DATABASE", &stage.database);
    stage.behind_nginx(&python, port)
}

fn go(stage: &Stage<'_>, memory: &str) -> anyhow::Result<Started> {
    let port = free_port()?;
    let mut command = Command::new(&stage.go);
    command.arg(format!("127.0.0.1:{port}")).arg(&stage.certificate.certificate).arg(&stage.certificate.key);
    let mut server = Running::start(command.arg(&stage.database).arg(memory), &stage.bench.folder.join("server.log"))?;
    server.until_it_answers(port)?;
    Ok(Started { port, running: vec![server] })
}

/// Bytes that do not compress, always the same: each is the highest of a linear congruence.
fn noise(size: u64) -> Vec<u8> {
    let mut state = 2017_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..size).map(|_| next()).collect()
}
