//! What travels in the binary, so that it needs nothing beside it.

use std::path::PathBuf;

use include_dir::{Dir, include_dir};

/// The Hugo module: partials and translations.
static HUGO_PARTIALS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../hugo-partials");
/// The browser's side.
static STATIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../static");
/// The example blog as Hugo built it.
static BLOG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../examples/blog/public");

/// What `ardoise init` writes; `{origin}` is to be filled in.
pub(crate) const CONFIG: &str = include_str!("assets/ardoise.toml");
/// What `ardoise dev` writes; `{built}` is to be filled in.
pub(crate) const DEV_CONFIG: &str = include_str!("assets/dev.toml");

type File = (PathBuf, &'static [u8]);

/// The module as Hugo finds it in a theme folder: its own files, and the script and stylesheet under `static/`.
pub(crate) fn hugo_module() -> Vec<File> {
    let browser = files(&STATIC).into_iter().map(|(path, bytes)| (PathBuf::from("static").join(path), bytes));
    files(&HUGO_PARTIALS).into_iter().chain(browser).collect()
}

/// The example blog, ready to be served.
pub(crate) fn blog() -> Vec<File> {
    files(&BLOG)
}

fn files(folder: &'static Dir<'_>) -> Vec<File> {
    let below = folder.dirs().flat_map(files);
    folder.files().map(|file| (file.path().to_owned(), file.contents())).chain(below).collect()
}

/// The version of the module, which its pages carry, so that `check` tells an old copy.
pub(crate) const MODULE_VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod tests {
    #[test]
    fn the_module_carries_the_version_of_the_program() {
        let head = super::HUGO_PARTIALS.get_file("layouts/partials/ardoise/head.html").and_then(include_dir::File::contents_utf8);
        let attribute = format!("data-ardoise-module=\"{}\"", super::MODULE_VERSION);
        assert!(head.is_some_and(|head| head.contains(&attribute)), "write {attribute} into head.html");
    }
}
