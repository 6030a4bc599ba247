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
use crate::catalogue::mark_cache::{FileStamp, MarkCache};
use crate::catalogue::page_mark::{CLOSES, DATE, PageMark, parse_marks};

/// The content of a built site.
#[derive(Default)]
pub(crate) struct SiteWalk {
    pub(crate) entries: Vec<CatalogueEntry>,
    pub(crate) languages: BTreeMap<ArticlePath, String>,
    pub(crate) pages: usize,
    /// Number of drafts that were left out.
    pub(crate) drafts: usize,
    pub(crate) problems: Vec<String>,
}

/// An article, and how well its path matches the location of its page.
struct Candidate {
    entry: CatalogueEntry,
    language: Option<String>,
    match_length: usize,
}

/// Reads the pages below `built`, using the cache for those that are unchanged. Pages are visited in the order of their names, so that the
/// same site always gives the same catalogue.
pub(crate) fn walk(built: &Path, origin: &Origin, drafts: Drafts, cache: &mut MarkCache) -> Result<SiteWalk, GeneratorError> {
    if !built.is_dir() {
        return Err(GeneratorError::NoSite(built.to_owned()));
    }
    let mut walk = SiteWalk::default();
    let mut found = BTreeMap::new();
    for file in WalkDir::new(built).sort_by_file_name() {
        let file = match file {
            Ok(file) if is_page(&file) => file,
            Ok(_) => continue,
            Err(error) if error.depth() > 0 && is_not_found(&error) => continue,
            Err(error) => return Err(io::Error::from(error).into()),
        };
        let page = file.path().strip_prefix(built).unwrap_or(file.path()).to_string_lossy().into_owned();
        let marks = match read_marks(file.path(), &page, cache) {
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
    cache.end_walk();
    if walk.pages == 0 {
        return Err(GeneratorError::NoPages(built.to_owned()));
    }
    for (path, Candidate { entry, language, .. }) in found {
        walk.languages.extend(language.map(|language| (path, language)));
        walk.entries.push(entry);
    }
    Ok(walk)
}

/// Reads the marks of a page. The metadata is read before the content, so that a page that changes in between is read again by the next
/// walk.
fn read_marks(file: &Path, page: &str, cache: &mut MarkCache) -> io::Result<Vec<PageMark>> {
    let stamp = FileStamp::of(&fs::metadata(file)?);
    if let Some(marks) = cache.get(page, stamp) {
        return Ok(marks.to_vec());
    }
    let marks = parse_marks(&fs::read(file)?);
    cache.insert(page.to_owned(), stamp, marks.clone());
    Ok(marks)
}

fn add(found: &mut BTreeMap<ArticlePath, Candidate>, problems: &mut Vec<String>, origin: &Origin, page: &str, mark: PageMark) {
    let path = match ArticlePath::parse(&mark.path, origin) {
        Ok(path) => path,
        Err(error) => return problems.push(format!("{page}: data-ardoise-article=\"{}\": {error}", mark.path)),
    };
    let location = location_of(page, origin);
    let match_length = location.as_ref().map_or(0, |location| match_length(&path, location));
    if !path.is_written(&mark.path) {
        let cut = match_length == 0 && mark.path.contains(['#', '?']);
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
    let closes_at = parse_date(problems, page, CLOSES, mark.closes.as_deref(), "the article stays open");
    let dated_at = parse_date(problems, page, DATE, mark.date.as_deref(), "the article has no age");
    let article = Article { path: path.clone(), title: mark.title, open: mark.open, closes_at, dated_at };
    let new = Candidate { entry: CatalogueEntry { article, page: page.to_owned() }, language: mark.language, match_length };
    match found.entry(path) {
        Entry::Vacant(free) => drop(free.insert(new)),
        Entry::Occupied(mut first) => {
            // The page at the location that the path names is the article. The other page is a copy, such as an AMP or a print version.
            let other = if match_length > first.get().match_length { first.insert(new) } else { new };
            let (copy, path, page) = (other.entry.page, first.key(), &first.get().entry.page);
            problems.push(format!("{copy}: its mark names {path}, and so does {page}; the latter is taken"));
        }
    }
}

/// Returns the location of a page in the built site as a path.
fn location_of(page: &str, origin: &Origin) -> Option<ArticlePath> {
    let escaped = page.replace('%', "%25").replace('#', "%23").replace('?', "%3F");
    ArticlePath::parse(&format!("/{escaped}"), origin).ok()
}

/// Returns the length of `location` if `path` ends in it, because the site may begin below a path of its own. Returns 0 if the page is
/// elsewhere.
fn match_length(path: &ArticlePath, location: &ArticlePath) -> usize {
    if path.as_str().ends_with(location.as_str()) { location.as_str().len() } else { 0 }
}

/// Parses a date. An invalid one is reported as a problem and then ignored.
fn parse_date(problems: &mut Vec<String>, page: &str, name: &str, written: Option<&str>, so: &str) -> Option<Timestamp> {
    let written = written?;
    let wrong = |error| problems.push(format!("{page}: {name}=\"{written}\": {error}; {so}"));
    written.parse().map_err(wrong).ok()
}

fn is_page(file: &DirEntry) -> bool {
    let html = |ending: &std::ffi::OsStr| ending.eq_ignore_ascii_case("html") || ending.eq_ignore_ascii_case("htm");
    file.file_type().is_file() && file.path().extension().is_some_and(html)
}

fn is_not_found(error: &walkdir::Error) -> bool {
    error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}
