//! Parses published files, and checks that they are complete and well-formed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde_json::Value;

use crate::site::{ARTICLES, CANARY, PRIVATE, file_of};

/// A comment in a published file.
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) article: String,
    pub(crate) html: String,
}

/// A parsed file.
pub(crate) enum Published {
    /// The comments of one article.
    Article(String, Vec<Seen>),
    /// The newest comments of the site.
    Recent(Vec<Seen>),
    /// `counts.json` or `latest.json`.
    Counts(Counts),
    /// A feed, which repeats the contents of other files.
    Feed,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) of: BTreeMap<String, u64>,
    /// Absent in files that were written before there were revisions.
    pub(crate) revision: Option<u64>,
    pub(crate) since: Option<u64>,
}

/// Returns the name without the suffix of a compressed form.
pub(crate) fn readable(file: &str) -> &str {
    file.strip_suffix(".gz").or_else(|| file.strip_suffix(".br")).unwrap_or(file)
}

/// Returns the contents of a file, decompressed as a browser does.
pub(crate) fn unpack(file: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut plain = Vec::new();
    let done = match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("gz") => flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain),
        Some("br") => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain),
        _ => return Ok(bytes.to_vec()),
    };
    done.map(|_| plain).map_err(|error| format!("it cannot be decompressed: {error}"))
}

/// Parses a file of the tree, given its name without the suffix of a compressed form. Returns what is wrong with it as the error.
pub(crate) fn parse(file: &str, plain: &[u8]) -> Result<Published, String> {
    let text = String::from_utf8_lossy(plain);
    for secret in [PRIVATE, "127.0.0.1"] {
        if text.contains(secret) {
            return Err(format!("it contains {secret:?}, which is private"));
        }
    }
    if file.ends_with("feed.xml") {
        let whole = text.starts_with("<?xml") && text.trim_end().ends_with("</feed>");
        return if whole { Ok(Published::Feed) } else { Err(format!("it is no complete XML; {} bytes", plain.len())) };
    }
    let value: Value = serde_json::from_slice(plain).map_err(|error| format!("it is no complete JSON: {error}; {} bytes", plain.len()))?;
    if file == "feed.json" {
        return Ok(Published::Feed);
    }
    if value["version"] != 1 {
        return Err("its version is not 1".to_owned());
    }
    match file {
        "counts.json" | "latest.json" => counts(file, &value).map(Published::Counts),
        // The challenge of the proof of work.
        "challenge.json" => Ok(Published::Feed),
        "recent.json" => comments(&value, None).map(Published::Recent),
        _ => article(file, &value),
    }
}

fn article(file: &str, value: &Value) -> Result<Published, String> {
    let Some(path) = ARTICLES.iter().chain([&CANARY]).find(|path| file_of(path) == file) else {
        return Err("it belongs to no article".to_owned());
    };
    if value["path"] != *path {
        return Err(format!("it is the file of {path}, but its path is {}", value["path"]));
    }
    let comments = comments(value, Some(path))?;
    if value["count"].as_u64() != Some(comments.len() as u64) {
        return Err(format!("its count is {}, but it contains {} comments", value["count"], comments.len()));
    }
    if comments.is_empty() {
        return Err("it contains no comments and should not exist".to_owned());
    }
    Ok(Published::Article((*path).to_owned(), comments))
}

fn comments(value: &Value, article: Option<&str>) -> Result<Vec<Seen>, String> {
    let list = value["comments"].as_array().ok_or("it has no list of comments")?;
    let mut ids = BTreeSet::new();
    let mut seen = vec![];
    for comment in list {
        let text = |name: &str| comment[name].as_str().map(str::to_owned).ok_or_else(|| format!("a comment has no {name}"));
        let (id, html, _) = (text("id")?, text("html")?, text("date")?);
        if comment["author"]["name"] != "Ada" {
            return Err(format!("{id} has another author: {}", comment["author"]));
        }
        if !ids.insert(id.clone()) {
            return Err(format!("it contains {id} twice"));
        }
        let article = match article {
            Some(article) => article.to_owned(),
            None => text("path")?,
        };
        seen.push(Seen { id, article, html });
    }
    let parents = list.iter().filter_map(|comment| comment["parent"].as_str());
    match parents.into_iter().find(|parent| article.is_some() && !ids.contains(*parent)) {
        Some(parent) => Err(format!("it contains a reply to {parent}, but not that comment")),
        None => Ok(seen),
    }
}

fn counts(file: &str, value: &Value) -> Result<Counts, String> {
    let map = value["counts"].as_object().ok_or("it has no counts")?;
    let mut counts = BTreeMap::new();
    for (path, count) in map {
        let count = count.as_u64().ok_or_else(|| format!("the count of {path} is {count}"))?;
        if count == 0 && file == "counts.json" {
            return Err(format!("its count of {path} is 0; the path should be absent"));
        }
        counts.insert(path.clone(), count);
    }
    Ok(Counts { of: counts, revision: value["revision"].as_u64(), since: value["since"].as_u64() })
}

/// Returns the counts that a reader's page shows: the latest changes merged into the full counts.
pub(crate) fn joined(counts: &Counts, latest: Option<&Counts>) -> BTreeMap<String, u64> {
    let mut joined = counts.of.clone();
    joined.extend(latest.into_iter().flat_map(|latest| latest.of.clone()));
    joined.retain(|_, count| *count > 0);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str =
        r#"{"version":1,"path":"/a/","count":1,"comments":[{"id":"x","parent":null,"author":{"name":"Ada"},"date":"d","html":"h"}]}"#;

    #[test]
    fn complete_files_are_parsed_and_errors_are_described() {
        assert!(matches!(parse("a/index.json", ONE.as_bytes()), Ok(Published::Article(path, seen)) if path == "/a/" && seen.len() == 1));
        let wrong = |file: &str, text: &str| parse(file, text.as_bytes()).err().unwrap_or_default();
        assert!(wrong("a/index.json", &ONE[..80]).contains("no complete JSON"));
        assert!(wrong("d/index.json", ONE).contains("its path is"));
        assert!(wrong("z/index.json", ONE).contains("no article"));
        assert!(wrong("a/index.json", &ONE.replace("\"count\":1", "\"count\":2")).contains("its count is 2"));
        assert!(wrong("a/index.json", &ONE.replace("null", "\"y\"")).contains("a reply to"));
        assert!(wrong("a/index.json", &ONE.replace("\"h\"", "\"a@private.example\"")).contains("private"));
        assert!(wrong("counts.json", r#"{"version":1,"counts":{"/a/":0}}"#).contains("is 0"));
        assert!(matches!(parse("a/feed.xml", b"<?xml version=\"1.0\"?><feed></feed>"), Ok(Published::Feed)));
        assert!(wrong("a/feed.xml", "<?xml version=\"1.0\"?><feed></fe").contains("no complete XML"));
        assert!(unpack("a.json.gz", b"no gzip").is_err() && unpack("a.json.br", ONE.as_bytes()).is_err());
    }

    #[test]
    fn the_latest_changes_override_the_counts() {
        let of = |pairs: &[(&str, u64)]| Counts { of: pairs.iter().map(|(p, n)| ((*p).to_owned(), *n)).collect(), ..Counts::default() };
        let shown = joined(&of(&[("/a/", 1), ("/d/", 2)]), Some(&of(&[("/a/", 0), ("/e/", 3)])));
        assert_eq!(shown, of(&[("/d/", 2), ("/e/", 3)]).of);
    }
}
