//! What the tests need and a checkout does not have. One file per tool.

mod chromium;
mod crates_io;
mod debian;
mod deny;
mod faketime;
pub(crate) mod fuzz;
mod hugo;
mod nginx;
mod playwright;
pub(crate) mod postgres;

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
    pub(crate) chromium: PathBuf,
    pub(crate) cargo_deny: PathBuf,
    /// Absent where every server that tests want was named.
    pub(crate) postgres: Option<Programs>,
}

impl Tools {
    /// The library that turns a process's clock.
    pub(crate) fn faketime() -> anyhow::Result<PathBuf> {
        faketime::find(&Self::folder()?)
    }

    /// Finds or fetches every tool; names all that could not be had at once, with what to install.
    pub(crate) fn set_up() -> anyhow::Result<Self> {
        let folder = Self::folder()?;
        let mut missing = Vec::new();
        let tools = Self {
            hugo: have(&mut missing, "Hugo", hugo::current(&folder)),
            old_hugo: have(&mut missing, "Debian's Hugo", hugo::oldest(&folder)),
            nginx: have(&mut missing, "nginx", nginx::find(&folder)),
            chromium: have(&mut missing, "Chromium", chromium::find()),
            cargo_deny: have(&mut missing, "cargo-deny", deny::find(&folder)),
            postgres: have(&mut missing, "PostgreSQL", Programs::wanted(&folder)),
            folder: have(&mut missing, "playwright-core", playwright::find(&folder).map(|()| folder.clone())),
        };
        if missing.is_empty() { Ok(tools) } else { anyhow::bail!("these tools could not be had:\n\n{}\n", missing.join("\n\n")) }
    }

    /// Where what was fetched lies.
    pub(crate) fn folder() -> anyhow::Result<PathBuf> {
        let folder = std::env::var_os("ARDOISE_TOOLS").map_or_else(|| root().join(".tools"), PathBuf::from);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("no folder for tools: {}; name another: ARDOISE_TOOLS=/a/folder", folder.display()))?;
        Ok(std::path::absolute(folder)?)
    }
}

fn have<T: Default>(missing: &mut Vec<String>, name: &str, tool: anyhow::Result<T>) -> T {
    tool.unwrap_or_else(|error| {
        missing.push(format!("{name}: {error:#}"));
        T::default()
    })
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for tool in
            [&self.hugo, &self.old_hugo, &self.nginx, &self.chromium, &self.cargo_deny, &self.folder.join("node_modules/playwright-core")]
        {
            writeln!(f, "{}", tool.display())?;
        }
        match &self.postgres {
            Some(programs) => writeln!(f, "{}", programs.bin().join("postgres").display()),
            None => Ok(()),
        }
    }
}
