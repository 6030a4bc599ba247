//! What tests and measurements need and a checkout does not have. One file per tool.

mod aiosmtpd;
mod caddy;
mod chromium;
mod crates_io;
mod debian;
mod deny;
mod faketime;
pub(crate) mod fuzz;
pub(crate) mod go;
mod hugo;
pub(crate) mod nginx;
mod npm;
pub(crate) mod pgbouncer;
pub(crate) mod postgres;
pub(crate) mod python;
mod rsync;
mod ruby;
pub(crate) mod strace;
pub(crate) mod wrk;

use std::fmt;
use std::path::PathBuf;

use anyhow::Context;

use crate::programs::root;
use postgres::Programs;

/// Where each tool is.
pub(crate) struct Tools {
    pub(crate) folder: PathBuf,
    /// Today's Hugo.
    pub(crate) hugo: PathBuf,
    /// The oldest that the module supports, as Debian has it.
    pub(crate) old_hugo: PathBuf,
    pub(crate) nginx: PathBuf,
    pub(crate) caddy: PathBuf,
    pub(crate) chromium: PathBuf,
    pub(crate) rsync: PathBuf,
    pub(crate) ruby: PathBuf,
    /// Python that finds a mail server.
    pub(crate) aiosmtpd: Option<python::Python>,
    pub(crate) cargo_deny: PathBuf,
    pub(crate) pgbouncer: PathBuf,
    /// Absent where every server that tests want was named.
    pub(crate) postgres: Option<Programs>,
}

impl Tools {
    /// The library that turns a process's clock.
    pub(crate) fn faketime() -> anyhow::Result<PathBuf> {
        faketime::find(&folder()?)
    }

    /// Finds or fetches every tool; names all that could not be had at once, with what to install.
    pub(crate) fn set_up() -> anyhow::Result<Self> {
        let (tools, missing) = Self::find_all()?;
        missing.none()?;
        Ok(tools)
    }

    /// The same, for whoever can do with some of them. The place of one that is missing is empty.
    pub(crate) fn find_all() -> anyhow::Result<(Self, Missing)> {
        let folder = folder()?;
        let mut missing = Missing::default();
        let tools = Self {
            hugo: missing.or_default("Hugo", hugo::current(&folder)),
            old_hugo: missing.or_default("Debian's Hugo", hugo::oldest(&folder)),
            nginx: missing.or_default("nginx", nginx::find(&folder)),
            caddy: missing.or_default("Caddy", caddy::find(&folder)),
            chromium: missing.or_default("Chromium", chromium::find()),
            rsync: missing.or_default("rsync", rsync::find(&folder)),
            ruby: missing.or_default("Ruby", ruby::find(&folder)),
            aiosmtpd: missing.unless("aiosmtpd", aiosmtpd::find(&folder)),
            cargo_deny: missing.or_default("cargo-deny", deny::find(&folder)),
            pgbouncer: missing.or_default("PgBouncer", pgbouncer::find(&folder)),
            postgres: missing.or_default("PostgreSQL", Programs::wanted(&folder)),
            folder: missing.or_default("packages from npm", npm::find(&folder).map(|()| folder.clone())),
        };
        Ok((tools, missing))
    }
}

/// Where what was fetched lies.
pub(crate) fn folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os("ARDOISE_TOOLS").map_or_else(|| root().join(".tools"), PathBuf::from);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("no folder for tools: {}; name another: ARDOISE_TOOLS=/a/folder", folder.display()))?;
    Ok(std::path::absolute(folder)?)
}

/// The tools that could not be had, each with what to install: all are named at once.
#[derive(Default)]
pub(crate) struct Missing(Vec<(String, String)>);

impl Missing {
    pub(crate) fn unless<T>(&mut self, name: &str, tool: anyhow::Result<T>) -> Option<T> {
        tool.map_err(|error| self.0.push((name.to_owned(), format!("{error:#}")))).ok()
    }

    fn or_default<T: Default>(&mut self, name: &str, tool: anyhow::Result<T>) -> T {
        self.unless(name, tool).unwrap_or_default()
    }

    /// Whether this tool could not be had.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(missing, _)| missing == name)
    }

    pub(crate) fn none(&self) -> anyhow::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let all = self.0.iter().map(|(name, why)| format!("{name}: {}", why.trim())).collect::<Vec<_>>();
        anyhow::bail!("these tools could not be had:\n\n{}\n", all.join("\n\n"))
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
