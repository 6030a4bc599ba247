//! A site for measurements: settings, database, published tree.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use ardoise_model::{ArticlePath, CommentId};
use xtask::commands::output_of;

use crate::context::Bench;
use crate::process::{Running, free_port};
use crate::tools::source;

/// It has no catalogue, so that it accepts comments on any path.
pub(crate) struct Site<'a> {
    bench: &'a Bench,
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
}

/// A comment that waits for a decision.
pub(crate) struct PendingComment {
    pub(crate) id: CommentId,
    pub(crate) article: ArticlePath,
}

impl<'a> Site<'a> {
    /// Creates a site in a folder of that name. Without `url`, its database is a file in that folder.
    pub(crate) fn new(bench: &'a Bench, name: &str, url: Option<&str>) -> anyhow::Result<Self> {
        let site = Self { bench, folder: bench.folder.join(name), port: free_port()? };
        std::fs::create_dir_all(&site.folder)?;
        let url = toml::Value::from(url.unwrap_or("sqlite:ardoise.db"));
        let settings = format!(
            "[site]\norigin = \"https://blog.example.org\"\n[service]\nlisten = \"127.0.0.1:{}\"\n[rules]\nrate = 0\n[store]\nurl = {url}\n",
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

    /// Creates the database with this many articles, approved comments per article, and pending comments.
    pub(crate) fn fill(&self, articles: usize, comments: usize, waiting: usize) -> anyhow::Result<Vec<PendingComment>> {
        output_of(&mut self.ardoise(&["migrate"]))?;
        let mut fill = self.bench.tools.peers.command();
        fill.arg(source("fill.py")).arg(self.database()).args([articles, comments, waiting].map(|number| number.to_string()));
        let waiting = output_of(&mut fill)?;
        let parse = |line: &str| -> anyhow::Result<PendingComment> {
            let (id, path) = line.split_once('\t').context("an id and a path")?;
            Ok(PendingComment { id: id.parse()?, article: ArticlePath::from_stored(path.to_owned()) })
        };
        waiting.lines().map(|line| parse(line).with_context(|| format!("fill.py printed {line:?}"))).collect()
    }

    /// Starts `ardoise serve`, and waits until it listens.
    pub(crate) fn serve(&self) -> anyhow::Result<Running> {
        let mut running = Running::start(&self.ardoise(&["serve"]), &self.log())?;
        running.wait_until_listening(self.port)?;
        Ok(running)
    }

    /// Returns the published file of `article`.
    pub(crate) fn file_of(&self, article: &ArticlePath) -> PathBuf {
        self.published().join(Path::new(&article.file()))
    }
}
