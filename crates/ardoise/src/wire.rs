//! The parts that a configuration describes.

use anyhow::Context;
use ardoise_generator::{Catalogue, Generator, OnChange};
use ardoise_model::{Origin, Timestamp};
use ardoise_store::Store;

use crate::config::Config;

/// The one clock.
pub(crate) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

pub(crate) fn store(config: &Config) -> anyhow::Result<Store> {
    let url = config.store_url();
    Store::open(&url).with_context(|| format!("[store] url = \"{url}\""))
}

pub(crate) fn generator(config: &Config, store: &Store) -> Generator {
    Generator::new(store.clone(), config.to())
}

/// None: the site has no catalogue, and any path is accepted.
pub(crate) fn catalogue(config: &Config, store: &Store, origin: &Origin) -> Option<Catalogue> {
    config.built().map(|built| Catalogue::new(store.clone(), built, origin.clone()))
}

pub(crate) fn on_change(config: &Config) -> Option<OnChange> {
    let command = config.publish.on_change.trim();
    (!command.is_empty()).then(|| OnChange::start(command.to_owned(), config.folder()))
}
