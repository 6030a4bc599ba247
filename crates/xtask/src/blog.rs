//! The example blog as Hugo builds it. It is committed, so that `ardoise dev` needs no Hugo, and the tests compare it with its source.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::bail;
use xtask::commands::{hugo_cache, output_of, root};
use xtask::tools::Tools;

const SITE: &str = "examples/blog";

pub(crate) fn build(tools: &Tools) -> anyhow::Result<()> {
    into(tools, &root().join(SITE).join("public"))
}

/// Fails if the committed pages differ from what Hugo builds.
pub(crate) fn compare(tools: &Tools) -> anyhow::Result<()> {
    let fresh = tools.folder.join("blog");
    into(tools, &fresh)?;
    let (committed, fresh) = (files(&root().join(SITE).join("public"))?, files(&fresh)?);
    let names: Vec<_> = committed.keys().chain(fresh.keys()).filter(|name| committed.get(*name) != fresh.get(*name)).collect();
    if names.is_empty() {
        Ok(())
    } else {
        bail!("{SITE}/public is not what Hugo builds today; run `cargo xtask blog` and commit it: {names:?}")
    }
}

fn into(tools: &Tools, folder: &Path) -> anyhow::Result<()> {
    // Build without comments, even if the blog was tried out with a published tree.
    let mut hugo = Command::new(&tools.hugo);
    hugo.args(["--quiet", "--panicOnWarning", "--cleanDestinationDir", "--noBuildLock", "--destination"]).arg(folder);
    if root().join(SITE).join("published").exists() {
        bail!("{SITE}/published would be baked into the pages; remove it first");
    }
    output_of(hugo.env("HUGO_CACHEDIR", hugo_cache()?).current_dir(root().join(SITE))).map(drop)
}

fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.insert(entry.path().strip_prefix(folder)?.display().to_string(), std::fs::read(entry.path())?);
        }
    }
    Ok(files)
}
