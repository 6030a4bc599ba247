//! A site of our own to measure: settings, database, published tree.

use std::path::PathBuf;
use std::process::Command;

use crate::bench::Bench;
use crate::bench::instruments::source;
use crate::bench::running::{Running, free_port};
use crate::programs::quietly;

/// Without a catalogue: it takes comments on any path.
pub(crate) struct Site<'a> {
    bench: &'a Bench,
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
}

impl<'a> Site<'a> {
    /// A site in a folder of that name. Without `url`, its database is a file there.
    pub(crate) fn new(bench: &'a Bench, name: &str, url: Option<&str>) -> anyhow::Result<Self> {
        let site = Self { bench, folder: bench.folder.join(name), port: free_port()? };
        std::fs::create_dir_all(&site.folder)?;
        let url = toml::Value::from(url.unwrap_or("sqlite:ardoise.db"));
        let settings = format!(
            "[site]\norigin = \"https://blog.example.org\"\n[service]\nlisten = \"127.0.0.1:{}\"\n[store]\nurl = {url}\n",
            site.port
        );
        std::fs::write(site.folder.join("ardoise.toml"), settings)?;
        Ok(site)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("ardoise.db")
    }

    pub(crate) fn published(&self) -> PathBuf {
        self.folder.join("published")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("ardoise.log")
    }

    pub(crate) fn ardoise(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.bench.ardoise);
        command.args(arguments).current_dir(&self.folder).env_remove("ARDOISE_CONFIG").env_remove("ARDOISE_LOG");
        command
    }

    /// Makes the database, with so many articles of so many approved comments on average.
    pub(crate) fn fill(&self, articles: usize, comments: usize) -> anyhow::Result<()> {
        quietly(&mut self.ardoise(&["generate"]))?;
        let mut fill = self.bench.instruments.peers.command();
        fill.arg(source("fill.py")).arg(self.database()).args([articles, comments, 0].map(|number| number.to_string()));
        quietly(&mut fill).map(drop)
    }

    /// `ardoise serve`, once it answers.
    pub(crate) fn serve(&self) -> anyhow::Result<Running> {
        let mut running = Running::start(&self.ardoise(&["serve"]), &self.log())?;
        running.until_it_answers(self.port)?;
        Ok(running)
    }
}
