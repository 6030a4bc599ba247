//! PgBouncer in front of a private server: each transaction may run in another session.

use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::postgres::settings;
use crate::postgres::startup::{TIMEOUT, free_port, last_lines};
use crate::postgres::user::User;

/// A running pooler. Dropping it ends the process; after a kill of this process, the server's cleanup does.
pub(super) struct Pooler {
    pub(super) port: u16,
    process: Child,
}

/// The server behind a pooler.
pub(super) struct Upstream<'a> {
    pub(super) folder: &'a Path,
    pub(super) data: &'a Path,
    pub(super) port: u16,
    pub(super) password: &'a str,
    pub(super) user: &'a User,
}

impl Pooler {
    /// Starts `program` in front of `upstream`, and waits until it accepts connections.
    pub(super) fn start(program: &Path, upstream: &Upstream<'_>) -> anyhow::Result<Self> {
        let port = free_port()?;
        let (file, users) = (upstream.folder.join("pgbouncer.ini"), upstream.folder.join("pgbouncer.users"));
        let settings = format!(
            "[databases]\n\
             * = host=127.0.0.1 port={server}\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\n\
             listen_port = {port}\n\
             unix_socket_dir =\n\
             auth_type = scram-sha-256\n\
             auth_file = {users}\n\
             pool_mode = transaction\n",
            server = upstream.port,
            users = users.display(),
        );
        for (file, text) in [(&file, settings), (&users, format!("\"{}\" \"{}\"\n", settings::SUPERUSER, upstream.password))] {
            std::fs::write(file, text)?;
            upstream.user.set_owner(file)?;
        }
        let log = upstream.folder.join("pgbouncer.log");
        let written = std::fs::File::create(&log)?;
        let mut command = upstream.user.command(program);
        command.arg(&file).stdin(Stdio::null()).stdout(written.try_clone()?).stderr(written);
        let process = in_the_folder(&mut command, upstream).spawn().with_context(|| format!("{command:?} could not be started"))?;
        let mut pooler = Self { port, process };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let is_running = pooler.process.try_wait()?.is_none() && begun.elapsed() < TIMEOUT;
            ensure!(is_running, "PgBouncer did not start; its log:\n{}", last_lines(&log));
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(pooler)
    }
}

/// Runs the command where the server's cleanup finds it, and in a process group of its own, as the server does.
fn in_the_folder<'a>(command: &'a mut Command, upstream: &Upstream<'_>) -> &'a mut Command {
    command.current_dir(upstream.data).process_group(0)
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
