//! The files that are compiled into the binary, so that it needs no others.

use std::path::PathBuf;

use include_dir::{Dir, include_dir};

/// The Hugo module: partials and translations.
static HUGO_PARTIALS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../hugo-partials");
/// The script and stylesheet for browsers.
static STATIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../static");
/// The pages of the example blog, built by Hugo.
static BLOG: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../examples/blog/public");

/// The settings that `ardoise init` writes; `{origin}` and `{path}` are to be replaced.
pub(crate) const CONFIG: &str = include_str!("assets/ardoise.toml");
/// The settings that `ardoise dev` writes; `{built}` is to be replaced.
pub(crate) const DEV_CONFIG: &str = include_str!("assets/dev.toml");

type File = (PathBuf, &'static [u8]);

/// Returns the files of the Hugo module: its own, and the script and stylesheet in `static/`.
pub(crate) fn hugo_module() -> Vec<File> {
    let browser = files(&STATIC).into_iter().map(|(path, bytes)| (PathBuf::from("static").join(path), bytes));
    files(&HUGO_PARTIALS).into_iter().chain(browser).collect()
}

/// Returns the pages of the example blog.
pub(crate) fn blog() -> Vec<File> {
    files(&BLOG)
}

fn files(folder: &'static Dir<'_>) -> Vec<File> {
    let below = folder.dirs().flat_map(files);
    folder.files().map(|file| (file.path().to_owned(), file.contents())).chain(below).collect()
}

/// The version of the Hugo module. Pages contain it, so that `check` recognises an old copy.
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
