use std::path::{Path, PathBuf};

use ardoise_store::StoreUrl;

use super::outcome::Outcome;
use super::scene::Scene;

/// That folders and files which must not lie in each other do not.
pub(super) fn look(scene: &Scene) -> Outcome {
    let config = &scene.config;
    let (to, built) = (real(&config.to()), config.built().map(|built| real(&built)));
    // A site generator that cleans up would remove the tree.
    if let Some(built) = built.as_ref().filter(|built| to.starts_with(built) || built.starts_with(&to)) {
        let mend = "keep them side by side, and let the web server join them ([publish] to)";
        let (to, built) = (to.display(), built.display());
        return Outcome::Wrong(format!("{to} and {built} lie in each other: a build may remove the published files; {mend}"));
    }
    // What lies in either of them is handed out to the world.
    let database = match config.store_url() {
        StoreUrl::Sqlite(file) => Some((file, "the database ([store] url)")),
        StoreUrl::Postgres(_) => None,
    };
    let private = database.into_iter().chain([(config.file.clone(), "the file of settings")]);
    let served = |file: &Path| [Some(&to), built.as_ref()].into_iter().flatten().find(|folder| file.starts_with(folder)).cloned();
    for (file, what) in private {
        if let Some(folder) = served(&real(&file)) {
            return Outcome::Wrong(format!(
                "{what}, {}, lies in {}, which a web server hands out; move it elsewhere",
                file.display(),
                folder.display()
            ));
        }
    }
    Outcome::Fine("the built site, the published tree, settings and database are apart".to_owned())
}

/// With links followed as far as the path exists.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there = absolute.ancestors().find_map(|above| above.canonicalize().ok().map(|real| (above, real)));
    there.and_then(|(above, real)| Some(real.join(absolute.strip_prefix(above).ok()?))).unwrap_or(absolute)
}
