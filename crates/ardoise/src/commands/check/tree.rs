use std::path::Path;

use ardoise_generator::{Inspection, check_tree_folder, check_writable, inspect};

use super::outcome::Outcome;
use super::scene::Scene;
use crate::wire;

/// The published tree: that it is ours, and that all of it can be written to, not only its top.
pub(super) fn look(scene: &Scene) -> Outcome {
    let to = scene.config.to();
    let looked = check_tree_folder(&to).map_err(|error| error.to_string());
    let looked = looked.and_then(|()| check_writable(&to).map_err(|error| error.to_string()));
    if let Err(wrong) = looked {
        return Outcome::Wrong(wrong);
    }
    if !to.exists() {
        return Outcome::Fine(format!("{}: it does not exist yet, and is made at the first start", to.display()));
    }
    inside(&to, &inspect(&to, wire::system_now()))
}

fn inside(to: &Path, found: &Inspection) -> Outcome {
    let Inspection { entries, is_complete: whole, obstacles, obstacle_count: in_the_way, stale_temporary_files: temporary_files } = found;
    if let Some(first) = obstacles.first() {
        let more = if *in_the_way > 1 { format!(" ({in_the_way} entries are in the way like this)") } else { String::new() };
        return Outcome::Wrong(format!("comments there are not published: {first}{more}"));
    }
    let looked = if *whole { String::new() } else { format!("; the first {entries} entries were looked at, for want of time") };
    match temporary_files.first() {
        Some(first) => Outcome::Warning(format!(
            "{} temporary files were left by a generator that was killed, such as {}; `ardoise generate --full` removes them{looked}",
            temporary_files.len(),
            first.display()
        )),
        None => Outcome::Fine(format!("{}{looked}", to.display())),
    }
}
