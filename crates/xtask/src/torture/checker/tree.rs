//! The published tree holds exactly the approved comments, counts them rightly, and is what a run elsewhere makes of the database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::torture::checker::database::Stored;
use crate::torture::leg::Leg;
use crate::torture::shape::{self, Counts, Published};

/// The generator's own mark, which is no published file.
const MARK: &str = ".ardoise";

pub(crate) fn check(leg: &Leg<'_>, comments: &BTreeMap<String, Stored>) -> anyhow::Result<()> {
    let (mut published, mut counted) = (BTreeMap::new(), BTreeMap::new());
    let (mut counts, mut latest) = (None, None);
    for (file, bytes) in files(&leg.ground.tree)?.into_iter().filter(|(file, _)| file != MARK) {
        let form = shape::readable(&file);
        let parsed = shape::unpack(&file, &bytes).and_then(|plain| shape::parse(form, &plain));
        match parsed {
            Err(complaint) => leg.log.finding(format!("at the end, {file}: {complaint}")),
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
        leg.log.finding(format!("at the end {id} of {path} is approved and not published"));
    }
    for (id, path) in published.iter().filter(|(id, path)| approved.get(*id) != Some(path)) {
        leg.log.finding(format!("at the end {id} is published in {path} and not approved"));
    }
    check_counts(leg, &counted, counts, latest.as_ref());
    leg.log.add("comments published at the end", published.len() as u64);
    Ok(())
}

fn check_counts(leg: &Leg<'_>, counted: &BTreeMap<String, u64>, counts: Option<Counts>, latest: Option<&Counts>) {
    let Some(counts) = counts else { return leg.log.finding("at the end there is no counts.json") };
    let shown = shape::joined(&counts, latest);
    if shown != *counted {
        leg.log.finding(format!("at the end the counts are {shown:?}, and the files hold {counted:?}"));
    }
    if let Some(latest) = latest
        && !(latest.since <= counts.revision && counts.revision <= latest.revision)
    {
        let (revision, since, latest) = (counts.revision, latest.since, latest.revision);
        leg.log.finding(format!("counts.json has revision {revision:?}; latest.json goes from {since:?} to {latest:?}"));
    }
}

/// The same database gives the same bytes, in another folder and in one go.
pub(crate) fn elsewhere(leg: &Leg<'_>) -> anyhow::Result<()> {
    let ended = leg.program.run_with("elsewhere.toml", &["generate", "--full"], None)?;
    if !ended.succeeded() {
        leg.log.finding(format!("`ardoise generate --full` failed in another folder: {}", ended.words()));
        return Ok(());
    }
    let (here, there) = (files(&leg.ground.tree)?, files(&leg.ground.elsewhere())?);
    let names: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    leg.log.add("files compared with a run elsewhere", names.len() as u64);
    for name in names {
        match (here.get(name), there.get(name)) {
            (Some(here), Some(there)) if here == there => {}
            (Some(_), Some(_)) => leg.log.finding(format!("{name} has other bytes than a full run elsewhere gives it")),
            (Some(_), None) => leg.log.finding(format!("{name} is surplus: a full run elsewhere has no such file")),
            (None, _) => leg.log.finding(format!("{name} is missing: a full run elsewhere writes it")),
        }
    }
    Ok(())
}

/// Every file below `folder`, and every folder that is empty.
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

/// Two trees have two ids.
fn content(file: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = std::fs::read(file)?;
    if file.file_name().is_some_and(|name| name == MARK) {
        let text = String::from_utf8_lossy(&bytes);
        return Ok(text.split_inclusive('\n').filter(|line| !line.starts_with("This folder is ")).collect::<String>().into_bytes());
    }
    Ok(bytes)
}
