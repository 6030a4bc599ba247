use ardoise_store::StoreUrl;

use super::Finding;
use crate::config::Config;
use crate::wire;

/// Whether the published comments came from the database in the settings. What is wrong with the database itself is said elsewhere.
pub(super) fn owner(config: &Config) -> Finding {
    let url = config.store_url();
    let filled = ardoise_generator::is_filled(&config.to());
    let found = match wire::store(config) {
        Ok(store) => wire::generator(config, &store).check_owner().map_err(|error| error.to_string()),
        Err(_) if filled && matches!(url, StoreUrl::Sqlite(_)) && !url.may_exist() => Err(format!(
            "{} holds published comments, but {url} does not exist: correct [store] url (a mistyped path, a volume that is not mounted), \
             or restore the database from a backup",
            config.to().display()
        )),
        Err(_) => Ok(()),
    };
    let word = if filled { "the published comments are this database's" } else { "no comment is published yet" };
    Finding("owner", found.map(|()| word.to_owned()))
}
