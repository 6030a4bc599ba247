//! The servers of the page views: nginx with Ardoise's file, nginx with any file, and applications that query a database for each count.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;
use xtask::commands::output_of;

use crate::context::Bench;
use crate::process::{Running, free_port};
use crate::site::Site;
use crate::tools::source;
use crate::web::{Certificate, Web};

/// The file of the published tree that a list page fetches.
const LIST_FILE: &str = "latest.json";
/// The number of articles of the site, and of those on a list page.
const ARTICLES: usize = 100;
const LIST_LENGTH: usize = 10;

/// The data that all servers serve: the same counts, published and in a database.
pub(crate) struct Fixture<'a> {
    bench: &'a Bench,
    certificate: Certificate,
    published: PathBuf,
    database: PathBuf,
    go: PathBuf,
    /// A folder with a file of random bytes, of the size of Ardoise's file on the wire.
    bare: PathBuf,
    /// The paths on a list page, with their counts.
    listed: Vec<(String, u64)>,
}

/// A server to be measured.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    start: fn(&Fixture<'_>) -> anyhow::Result<RunningServer>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One file has the counts of the whole page.
    List,
    /// One file with any contents.
    Bare,
    /// A request per count.
    Counts,
}

/// A running server.
pub(crate) struct RunningServer {
    /// The processes whose usage is measured with that of their descendants, in the order in which they are stopped.
    running: Vec<Running>,
    port: u16,
}

pub(crate) const OURS: Server = Server { name: "Ardoise: one file, from nginx", start: ours, kind: Kind::List };
pub(crate) const BARE: Server = Server { name: "any file of that size, from nginx", start: bare, kind: Kind::Bare };
pub(crate) const CACHED: Server =
    Server { name: "Sanic, 4 workers, cache", start: |fixture| sanic(fixture, "4", "cache"), kind: Kind::Counts };
pub(crate) const GO: Server = Server { name: "Go net/http, counts in memory", start: |fixture| go(fixture, "memory"), kind: Kind::Counts };
pub(crate) const APPLICATIONS: [Server; 5] = [
    Server { name: "Flask's own server", start: flask, kind: Kind::Counts },
    Server { name: "Flask, Gunicorn, 4 workers", start: gunicorn, kind: Kind::Counts },
    Server { name: "Sanic, 1 worker", start: |fixture| sanic(fixture, "1", ""), kind: Kind::Counts },
    Server { name: "Sanic, 4 workers", start: |fixture| sanic(fixture, "4", ""), kind: Kind::Counts },
    Server { name: "Go net/http, SQLite", start: |fixture| go(fixture, ""), kind: Kind::Counts },
];

impl<'a> Fixture<'a> {
    pub(crate) fn set(bench: &'a Bench) -> anyhow::Result<Self> {
        let site = Site::new(bench, "views", None)?;
        site.fill(ARTICLES, 10, 0)?;
        output_of(&mut site.ardoise(&["generate", "--full"]))?;
        let counts = site.published().join("counts.json");
        let database = bench.folder.join("counts.db");
        output_of(bench.tools.peers.command().arg(source("counts_database.py")).arg(&counts).arg(&database))?;
        let counts: Value = serde_json::from_slice(&std::fs::read(counts)?)?;
        let counts = counts["counts"].as_object().context("counts.json holds counts")?;
        let all = counts.iter().filter_map(|(path, count)| Some((path.clone(), count.as_u64()?)));
        let go = bench.folder.join("go_counts");
        bench.tools.go.build(&source("go_counts.go"), &go)?;
        let list_file = site.published().join(format!("{LIST_FILE}.gz"));
        let length = std::fs::metadata(&list_file).with_context(|| list_file.display().to_string())?.len();
        let bare = bench.folder.join("bare");
        std::fs::create_dir_all(&bare)?;
        std::fs::write(bare.join(LIST_FILE), random_bytes(length))?;
        Ok(Self {
            bench,
            certificate: Certificate::make(bench)?,
            published: site.published(),
            database,
            go,
            bare,
            listed: all.take(LIST_LENGTH).collect(),
        })
    }

    fn behind_nginx(&self, command: &Command, port: u16) -> anyhow::Result<RunningServer> {
        let mut server = Running::start(command, &self.bench.folder.join("server.log"))?;
        server.wait_until_listening(port)?;
        let locations = "location / { proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection \"\"; }";
        let web = Web::start(self.bench, &self.certificate, Some(port), locations)?;
        Ok(RunningServer { port: web.port, running: vec![web.running, server] })
    }
}

impl Server {
    /// Starts the server, and checks its responses.
    pub(crate) fn start(&self, fixture: &Fixture<'_>) -> anyhow::Result<RunningServer> {
        let started = (self.start)(fixture).with_context(|| self.name)?;
        if self.kind != Kind::Bare {
            self.check(fixture, &started).with_context(|| format!("{} gives wrong responses", self.name))?;
        }
        Ok(started)
    }

    fn check(&self, fixture: &Fixture<'_>, started: &RunningServer) -> anyhow::Result<()> {
        let mut ask = fixture.bench.tools.peers.command();
        ask.arg(source("ask.py")).args(self.requests(fixture).iter().map(|path| format!("{}{path}", started.url())));
        let answers: Vec<String> = serde_json::from_str(&output_of(&mut ask)?)?;
        let answers = answers.iter().map(|body| serde_json::from_str(body)).collect::<Result<Vec<Value>, _>>()?;
        for (n, (path, count)) in fixture.listed.iter().enumerate() {
            let returned = if self.kind == Kind::List { &answers[0]["counts"][path] } else { &answers[n]["count"] };
            ensure!(returned.as_u64() == Some(*count), "for {path} it returns {returned} instead of {count}");
        }
        Ok(())
    }

    /// Returns the requests of a page view.
    pub(crate) fn requests(&self, fixture: &Fixture<'_>) -> Vec<String> {
        match self.kind {
            Kind::List => vec![format!("/ardoise/{LIST_FILE}")],
            Kind::Bare => vec![format!("/{LIST_FILE}")],
            Kind::Counts => fixture.listed.iter().map(|(path, _)| format!("/count?path={path}")).collect(),
        }
    }
}

impl RunningServer {
    pub(crate) fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    pub(crate) fn pids(&self) -> Vec<u32> {
        self.running.iter().map(Running::pid).collect()
    }
}

fn ours(fixture: &Fixture<'_>) -> anyhow::Result<RunningServer> {
    // The configuration from README.md.
    let published = fixture.published.display();
    files(fixture, &format!("location /ardoise/ {{ alias {published}/; gzip_static on; add_header Cache-Control no-cache; }}"))
}

fn bare(fixture: &Fixture<'_>) -> anyhow::Result<RunningServer> {
    files(fixture, &format!("root {};", fixture.bare.display()))
}

fn files(fixture: &Fixture<'_>, locations: &str) -> anyhow::Result<RunningServer> {
    let web = Web::start(fixture.bench, &fixture.certificate, None, locations)?;
    Ok(RunningServer { port: web.port, running: vec![web.running] })
}

fn flask(fixture: &Fixture<'_>) -> anyhow::Result<RunningServer> {
    let port = free_port()?;
    let mut python = fixture.bench.tools.peers.command();
    python.arg(source("flask_counts.py")).arg(port.to_string()).env("DATABASE", &fixture.database);
    fixture.behind_nginx(&python, port)
}

fn gunicorn(fixture: &Fixture<'_>) -> anyhow::Result<RunningServer> {
    let port = free_port()?;
    let mut python = fixture.bench.tools.peers.command();
    python.args(["-m", "gunicorn", "--workers", "4", "--no-control-socket", "--bind", &format!("127.0.0.1:{port}"), "--chdir"]);
    python.arg(source("")).arg("flask_counts:app").env("DATABASE", &fixture.database);
    fixture.behind_nginx(&python, port)
}

fn sanic(fixture: &Fixture<'_>, workers: &str, cache: &str) -> anyhow::Result<RunningServer> {
    let port = free_port()?;
    let mut python = fixture.bench.tools.peers.command();
    python.arg(source("sanic_counts.py")).args([&port.to_string(), workers, cache]).env("DATABASE", &fixture.database);
    fixture.behind_nginx(&python, port)
}

fn go(fixture: &Fixture<'_>, memory: &str) -> anyhow::Result<RunningServer> {
    let port = free_port()?;
    let mut command = Command::new(&fixture.go);
    command.arg(format!("127.0.0.1:{port}")).arg(&fixture.certificate.certificate).arg(&fixture.certificate.key);
    let mut server = Running::start(command.arg(&fixture.database).arg(memory), &fixture.bench.folder.join("server.log"))?;
    server.wait_until_listening(port)?;
    Ok(RunningServer { port, running: vec![server] })
}

/// Returns incompressible bytes, the same each time: the highest byte of a linear congruential generator.
fn random_bytes(size: u64) -> Vec<u8> {
    let mut state = 2017_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..size).map(|_| next()).collect()
}
