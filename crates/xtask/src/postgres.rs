//! A private PostgreSQL: a cluster of its own in a temporary folder, and nothing of it left when we are gone, however we went.

mod caretaker;
mod certificate;
mod pooler;
mod processes;
mod settings;
mod task;
mod user;

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::programs::quietly;
use crate::tools::postgres::Programs;
use caretaker::Caretaker;
use pooler::Pooler;
use user::User;

pub(crate) use settings::Settings;
pub(crate) use task::{all_named, by_hand, for_tests};

const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is running, unless it was stopped. It ends, and its folder goes, with this value.
pub(crate) struct Postgres {
    programs: Programs,
    user: User,
    settings: Settings,
    folder: PathBuf,
    password: String,
    port: u16,
    server: Option<Child>,
    /// None: connections reach the server directly.
    pooler: Option<Pooler>,
    caretaker: Caretaker,
}

impl Postgres {
    /// Makes a new cluster and starts it.
    pub(crate) fn new(programs: &Programs, settings: Settings) -> anyhow::Result<Self> {
        let user = User::of_the_server()?;
        let folder = user.temporary_folder(settings.on_a_disk())?;
        let caretaker = Caretaker::of(&folder)?;
        let programs =
            if user.may_run(&programs.bin().join("postgres")) { programs.clone() } else { programs.copied_to(&folder.join("programs"))? };
        let password = password()?;
        let port = free_port()?;
        let mut postgres = Self { programs, user, settings, folder, password, port, server: None, pooler: None, caretaker };
        postgres.initialise().context("PostgreSQL could not make a cluster")?;
        postgres.start()?;
        if settings.pooled {
            let program = crate::tools::pgbouncer::find(&crate::tools::folder()?)?;
            postgres.pooler = Some(Pooler::start(&program, &postgres)?);
        }
        Ok(postgres)
    }

    /// A URL of this server, or of the pooler in front of it, as libpq reads it. The user is a superuser.
    pub(crate) fn url(&self, database: &str) -> String {
        let tls = if self.settings.tls {
            format!("?sslmode=verify-full&sslrootcert={}", certificate::of(&self.data()).display())
        } else {
            String::new()
        };
        let port = self.pooler.as_ref().map_or(self.port, |pooler| pooler.port);
        format!("postgres://{}:{}@127.0.0.1:{port}/{database}{tls}", settings::SUPERUSER, self.password)
    }

    /// Makes an empty database and gives its URL.
    pub(crate) fn create_database(&self, name: &str) -> anyhow::Result<String> {
        quietly(self.client("createdb").arg(name))?;
        Ok(self.url(name))
    }

    /// One of PostgreSQL's own clients (psql, createdb, `pg_dump`, …), with the connection in its environment.
    pub(crate) fn client(&self, name: &str) -> Command {
        let mut client = self.programs.command(name, |program| Command::new(program));
        client.env("PGHOST", "127.0.0.1").env("PGPORT", self.port.to_string()).env("PGDATABASE", "postgres");
        client.env("PGUSER", settings::SUPERUSER).env("PGPASSWORD", &self.password).env("PGCONNECT_TIMEOUT", "10");
        client
    }

    /// Starts the server if it does not run, and returns when it takes connections. It has the same port each time.
    pub(crate) fn start(&mut self) -> anyhow::Result<()> {
        if self.server.is_some() {
            return Ok(());
        }
        let log = std::fs::File::options().create(true).append(true).open(self.log())?;
        let mut server = self.as_user("postgres");
        server.arg("-D").arg(self.data()).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // A group of its own: Ctrl-C is for us, and the server is ended in order afterwards.
        self.server = Some(server.process_group(0).spawn().with_context(|| format!("{server:?} could not be started"))?);
        self.wait_until_ready()
    }

    /// Stops the server at once, as a crash of it would: open transactions are lost, connections break, the next start recovers.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        // A process that is paused cannot hear the signal.
        processes::signal("CONT", &processes::of(&self.data()))?;
        processes::signal("QUIT", &[server.id()])?;
        let begun = Instant::now();
        while server.try_wait()?.is_none() {
            if begun.elapsed() > PATIENCE {
                processes::signal("KILL", &processes::of(&self.data()))?;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Freezes the server: connections stay open, and nothing answers.
    pub(crate) fn pause(&self) -> anyhow::Result<()> {
        let server = self.server.as_ref().context("PostgreSQL is stopped, and cannot be paused")?;
        // The first of them first, so that it starts no more.
        processes::signal("STOP", &[server.id()])?;
        processes::signal("STOP", &processes::of(&self.data()))
    }

    /// Lets a paused server go on.
    pub(crate) fn resume(&self) -> anyhow::Result<()> {
        processes::signal("CONT", &processes::of(&self.data()))
    }

    /// What the server has to say.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// One of PostgreSQL's programs that must not be run by root.
    fn as_user(&self, name: &str) -> Command {
        let mut command = self.programs.command(name, |program| self.user.command(program));
        // Where we are may be hidden from that user.
        command.current_dir(&self.folder);
        command
    }

    fn initialise(&self) -> anyhow::Result<()> {
        let secret = self.folder.join("password");
        std::fs::write(&secret, &self.password)?;
        self.user.owns(&secret)?;
        let mut initdb = self.as_user("initdb");
        initdb
            .args(["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--username", settings::SUPERUSER])
            .arg("--pwfile")
            .arg(&secret);
        if !self.settings.durable {
            initdb.arg("--no-sync");
        }
        quietly(initdb.arg("-D").arg(self.data()))?;
        if self.settings.tls {
            certificate::make(&self.data(), |program| self.user.command(program))?;
        }
        self.settings.write(&self.data(), &self.folder, self.port)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        loop {
            if self.client("pg_isready").stdout(Stdio::null()).status()?.success() {
                return Ok(());
            }
            let gone = self.server.as_mut().map(Child::try_wait).transpose()?.flatten();
            if let Some(status) = gone {
                self.server = None;
                bail!("PostgreSQL did not start ({status}); it says:\n{}", end_of(&self.log()));
            }
            ensure!(begun.elapsed() < PATIENCE, "PostgreSQL takes no connections after {PATIENCE:?}; it says:\n{}", end_of(&self.log()));
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("xtask: PostgreSQL did not stop: {error:#}");
        }
        self.caretaker.dismiss();
    }
}

/// A port that the system gives to nobody who asks for any: while the server is stopped, an outgoing connection could be given one
/// of those, and a client that tries again and again to reach the server would in the end reach itself.
fn free_port() -> anyhow::Result<u16> {
    for _ in 0..200 {
        let port = 20_000 + u16::from_le_bytes(random()?) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port between 20000 and 32000 is free on 127.0.0.1")
}

/// Others on this machine reach the port too, and a superuser of PostgreSQL runs what he likes as its user.
fn password() -> anyhow::Result<String> {
    Ok(format!("{:032x}", u128::from_le_bytes(random()?)))
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut bytes)?;
    Ok(bytes)
}

fn end_of(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_else(|error| format!("({}: {error})", log.display()));
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
