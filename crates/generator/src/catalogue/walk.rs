use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::Path;

use ardoise_model::{Article, ArticlePath, Origin, Timestamp};
use ardoise_store::CatalogueEntry;
use fs_err as fs;
use walkdir::{DirEntry, WalkDir};

use crate::GeneratorError;
use crate::catalogue::mark::{CLOSES, DATE, Mark, marks};
use crate::catalogue::memory::{Memory, Stamp};

/// What is in a built site.
#[derive(Default)]
pub(crate) struct Walk {
    pub(crate) entries: Vec<CatalogueEntry>,
    pub(crate) pages: usize,
    pub(crate) problems: Vec<String>,
}

/// Reads every page below `built` that is not in memory as it is. In the order of their names, so that the same site always gives the
/// same catalogue.
pub(crate) fn walk(built: &Path, origin: &Origin, memory: &mut Memory) -> Result<Walk, GeneratorError> {
    if !built.is_dir() {
        return Err(GeneratorError::NoSite(built.to_owned()));
    }
    let mut walk = Walk::default();
    let mut found = BTreeMap::new();
    for file in WalkDir::new(built).sort_by_file_name() {
        let file = match file {
            Ok(file) if is_page(&file) => file,
            Ok(_) => continue,
            Err(error) if error.depth() > 0 && vanished(&error) => continue,
            Err(error) => return Err(io::Error::from(error).into()),
        };
        let page = file.path().strip_prefix(built).unwrap_or(file.path()).to_string_lossy().into_owned();
        let marks = match marks_of(file.path(), &page, memory) {
            Ok(marks) => marks,
            // The site is being rebuilt; another look follows.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        walk.pages += 1;
        for mark in marks {
            add(&mut found, &mut walk.problems, origin, &page, mark);
        }
    }
    memory.end_walk();
    if walk.pages == 0 {
        return Err(GeneratorError::NoPages(built.to_owned()));
    }
    walk.entries = found.into_values().collect();
    Ok(walk)
}

/// The stamp is taken before the page is read: one that changes meanwhile is read again the next time.
fn marks_of(file: &Path, page: &str, memory: &mut Memory) -> io::Result<Vec<Mark>> {
    let stamp = Stamp::of(&fs::metadata(file)?);
    if let Some(marks) = memory.recall(page, stamp) {
        return Ok(marks.to_vec());
    }
    let marks = marks(&fs::read(file)?);
    memory.keep(page.to_owned(), stamp, marks.clone());
    Ok(marks)
}

fn add(found: &mut BTreeMap<ArticlePath, CatalogueEntry>, problems: &mut Vec<String>, origin: &Origin, page: &str, mark: Mark) {
    let path = match ArticlePath::parse(&mark.path, origin) {
        Ok(path) => path,
        Err(error) => return problems.push(format!("{page}: data-ardoise-article=\"{}\": {error}", mark.path)),
    };
    if !path.is_written(&mark.path) {
        problems.push(format!(
            "{page}: data-ardoise-article=\"{}\" should be written as \"{}\", or the script will not find its comments",
            mark.path,
            path.to_url_path()
        ));
    }
    let closes_at = moment(problems, page, CLOSES, mark.closes.as_deref(), "the article stays open");
    let dated_at = moment(problems, page, DATE, mark.date.as_deref(), "the article has no age");
    match found.entry(path) {
        Entry::Vacant(place) => {
            let article = Article { path: place.key().clone(), title: mark.title, open: mark.open, closes_at, dated_at };
            place.insert(CatalogueEntry { article, page: page.to_owned() });
        }
        Entry::Occupied(first) => {
            problems.push(format!("{page}: its mark names {}, and so does {}; the latter is taken", first.key(), first.get().page));
        }
    }
}

/// What cannot be read is as good as not there, and said.
fn moment(problems: &mut Vec<String>, page: &str, name: &str, written: Option<&str>, so: &str) -> Option<Timestamp> {
    let written = written?;
    let wrong = |error| problems.push(format!("{page}: {name}=\"{written}\": {error}; {so}"));
    written.parse().map_err(wrong).ok()
}

fn is_page(file: &DirEntry) -> bool {
    let html = |ending: &std::ffi::OsStr| ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm");
    file.file_type().is_file() && file.path().extension().is_some_and(html)
}

fn vanished(error: &walkdir::Error) -> bool {
    error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}
