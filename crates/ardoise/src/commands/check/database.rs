use std::path::Path;

use ardoise_store::{StoreError, StoreUrl, database_obstacle};

use super::outcome::Outcome;
use super::scene::Scene;
use crate::wire;

/// The database: that it can be reached and opened, by whom it may be written to, and what is in it.
pub(super) fn look(scene: &Scene) -> Outcome {
    let url = scene.config.store_url();
    let looked = ardoise_store::diagnose(&url).map_err(|diagnosis| diagnosis.to_string());
    let looked = looked.and_then(|()| match &url {
        StoreUrl::Sqlite(file) => rights(file),
        StoreUrl::Postgres(_) => Ok(()),
    });
    looked
        .and_then(|()| contents(scene, &url))
        .map_or_else(Outcome::Wrong, |said| temporary_files(&url).map_or(Outcome::Fine(said), Outcome::Warning))
}

fn rights(file: &Path) -> Result<(), String> {
    if let Some(obstacle) = database_obstacle(file) {
        return Err(obstacle);
    }
    if file.is_dir() {
        return Err(format!("{} is a folder; name a file in it under [store] url", file.display()));
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    ardoise_generator::check_writable(folder).map_err(|error| error.to_string())
}

fn contents(scene: &Scene, url: &StoreUrl) -> Result<String, String> {
    let Some(store) = scene.store() else {
        return Ok(format!("{url} has no tables yet; they are made at the first start"));
    };
    let store = store.as_ref().map_err(|error| format!("{url}: {error}"))?;
    let asked = || -> Result<_, StoreError> { Ok((store.about()?, store.pending_work()?, store.has_leader()?)) };
    let word = |(about, work, led)| {
        let led = if led { "; a running `ardoise serve` publishes them" } else { "" };
        format!("{url}: {about}; {work} changes waiting to be published{led}")
    };
    asked().map(word).map_err(|error| format!("{url}: {error}"))
}

/// What a check that was killed has left beside the database.
fn temporary_files(url: &StoreUrl) -> Option<String> {
    let StoreUrl::Sqlite(file) = url else { return None };
    let files = ardoise_generator::stale_temporary_files(file.parent()?, wire::system_now());
    let first = files.first()?;
    Some(format!(
        "{} temporary files lie beside the database, left by a process that was killed; remove them: rm {}",
        files.len(),
        first.with_file_name(".ardoise-*.tmp").display()
    ))
}
