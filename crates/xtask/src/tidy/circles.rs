//! Circles between source files: files that import each other, directly or through others. A reader of one must read them all.

mod modules;
mod paths;
mod resolve;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::tidy::circles::modules::Modules;

/// The names that one file imports from another, by both files.
type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Returns a description of each circle in the crates of the workspace and in the fuzz targets.
pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let root = root.canonicalize().with_context(|| root.display().to_string())?;
    let mut imports = Imports::new();
    for file in crate_roots(&root)? {
        let modules = Modules::read(&file)?;
        for (from, to, name) in modules.imports() {
            let name_of = |file: &Path| file.strip_prefix(&root).unwrap_or(file).to_string_lossy().replace('\\', "/");
            imports.entry(name_of(from)).or_default().entry(name_of(to)).or_default().insert(name);
        }
    }
    Ok(circles(&imports).iter().map(|circle| describe(circle, &imports)).collect())
}

/// The root files of all libraries, programs and fuzz targets.
fn crate_roots(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut roots = Vec::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let folder = entry?.path();
        roots.extend(["src/lib.rs", "src/main.rs"].map(|file| folder.join(file)).into_iter().filter(|file| file.is_file()));
    }
    let targets = root.join("fuzz/targets");
    if targets.is_dir() {
        for entry in std::fs::read_dir(targets)? {
            roots.extend(Some(entry?.path()).filter(|file| file.extension().is_some_and(|ending| ending == "rs")));
        }
    }
    roots.sort();
    Ok(roots)
}

/// The sets of two or more files of which each is reached from each other.
fn circles(imports: &Imports) -> Vec<BTreeSet<&str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = imports.keys().map(|file| (file.as_str(), reached_from(file, imports))).collect();
    let mut circles = BTreeSet::new();
    for (file, there) in &reached {
        let back = |other: &&str| reached.get(other).is_some_and(|reached| reached.contains(file));
        let circle: BTreeSet<&str> = there.iter().copied().filter(back).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// The files that `file` imports, directly or through others.
fn reached_from<'a>(file: &str, imports: &'a Imports) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&str> = vec![file];
    while let Some(file) = next.pop() {
        for other in imports.get(file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(other.as_str()) {
                next.push(other);
            }
        }
    }
    reached
}

fn describe(circle: &BTreeSet<&str>, imports: &Imports) -> String {
    let files: Vec<&str> = circle.iter().copied().collect();
    let mut lines = vec![format!("{} files import each other; untie them: {}", files.len(), files.join(", "))];
    for from in &files {
        for (to, names) in imports.get(*from).into_iter().flatten().filter(|(to, _)| circle.contains(to.as_str())) {
            lines.push(format!("  {from} -> {to}: {}", names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
