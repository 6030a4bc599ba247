use super::context::CheckContext;
use super::finding::Finding;
use crate::assemble;

/// Checks whether the published comments came from the database in the settings. The check `database` reports errors of the database itself.
pub(super) fn check(context: &CheckContext) -> Finding {
    let (to, url) = (context.config.to(), context.config.store_url());
    if !ardoise_generator::has_published_comments(&to) {
        return Finding::Fine("no comment is published yet".to_owned());
    }
    match context.store() {
        Some(Ok(store)) => assemble::generator(&context.config, store)
            .check_owner()
            .map(|()| "the published comments are this database's".to_owned())
            .map_err(|error| error.to_string())
            .into(),
        Some(Err(_)) => Finding::Warning("not known, for the database could not be opened".to_owned()),
        None => Finding::Wrong(format!(
            "{} holds published comments, but {url} holds no database: correct [store] url (a mistyped path, a volume that is not \
             mounted), or restore the database from a backup",
            to.display()
        )),
    }
}
