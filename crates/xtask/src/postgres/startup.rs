//! Ports, passwords and timeouts for the start of a server or a pooler.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use anyhow::bail;

pub(super) const TIMEOUT: Duration = Duration::from_secs(60);

/// Returns a port outside the ephemeral range. While the server is stopped, an ephemeral port could be assigned to an outgoing connection,
/// and a client that retries could then connect to itself.
pub(super) fn free_port() -> anyhow::Result<u16> {
    for _ in 0..200 {
        let port = 20_000 + u16::from_le_bytes(random()?) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port between 20000 and 32000 is free on 127.0.0.1")
}

/// Returns a random password: other users of this machine can reach the port, and a superuser of PostgreSQL can run any program as its
/// user.
pub(super) fn password() -> anyhow::Result<String> {
    Ok(format!("{:032x}", u128::from_le_bytes(random()?)))
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut bytes)?;
    Ok(bytes)
}

/// Returns the last lines of a log, for an error message.
pub(super) fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_else(|error| format!("({}: {error})", log.display()));
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
