//! What the tests need and a checkout does not have. One file per tool.

mod chromium;
mod debian;
mod deny;
mod hugo;
mod nginx;
mod playwright;

use std::fmt;
use std::path::PathBuf;

use crate::programs::root;

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
}

impl Tools {
    /// Finds or fetches every tool; names all that could not be had at once, with what to install.
    pub(crate) fn set_up() -> anyhow::Result<Self> {
        let folder = std::env::var_os("ARDOISE_TOOLS").map_or_else(|| root().join(".tools"), PathBuf::from);
        std::fs::create_dir_all(&folder)?;
        let folder = std::path::absolute(folder)?;
        let mut missing = Vec::new();
        let mut have = |name: &str, tool: anyhow::Result<PathBuf>| {
            tool.unwrap_or_else(|error| {
                missing.push(format!("{name}: {error:#}"));
                PathBuf::new()
            })
        };
        let tools = Self {
            hugo: have("Hugo", hugo::current(&folder)),
            old_hugo: have("Debian's Hugo", hugo::oldest(&folder)),
            nginx: have("nginx", nginx::find(&folder)),
            chromium: have("Chromium", chromium::find()),
            cargo_deny: have("cargo-deny", deny::find(&folder)),
            folder: have("playwright-core", playwright::find(&folder).map(|()| folder.clone())),
        };
        if missing.is_empty() { Ok(tools) } else { anyhow::bail!("these tools could not be had:\n\n{}\n", missing.join("\n\n")) }
    }
}

impl fmt::Display for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for tool in
            [&self.hugo, &self.old_hugo, &self.nginx, &self.chromium, &self.cargo_deny, &self.folder.join("node_modules/playwright-core")]
        {
            writeln!(f, "{}", tool.display())?;
        }
        Ok(())
    }
}
