use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::Path;

use ardoise_model::{Article, ArticlePath, Origin, Timestamp};
use ardoise_store::CatalogueEntry;
use fs_err as fs;
use walkdir::{DirEntry, WalkDir};

use crate::GeneratorError;
use crate::catalogue::Drafts;
use crate::catalogue::mark::{CLOSES, DATE, Mark, marks};
use crate::catalogue::memory::{Memory, Stamp};

/// The content of a built site.
#[derive(Default)]
pub(crate) struct Walk {
    pub(crate) entries: Vec<CatalogueEntry>,
    pub(crate) languages: BTreeMap<ArticlePath, String>,
    pub(crate) pages: usize,
    /// Number of drafts that were left out.
    pub(crate) drafts: usize,
    pub(crate) problems: Vec<String>,
}

/// An article, and how well its path matches the location of its page.
struct Found {
    entry: CatalogueEntry,
    language: Option<String>,
    fit: usize,
}

/// Reads the pages below `built`, using the cache for those that are unchanged. Pages are visited in the order of their names, so that the
/// same site always gives the same catalogue.
pub(crate) fn walk(built: &Path, origin: &Origin, drafts: Drafts, memory: &mut Memory) -> Result<Walk, GeneratorError> {
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
            // The site is being rebuilt. Another refresh follows.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        walk.pages += 1;
        for mark in marks {
            if mark.draft && drafts == Drafts::LeaveOut {
                walk.drafts += 1;
            } else {
                add(&mut found, &mut walk.problems, origin, &page, mark);
            }
        }
    }
    memory.end_walk();
    if walk.pages == 0 {
        return Err(GeneratorError::NoPages(built.to_owned()));
    }
    for (path, Found { entry, language, .. }) in found {
        walk.languages.extend(language.map(|language| (path, language)));
        walk.entries.push(entry);
    }
    Ok(walk)
}

/// Reads the marks of a page. The metadata is read before the content, so that a page that changes in between is read again by the next
/// walk.
fn marks_of(file: &Path, page: &str, memory: &mut Memory) -> io::Result<Vec<Mark>> {
    let stamp = Stamp::of(&fs::metadata(file)?);
    if let Some(marks) = memory.recall(page, stamp) {
        return Ok(marks.to_vec());
    }
    let marks = marks(&fs::read(file)?);
    memory.keep(page.to_owned(), stamp, marks.clone());
    Ok(marks)
}

fn add(found: &mut BTreeMap<ArticlePath, Found>, problems: &mut Vec<String>, origin: &Origin, page: &str, mark: Mark) {
    let path = match ArticlePath::parse(&mark.path, origin) {
        Ok(path) => path,
        Err(error) => return problems.push(format!("{page}: data-ardoise-article=\"{}\": {error}", mark.path)),
    };
    let place = place(page, origin);
    let fit = place.as_ref().map_or(0, |place| fit(&path, place));
    if !path.is_written(&mark.path) {
        let cut = fit == 0 && mark.path.contains(['#', '?']);
        if cut {
            return problems.push(format!(
                "{page}: data-ardoise-article=\"{}\": the path ends before # and ?; write them as %23 and %3F: \"{}\"",
                mark.path,
                mark.path.replace('#', "%23").replace('?', "%3F")
            ));
        }
        problems.push(format!(
            "{page}: data-ardoise-article=\"{}\" should be written as \"{}\", or the script will not find its comments",
            mark.path,
            path.to_url_path()
        ));
    }
    let closes_at = moment(problems, page, CLOSES, mark.closes.as_deref(), "the article stays open");
    let dated_at = moment(problems, page, DATE, mark.date.as_deref(), "the article has no age");
    let article = Article { path: path.clone(), title: mark.title, open: mark.open, closes_at, dated_at };
    let new = Found { entry: CatalogueEntry { article, page: page.to_owned() }, language: mark.language, fit };
    match found.entry(path) {
        Entry::Vacant(free) => drop(free.insert(new)),
        Entry::Occupied(mut first) => {
            // The page at the location that the path names is the article. The other page is a copy, such as an AMP or a print version.
            let other = if fit > first.get().fit { first.insert(new) } else { new };
            let (copy, path, page) = (other.entry.page, first.key(), &first.get().entry.page);
            problems.push(format!("{copy}: its mark names {path}, and so does {page}; the latter is taken"));
        }
    }
}

/// Returns the location of a page in the built site as a path.
fn place(page: &str, origin: &Origin) -> Option<ArticlePath> {
    let escaped = page.replace('%', "%25").replace('#', "%23").replace('?', "%3F");
    ArticlePath::parse(&format!("/{escaped}"), origin).ok()
}

/// Returns the length of `place` if `path` ends in it, because the site may begin below a path of its own. Returns 0 if the page is
/// elsewhere.
fn fit(path: &ArticlePath, place: &ArticlePath) -> usize {
    if path.as_str().ends_with(place.as_str()) { place.as_str().len() } else { 0 }
}

/// Parses a date. An invalid one is reported as a problem and then ignored.
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
