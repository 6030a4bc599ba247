use super::outcome::Outcome;
use super::scene::Scene;
use crate::wire;

/// Whether the published comments came from the database in the settings. What is wrong with the database itself is said elsewhere.
pub(super) fn look(scene: &Scene) -> Outcome {
    let (to, url) = (scene.config.to(), scene.config.store_url());
    if !ardoise_generator::has_published_comments(&to) {
        return Outcome::Fine("no comment is published yet".to_owned());
    }
    match scene.store() {
        Some(Ok(store)) => wire::generator(&scene.config, store)
            .check_owner()
            .map(|()| "the published comments are this database's".to_owned())
            .map_err(|error| error.to_string())
            .into(),
        Some(Err(_)) => Outcome::Warning("not known, for the database could not be opened".to_owned()),
        None => Outcome::Wrong(format!(
            "{} holds published comments, but {url} holds no database: correct [store] url (a mistyped path, a volume that is not \
             mounted), or restore the database from a backup",
            to.display()
        )),
    }
}
