use std::io;
use std::path::{Path, PathBuf};

use ardoise_store::StoreError;

/// What can keep the generator from its work. Every I/O error names the file.
#[derive(Debug, thiserror::Error)]
pub enum GeneratorError {
    /// A file or folder of the site.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file's content could not be written as JSON.
    #[error("a published file could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The folder has files in it and was not made by the generator, which removes what it did not write.
    #[error("{} has files that Ardoise did not write; give it an empty folder ([publish] to), for it removes JSON and XML files that do not belong there. If they are its own, put an empty file named .ardoise there", .0.display())]
    NotOurs(PathBuf),
    /// The folder was removed or replaced while a generator was at work in it.
    #[error("{} was removed or replaced while files were written to it; they are written again", .0.display())]
    Vanished(PathBuf),
    /// The folder of the built site is not there.
    #[error("{} is not there; is the site built? The catalogue stays as it was", .0.display())]
    NoSite(PathBuf),
    /// The built site has no page at all, so it cannot be what readers see.
    #[error("{} has no HTML page; is the site built? The catalogue stays as it was", .0.display())]
    NoPages(PathBuf),
}

impl GeneratorError {
    /// The same, with the folder called by its name: on Linux, files in it are reached through the open folder.
    pub(crate) fn named(self, root: &Path) -> Self {
        let Self::Io(error) = &self else { return self };
        let said = error.to_string();
        let Some(start) = said.find("/proc/self/fd/") else { return self };
        let rest = &said[start + "/proc/self/fd/".len()..];
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let named = format!("{}{}{}", &said[..start], root.display(), &rest[end..]);
        Self::Io(io::Error::new(error.kind(), named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_its_name() {
        let named = |said: &str| GeneratorError::from(io::Error::other(said.to_owned())).named(Path::new("/srv/tree")).to_string();
        assert_eq!(named("open `/proc/self/fd/17/a/index.json`: no"), "open `/srv/tree/a/index.json`: no");
        assert_eq!(named("open `/proc/self/fd/17`: no"), "open `/srv/tree`: no");
        assert_eq!(named("open `/etc/x`: no"), "open `/etc/x`: no");
    }
}
