//! Diagnosis: why a database cannot be used, and what to do about it.

use std::path::Path;

use crate::engine::postgres;
use crate::engine::url::StoreUrl;
use crate::error::Diagnosis;

/// Checks a database without changing anything. A SQLite database that does not exist yet passes if its folder exists.
pub fn diagnose(url: &StoreUrl) -> Result<(), Diagnosis> {
    match url {
        StoreUrl::Sqlite(file) => check_folder_of(file),
        StoreUrl::Postgres(url) => postgres::diagnose(url),
    }
}

fn check_folder_of(file: &Path) -> Result<(), Diagnosis> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    Err(Diagnosis::Url(format!("the folder {} does not exist", folder.display())))
}
