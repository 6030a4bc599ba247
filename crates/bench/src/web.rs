//! nginx as the front of a site: TLS, files, and a reverse proxy.

use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::commands::output_of;

use crate::context::Bench;
use crate::process::{Running, free_port};

/// A key with a self-signed certificate. All servers use the same one, because the type of the key decides the cost of a handshake.
pub(crate) struct Certificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificate {
    pub(crate) fn make(bench: &Bench) -> anyhow::Result<Self> {
        let made = Self { certificate: bench.folder.join("certificate.pem"), key: bench.folder.join("key.pem") };
        let mut openssl = Command::new(&bench.tools.openssl);
        openssl.args(["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-newkey", "ec"]);
        openssl.args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout"]).arg(&made.key).arg("-out").arg(&made.certificate);
        output_of(&mut openssl)?;
        Ok(made)
    }
}

/// An nginx that serves HTTPS on its own port.
pub(crate) struct Web {
    pub(crate) running: Running,
    pub(crate) port: u16,
}

impl Web {
    /// Starts nginx. `locations` is nginx configuration, in which the proxied server is the upstream `behind`.
    pub(crate) fn start(bench: &Bench, certificate: &Certificate, behind: Option<u16>, locations: &str) -> anyhow::Result<Self> {
        let folder = bench.folder.join("nginx");
        std::fs::create_dir_all(&folder)?;
        let port = free_port()?;
        let file = folder.join("nginx.conf");
        std::fs::write(&file, configuration(&folder, certificate, port, behind, locations)?)?;
        let mut nginx = Command::new(&bench.tools.nginx);
        nginx.arg("-p").arg(&folder).arg("-e").arg(folder.join("error.log")).arg("-c").arg(&file);
        let mut running = Running::start(&nginx, &folder.join("nginx.log"))?;
        // nginx answers plain HTTP on this port too, with an error.
        running.wait_until_listening(port)?;
        Ok(Self { running, port })
    }
}

fn configuration(folder: &Path, certificate: &Certificate, port: u16, behind: Option<u16>, locations: &str) -> anyhow::Result<String> {
    // As root, the workers would switch to a user that may not read the folder.
    let user = if output_of(Command::new("id").arg("-u"))?.trim() == "0" { "user root;" } else { "" };
    let upstream = behind.map_or_else(String::new, |port| format!("upstream behind {{ server 127.0.0.1:{port}; keepalive 256; }}"));
    let (folder, key, certificate) = (folder.display(), certificate.key.display(), certificate.certificate.display());
    Ok(format!(
        "daemon off;
{user}
worker_processes 2;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  types {{ application/json json; }}
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {certificate};
  ssl_certificate_key {key};
  ssl_protocols TLSv1.3;
  # Each reader is a new one: no handshake is shortened by an earlier one.
  ssl_session_cache off;
  ssl_session_tickets off;
  {upstream}
  server {{
    listen 127.0.0.1:{port} ssl;
    {locations}
  }}
}}
"
    ))
}
