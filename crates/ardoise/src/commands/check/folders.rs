use std::path::{Path, PathBuf};

use ardoise_store::StoreUrl;

use super::context::CheckContext;
use super::finding::Finding;

/// Checks that the built site, the published tree and private files are not inside each other.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    let (to, built) = (real(&config.to()), config.built().map(|built| real(&built)));
    // A site generator may remove files that it did not write.
    if let Some(built) = built.as_ref().filter(|built| to.starts_with(built) || built.starts_with(&to)) {
        let mend = "keep them side by side, and let the web server join them ([publish] to)";
        let (to, built) = (to.display(), built.display());
        return Finding::Wrong(format!("{to} and {built} lie in each other: a build may remove the published files; {mend}"));
    }
    // A web server hands out every file in either of them.
    let database = match config.store_url() {
        StoreUrl::Sqlite(file) => Some((file, "the database ([store] url)")),
        StoreUrl::Postgres(_) => None,
    };
    let private = database.into_iter().chain([(config.file.clone(), "the file of settings")]);
    let served = |file: &Path| [Some(&to), built.as_ref()].into_iter().flatten().find(|folder| file.starts_with(folder)).cloned();
    for (file, what) in private {
        if let Some(folder) = served(&real(&file)) {
            return Finding::Wrong(format!(
                "{what}, {}, lies in {}, which a web server hands out; move it elsewhere",
                file.display(),
                folder.display()
            ));
        }
    }
    Finding::Fine("the built site, the published tree, settings and database are apart".to_owned())
}

/// Returns the path with symbolic links resolved, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there = absolute.ancestors().find_map(|above| above.canonicalize().ok().map(|real| (above, real)));
    there.and_then(|(above, real)| Some(real.join(absolute.strip_prefix(above).ok()?))).unwrap_or(absolute)
}
