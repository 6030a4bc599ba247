use std::path::Path;

use ardoise_store::{StoreError, StoreUrl, database_obstacle};

use super::context::CheckContext;
use super::finding::Finding;
use crate::clock;

/// Checks that the database can be reached, opened and written to; reports what is in it.
pub(super) fn check(context: &CheckContext) -> Finding {
    let url = context.config.store_url();
    let checked = ardoise_store::diagnose(&url).map_err(|diagnosis| diagnosis.to_string());
    let checked = checked.and_then(|()| match &url {
        StoreUrl::Sqlite(file) => rights(file),
        StoreUrl::Postgres(_) => Ok(()),
    });
    checked
        .and_then(|()| contents(context, &url))
        .map_or_else(Finding::Wrong, |contents| temporary_files(&url).map_or(Finding::Fine(contents), Finding::Warning))
}

fn rights(file: &Path) -> Result<(), String> {
    if let Some(obstacle) = database_obstacle(file) {
        return Err(obstacle);
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    ardoise_generator::check_writable(folder).map_err(|error| error.to_string())
}

fn contents(context: &CheckContext, url: &StoreUrl) -> Result<String, String> {
    let Some(store) = context.store() else {
        return Ok(format!("{url} has no tables yet; they are made at the first start"));
    };
    let store = store.as_ref().map_err(|error| format!("{url}: {error}"))?;
    let query = || -> Result<_, StoreError> { Ok((store.about()?, store.pending_work()?, store.has_leader()?)) };
    let word = |(about, work, led)| {
        let led = if led { "; a running `ardoise serve` publishes them" } else { "" };
        format!("{url}: {about}; {work} changes waiting to be published{led}")
    };
    query().map(word).map_err(|error| format!("{url}: {error}"))
}

/// Returns a warning about temporary files that a killed `check` left beside the database.
fn temporary_files(url: &StoreUrl) -> Option<String> {
    let StoreUrl::Sqlite(file) = url else { return None };
    let files = ardoise_generator::stale_temporary_files(file.parent()?, clock::system_now());
    let first = files.first()?;
    Some(format!(
        "{} temporary files lie beside the database, left by a process that was killed; remove them: rm {}",
        files.len(),
        first.with_file_name(".ardoise-*.tmp").display()
    ))
}
