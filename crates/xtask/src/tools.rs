//! Tools that tests and benchmarks need and a checkout does not contain. One file per tool.

mod aiosmtpd;
mod caddy;
mod chromium;
mod crates_io;
pub mod debian;
mod deny;
pub mod fuzz;
mod hugo;
pub mod nginx;
mod npm;
pub(crate) mod pgbouncer;
pub mod postgres;
pub mod python;
mod rsync;
mod ruby;

use std::fmt;
use std::path::PathBuf;

use anyhow::Context;

use crate::commands::root;
use postgres::Programs;

/// The paths of the tools.
pub struct Tools {
    /// The folder of fetched tools.
    pub folder: PathBuf,
    /// A recent Hugo.
    pub hugo: PathBuf,
    /// The oldest Hugo that the module supports, from Debian.
    pub old_hugo: PathBuf,
    /// A web server.
    pub nginx: PathBuf,
    /// Another web server.
    pub caddy: PathBuf,
    /// A browser.
    pub chromium: PathBuf,
    /// Copies a site to a server.
    pub rsync: PathBuf,
    /// A Ruby that validates Atom feeds.
    pub ruby: PathBuf,
    /// A Python with a mail server.
    pub aiosmtpd: Option<python::Python>,
    /// Checks the licences and origins of dependencies.
    pub cargo_deny: PathBuf,
    /// A pooler of PostgreSQL connections.
    pub pgbouncer: PathBuf,
    /// `None` if the environment names all servers that tests need.
    pub postgres: Option<Programs>,
}

impl Tools {
    /// Finds or fetches every tool. The error lists all missing ones, with what to install.
    pub fn set_up() -> anyhow::Result<Self> {
        let (tools, missing) = Self::find_all()?;
        missing.ensure_none()?;
        Ok(tools)
    }

    /// Like [`Self::set_up`], for callers that can do with some of the tools. The path of a missing one is empty.
    pub fn find_all() -> anyhow::Result<(Self, MissingTools)> {
        let folder = folder()?;
        let mut missing = MissingTools::default();
        missing.record("packages from npm", npm::install_if_missing(&folder));
        let tools = Self {
            hugo: missing.or_default("Hugo", hugo::current(&folder)),
            old_hugo: missing.or_default("Debian's Hugo", hugo::oldest(&folder)),
            nginx: missing.or_default("nginx", nginx::find(&folder)),
            caddy: missing.or_default("Caddy", caddy::find(&folder)),
            chromium: missing.or_default("Chromium", chromium::find()),
            rsync: missing.or_default("rsync", rsync::find(&folder)),
            ruby: missing.or_default("Ruby", ruby::find(&folder)),
            aiosmtpd: missing.record("aiosmtpd", aiosmtpd::find(&folder)),
            cargo_deny: missing.or_default("cargo-deny", deny::find(&folder)),
            pgbouncer: missing.or_default("PgBouncer", pgbouncer::find(&folder)),
            postgres: missing.or_default("PostgreSQL", Programs::find_if_needed(&folder)),
            folder,
        };
        Ok((tools, missing))
    }
}

/// Returns the folder of fetched tools.
pub fn folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os("ARDOISE_TOOLS").map_or_else(|| root().join(".tools"), PathBuf::from);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("no folder for tools: {}; name another: ARDOISE_TOOLS=/a/folder", folder.display()))?;
    Ok(std::path::absolute(folder)?)
}

/// The missing tools, each with what to install.
#[derive(Default)]
pub struct MissingTools(Vec<(String, String)>);

impl MissingTools {
    /// Returns the tool, or records that it is missing.
    pub fn record<T>(&mut self, name: &str, tool: anyhow::Result<T>) -> Option<T> {
        tool.map_err(|error| self.0.push((name.to_owned(), format!("{error:#}")))).ok()
    }

    fn or_default<T: Default>(&mut self, name: &str, tool: anyhow::Result<T>) -> T {
        self.record(name, tool).unwrap_or_default()
    }

    /// Whether this tool is missing.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(missing, _)| missing == name)
    }

    /// Fails with the list of all missing tools.
    pub fn ensure_none(&self) -> anyhow::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let all = self.0.iter().map(|(name, why)| format!("{name}: {}", why.trim())).collect::<Vec<_>>();
        anyhow::bail!("these tools are missing:\n\n{}\n", all.join("\n\n"))
    }
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for tool in [
            &self.hugo,
            &self.old_hugo,
            &self.nginx,
            &self.caddy,
            &self.chromium,
            &self.rsync,
            &self.ruby,
            &self.cargo_deny,
            &self.pgbouncer,
            &self.folder.join("node_modules"),
        ] {
            writeln!(f, "{}", tool.display())?;
        }
        match &self.postgres {
            Some(programs) => writeln!(f, "{}", programs.bin().join("postgres").display()),
            None => Ok(()),
        }
    }
}
