use std::path::Path;

use ardoise_generator::{Inspection, check_tree_folder, check_writable, inspect};

use super::context::CheckContext;
use super::finding::Finding;
use crate::clock;

/// Checks that the published tree is Ardoise's, and that all folders in it can be written to.
pub(super) fn check(context: &CheckContext) -> Finding {
    let to = context.config.to();
    let writable_tree = check_tree_folder(&to).map_err(|error| error.to_string());
    let writable_tree = writable_tree.and_then(|()| check_writable(&to).map_err(|error| error.to_string()));
    if let Err(wrong) = writable_tree {
        return Finding::Wrong(wrong);
    }
    if !to.exists() {
        return Finding::Fine(format!("{}: it does not exist yet, and is made at the first start", to.display()));
    }
    inside(&to, &inspect(&to, clock::system_now()))
}

fn inside(to: &Path, found: &Inspection) -> Finding {
    let Inspection { entries, is_complete, obstacles, obstacle_count, stale_temporary_files } = found;
    if let Some(first) = obstacles.first() {
        let more = if *obstacle_count > 1 { format!(" ({obstacle_count} entries are in the way like this)") } else { String::new() };
        return Finding::Wrong(format!("comments there are not published: {first}{more}"));
    }
    let looked = if *is_complete { String::new() } else { format!("; the first {entries} entries were looked at, for want of time") };
    match stale_temporary_files.first() {
        Some(first) => Finding::Warning(format!(
            "{} temporary files were left by a generator that was killed, such as {}; `ardoise generate --full` removes them{looked}",
            stale_temporary_files.len(),
            first.display()
        )),
        None => Finding::Fine(format!("{}{looked}", to.display())),
    }
}
