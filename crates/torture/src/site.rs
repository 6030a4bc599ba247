//! The site of one scenario: built pages, settings, a database and a published tree.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::namespace;

/// The domain of all e-mail addresses in submissions. No published file may contain it.
pub(crate) const PRIVATE: &str = "@private.example";
pub(crate) const ORIGIN: &str = "https://blog.example.org";
/// A small number, so that each article's files are written often.
pub(crate) const ARTICLES: [&str; 10] = [
    "/a/",
    "/b.html",
    "/2017/performance-python-web/",
    "/2017/été/",
    "/c++/",
    "/deep/er/than/most/",
    "/with space/",
    "/d/",
    "/e/f/",
    "/e/",
];
/// The article of the checks between faults. No other worker writes to it.
pub(crate) const CANARY: &str = "/canary/";
/// The size of the small disk, in megabytes: enough for the database, its log and the tree, and quickly filled.
const SMALL_DISK_MEGABYTES: u64 = 64;

pub(crate) struct Site {
    /// The name of the database on a server.
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// Contains the database and the tree only.
    pub(crate) disk: PathBuf,
    pub(crate) tree: PathBuf,
    /// Whether `disk` is a small disk of its own, which can be filled.
    pub(crate) small: bool,
}

impl Site {
    /// Creates the site. `store` is the URL of the database; without one it is a SQLite file on the disk.
    pub(crate) fn make(folder: PathBuf, small: bool, store: Option<&str>, name: String) -> anyhow::Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        let disk = folder.join("disk");
        std::fs::create_dir_all(&disk).with_context(|| disk.display().to_string())?;
        std::fs::create_dir_all(folder.join("logs"))?;
        if small {
            namespace::mount_small_disk(&disk, SMALL_DISK_MEGABYTES)?;
        }
        for article in ARTICLES.into_iter().chain([CANARY]) {
            page(&folder.join("public"), article)?;
        }
        let site = Self { name, tree: disk.join("published"), folder, disk, small };
        let store = store.unwrap_or("sqlite:disk/ardoise.db");
        site.settings("ardoise.toml", store, "disk/published")?;
        site.settings("elsewhere.toml", store, "elsewhere")?;
        Ok(site)
    }

    fn settings(&self, name: &str, store: &str, to: &str) -> anyhow::Result<()> {
        let text = format!(
            "[site]\norigin = \"{ORIGIN}\"\nbuilt = \"public\"\n[service]\nlisten = \"127.0.0.1:0\"\n\
             [rules]\nrate = 0\n[store]\nurl = \"{store}\"\n[publish]\nto = \"{to}\"\n"
        );
        std::fs::write(self.folder.join(name), text).with_context(|| name.to_owned())
    }

    pub(crate) fn elsewhere(&self) -> PathBuf {
        self.folder.join("elsewhere")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.disk.join("ardoise.db")
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Copies the contents of a disk in memory into the scenario's folder.
    pub(crate) fn keep(&self) -> anyhow::Result<()> {
        let copy = self.folder.join("kept");
        xtask::commands::output_of(std::process::Command::new("cp").arg("-a").arg(&self.disk).arg(&copy)).map(drop)
    }

    pub(crate) fn remove(&self, keep: bool) -> anyhow::Result<()> {
        if keep && self.small {
            self.keep()?;
        }
        if self.small {
            namespace::unmount(&self.disk)?;
        }
        if keep { Ok(()) } else { std::fs::remove_dir_all(&self.folder).with_context(|| self.folder.display().to_string()) }
    }
}

/// Returns the name of an article's file in the tree.
pub(crate) fn file_of(article: &str) -> String {
    let inside = article.trim_matches('/');
    match inside.strip_suffix(".html") {
        Some(stem) => format!("{stem}.json"),
        None => format!("{inside}/index.json"),
    }
}

/// Returns the article's URL path, percent-encoded.
pub(crate) fn encoded(article: &str) -> String {
    article.replace(' ', "%20").replace('é', "%C3%A9")
}

fn page(public: &Path, article: &str) -> anyhow::Result<()> {
    let inside = article.trim_matches('/');
    let file = if article.ends_with('/') { public.join(inside).join("index.html") } else { public.join(inside) };
    std::fs::create_dir_all(file.parent().unwrap_or(public))?;
    let mark = format!("<section data-ardoise-article=\"{}\" data-ardoise-title=\"About {article}\"></section>", encoded(article));
    std::fs::write(&file, mark).with_context(|| file.display().to_string())
}
