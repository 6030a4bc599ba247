use std::io::Write;
use std::path::Path;

pub(super) const SUPERUSER: &str = "ardoise";

/// The settings of a private server.
#[derive(Clone, Copy, Default, clap::Args)]
pub struct Settings {
    /// Flush to the disk, in a folder that is on one: commits survive a power cut, not only a crash of the server
    #[arg(long)]
    pub durable: bool,
    /// Refuse connections without TLS
    #[arg(long)]
    pub tls: bool,
    /// Put PgBouncer in front of it: each transaction may run in another session
    #[arg(long)]
    pub pooled: bool,
}

impl Settings {
    /// Whether the folder must be on a disk; `/tmp` may be in memory.
    pub(super) fn needs_disk(self) -> bool {
        self.durable
    }

    pub(super) fn write(self, data: &Path, sockets: &Path, port: u16) -> anyhow::Result<()> {
        let on = |yes: bool| if yes { "on" } else { "off" };
        let settings = format!(
            "\n# Of this cluster alone\n\
             listen_addresses = '127.0.0.1'\n\
             port = {port}\n\
             unix_socket_directories = '{sockets}'\n\
             max_connections = 200\n\
             fsync = {flush}\n\
             synchronous_commit = on\n\
             jit = off\n\
             ssl = {tls}\n\
             timezone = 'GMT'\n\
             log_timezone = 'GMT'\n\
             log_line_prefix = '%m [%p] %d '\n",
            sockets = sockets.display(),
            flush = on(self.durable),
            tls = on(self.tls),
        );
        std::fs::File::options().append(true).open(data.join("postgresql.conf"))?.write_all(settings.as_bytes())?;
        if self.tls {
            // Allow nothing else: neither the socket in the folder nor TCP without TLS.
            std::fs::write(data.join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n")?;
        }
        Ok(())
    }
}
