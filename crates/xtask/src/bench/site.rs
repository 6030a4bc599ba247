//! A site of our own to measure: settings, database, published tree.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use ardoise_model::{ArticlePath, CommentId};

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

/// A comment that waits for a decision.
pub(crate) struct Waiting {
    pub(crate) id: CommentId,
    pub(crate) article: ArticlePath,
}

impl<'a> Site<'a> {
    /// A site in a folder of that name. Without `url`, its database is a file there.
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

    /// Makes the database, with so many articles of so many approved comments, and comments that wait beside them.
    pub(crate) fn fill(&self, articles: usize, comments: usize, waiting: usize) -> anyhow::Result<Vec<Waiting>> {
        quietly(&mut self.ardoise(&["migrate"]))?;
        let mut fill = self.bench.instruments.peers.command();
        fill.arg(source("fill.py")).arg(self.database()).args([articles, comments, waiting].map(|number| number.to_string()));
        let waiting = quietly(&mut fill)?;
        let parse = |line: &str| -> anyhow::Result<Waiting> {
            let (id, path) = line.split_once('\t').context("an id and a path")?;
            Ok(Waiting { id: id.parse()?, article: ArticlePath::from_stored(path.to_owned()) })
        };
        waiting.lines().map(|line| parse(line).with_context(|| format!("fill.py printed {line:?}"))).collect()
    }

    /// `ardoise serve`, once it answers.
    pub(crate) fn serve(&self) -> anyhow::Result<Running> {
        let mut running = Running::start(&self.ardoise(&["serve"]), &self.log())?;
        running.until_it_answers(self.port)?;
        Ok(running)
    }

    /// Where `article` is published.
    pub(crate) fn file_of(&self, article: &ArticlePath) -> PathBuf {
        self.published().join(Path::new(&article.file()))
    }
}
