//! A running PostgreSQL server.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::commands::output_of;
use crate::postgres::cleanup::Cleanup;
use crate::postgres::pooler::{Pooler, Upstream};
use crate::postgres::settings::{self, Settings};
use crate::postgres::startup::{TIMEOUT, free_port, last_lines, password};
use crate::postgres::user::User;
use crate::postgres::{certificate, signals};
use crate::tools::postgres::Programs;

/// A server, running unless it was stopped. Dropping it ends the server and removes its folder.
pub struct Postgres {
    programs: Programs,
    user: User,
    settings: Settings,
    folder: PathBuf,
    password: String,
    port: u16,
    server: Option<Child>,
    /// `None` if connections reach the server directly.
    pooler: Option<Pooler>,
    cleanup: Cleanup,
}

impl Postgres {
    /// Creates a new cluster and starts it.
    pub fn new(programs: &Programs, settings: Settings) -> anyhow::Result<Self> {
        let user = User::for_server()?;
        let folder = user.temporary_folder(settings.needs_disk())?;
        let cleanup = Cleanup::of(&folder)?;
        let programs =
            if user.can_run(&programs.bin().join("postgres")) { programs.clone() } else { programs.copied_to(&folder.join("programs"))? };
        let password = password()?;
        let port = free_port()?;
        let mut postgres = Self { programs, user, settings, folder, password, port, server: None, pooler: None, cleanup };
        postgres.initialise().context("PostgreSQL could not create a cluster")?;
        postgres.start()?;
        if settings.pooled {
            let program = crate::tools::pgbouncer::find(&crate::tools::folder()?)?;
            let (folder, data) = (&postgres.folder, &postgres.data());
            let upstream = Upstream { folder, data, port, password: &postgres.password, user: &postgres.user };
            postgres.pooler = Some(Pooler::start(&program, &upstream)?);
        }
        Ok(postgres)
    }

    /// Returns the URL of a database, through the pooler if there is one. The user is a superuser.
    pub fn url(&self, database: &str) -> String {
        let tls = if self.settings.tls {
            format!("?sslmode=verify-full&sslrootcert={}", certificate::of(&self.data()).display())
        } else {
            String::new()
        };
        let port = self.pooler.as_ref().map_or(self.port, |pooler| pooler.port);
        format!("postgres://{}:{}@127.0.0.1:{port}/{database}{tls}", settings::SUPERUSER, self.password)
    }

    /// Creates an empty database and returns its URL.
    pub fn create_database(&self, name: &str) -> anyhow::Result<String> {
        output_of(self.client("createdb").arg(name))?;
        Ok(self.url(name))
    }

    /// Returns a command for one of PostgreSQL's clients (psql, createdb, `pg_dump`, …), with the connection in its environment.
    pub fn client(&self, name: &str) -> Command {
        let mut client = self.programs.command(name, |program| Command::new(program));
        client.env("PGHOST", "127.0.0.1").env("PGPORT", self.port.to_string()).env("PGDATABASE", "postgres");
        client.env("PGUSER", settings::SUPERUSER).env("PGPASSWORD", &self.password).env("PGCONNECT_TIMEOUT", "10");
        client
    }

    /// Starts the server unless it runs, and waits until it accepts connections. The port stays the same.
    pub fn start(&mut self) -> anyhow::Result<()> {
        if self.server.is_some() {
            return Ok(());
        }
        let log = std::fs::File::options().create(true).append(true).open(self.log())?;
        let mut server = self.as_user("postgres");
        server.arg("-D").arg(self.data()).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // A separate process group: Ctrl-C must not reach the server, which is stopped in order afterwards.
        self.server = Some(server.process_group(0).spawn().with_context(|| format!("{server:?} could not be started"))?);
        self.wait_until_ready()
    }

    /// Stops the server as a crash would: open transactions are lost, connections break, and the next start recovers.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        // A paused process does not handle the signal.
        signals::signal("CONT", &signals::of(&self.data()))?;
        signals::signal("QUIT", &[server.id()])?;
        let begun = Instant::now();
        while server.try_wait()?.is_none() {
            if begun.elapsed() > TIMEOUT {
                signals::signal("KILL", &signals::of(&self.data()))?;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Pauses the server: connections stay open and get no responses.
    pub fn pause(&self) -> anyhow::Result<()> {
        let server = self.server.as_ref().context("PostgreSQL is stopped and cannot be paused")?;
        // Stop the main process first, so that it starts no more children.
        signals::signal("STOP", &[server.id()])?;
        signals::signal("STOP", &signals::of(&self.data()))
    }

    /// Resumes a paused server.
    pub fn resume(&self) -> anyhow::Result<()> {
        signals::signal("CONT", &signals::of(&self.data()))
    }

    /// The path of the server's log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Returns a command for one of PostgreSQL's programs that refuse to run as root.
    fn as_user(&self, name: &str) -> Command {
        let mut command = self.programs.command(name, |program| self.user.command(program));
        // The current folder may be inaccessible to that user.
        command.current_dir(&self.folder);
        command
    }

    fn initialise(&self) -> anyhow::Result<()> {
        let secret = self.folder.join("password");
        std::fs::write(&secret, &self.password)?;
        self.user.set_owner(&secret)?;
        let mut initdb = self.as_user("initdb");
        initdb
            .args(["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--username", settings::SUPERUSER])
            .arg("--pwfile")
            .arg(&secret);
        if !self.settings.durable {
            initdb.arg("--no-sync");
        }
        output_of(initdb.arg("-D").arg(self.data()))?;
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
                bail!("PostgreSQL did not start ({status}); its log:\n{}", last_lines(&self.log()));
            }
            ensure!(
                begun.elapsed() < TIMEOUT,
                "PostgreSQL accepts no connections after {TIMEOUT:?}; its log:\n{}",
                last_lines(&self.log())
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("xtask: PostgreSQL did not stop: {error:#}");
        }
        self.cleanup.run();
    }
}
