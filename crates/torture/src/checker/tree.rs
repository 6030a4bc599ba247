//! The published tree holds exactly the approved comments, its counts are correct, and a full run into another folder gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::checker::database::Stored;
use crate::published::{self, Counts, Published};
use crate::scenario::Scenario;

/// The generator's own file, which is not published.
const MARK: &str = ".ardoise";

pub(crate) fn check(scenario: &Scenario<'_>, comments: &BTreeMap<String, Stored>) -> anyhow::Result<()> {
    let (mut published, mut counted) = (BTreeMap::new(), BTreeMap::new());
    let (mut counts, mut latest) = (None, None);
    for (file, bytes) in files(&scenario.site.tree)?.into_iter().filter(|(file, _)| file != MARK) {
        let form = published::readable(&file);
        let parsed = published::unpack(&file, &bytes).and_then(|plain| published::parse(form, &plain));
        match parsed {
            Err(complaint) => scenario.log.finding(format!("at the end, {file}: {complaint}")),
            Ok(_) if file != form => {}
            Ok(Published::Article(path, seen)) => {
                counted.insert(path.clone(), seen.len() as u64);
                published.extend(seen.into_iter().map(|seen| (seen.id, path.clone())));
            }
            Ok(Published::Counts(found)) if file == "counts.json" => counts = Some(found),
            Ok(Published::Counts(found)) => latest = Some(found),
            Ok(Published::Recent(_) | Published::Feed) => {}
        }
    }
    let approved: BTreeMap<_, _> = comments
        .iter()
        .filter(|(_, comment)| comment.status == "approved")
        .map(|(id, comment)| (id.clone(), comment.article.clone()))
        .collect();
    for (id, path) in approved.iter().filter(|(id, path)| published.get(*id) != Some(path)) {
        scenario.log.finding(format!("at the end {id} of {path} is approved, but not published"));
    }
    for (id, path) in published.iter().filter(|(id, path)| approved.get(*id) != Some(path)) {
        scenario.log.finding(format!("at the end {id} is published in {path}, but not approved"));
    }
    check_counts(scenario, &counted, counts, latest.as_ref());
    scenario.log.add("comments published at the end", published.len() as u64);
    Ok(())
}

fn check_counts(scenario: &Scenario<'_>, counted: &BTreeMap<String, u64>, counts: Option<Counts>, latest: Option<&Counts>) {
    let Some(counts) = counts else { return scenario.log.finding("at the end counts.json is missing") };
    let shown = published::joined(&counts, latest);
    if shown != *counted {
        scenario.log.finding(format!("at the end the counts are {shown:?}, but the files contain {counted:?}"));
    }
    if let Some(latest) = latest
        && !(latest.since <= counts.revision && counts.revision <= latest.revision)
    {
        let (revision, since, latest) = (counts.revision, latest.since, latest.revision);
        scenario.log.finding(format!("counts.json has revision {revision:?}; latest.json goes from {since:?} to {latest:?}"));
    }
}

/// The same database gives the same bytes in another folder and in a single run.
pub(crate) fn elsewhere(scenario: &Scenario<'_>) -> anyhow::Result<()> {
    let ended = scenario.program.run_with("elsewhere.toml", &["generate", "--full"], None)?;
    if !ended.is_success() {
        scenario.log.finding(format!("`ardoise generate --full` failed in another folder: {}", ended.summary()));
        return Ok(());
    }
    let (here, there) = (files(&scenario.site.tree)?, files(&scenario.site.elsewhere())?);
    let names: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    scenario.log.add("files compared with a run elsewhere", names.len() as u64);
    for name in names {
        match (here.get(name), there.get(name)) {
            (Some(here), Some(there)) if here == there => {}
            (Some(_), Some(_)) => scenario.log.finding(format!("{name} differs from the file that a full run into another folder writes")),
            (Some(_), None) => scenario.log.finding(format!("{name} is surplus: a full run into another folder does not write it")),
            (None, _) => scenario.log.finding(format!("{name} is missing: a full run into another folder writes it")),
        }
    }
    Ok(())
}

/// Returns every file below `folder`, and every empty folder.
fn files(folder: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for found in walkdir::WalkDir::new(folder).min_depth(1) {
        let found = found?;
        let name = found.path().strip_prefix(folder)?.to_string_lossy().into_owned();
        if found.file_type().is_dir() {
            if std::fs::read_dir(found.path())?.next().is_none() {
                files.insert(format!("{name}/ (an empty folder)"), vec![]);
            }
        } else {
            files.insert(name, content(found.path())?);
        }
    }
    Ok(files)
}

/// Leaves out the line with the tree's id, which differs between two trees.
fn content(file: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = std::fs::read(file)?;
    if file.file_name().is_some_and(|name| name == MARK) {
        let text = String::from_utf8_lossy(&bytes);
        return Ok(text.split_inclusive('\n').filter(|line| !line.starts_with("This folder is ")).collect::<String>().into_bytes());
    }
    Ok(bytes)
}
