//! Batches of articles whose files are made together on all cores: read, rendered, compressed, compared, and written beside their places.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ardoise_model::{ArticlePath, CommentId, in_order};
use ardoise_store::{Store, Thread};
use rayon::prelude::*;

use crate::published::{Rendered, article, atom};
use crate::tree::{Change, TreeLocation};
use crate::visible::CommentIds;
use crate::{Feeds, GeneratorError, Settings};

/// The maximum number of articles, and of comments, in a batch. They bound the memory that a run needs. An article is never split, so one
/// with more comments is a batch of its own.
pub(crate) const MAX_ARTICLES: u32 = 1024;
const MAX_COMMENTS: u64 = 16_384;

/// The changes to the published tree for several articles.
pub(crate) struct ArticleBatch {
    pub(crate) articles: Vec<ArticleChanges>,
}

/// The changes to the published tree for one article.
pub(crate) struct ArticleChanges {
    pub(crate) article: ArticlePath,
    pub(crate) changes: Result<Vec<Change>, GeneratorError>,
    /// The comments that the article's files hold after the changes.
    pub(crate) comment_ids: CommentIds,
    /// Comments that cannot be rendered. They are left out of the files; the others are published.
    pub(crate) unrenderable: Vec<CommentId>,
}

impl ArticleBatch {
    /// Makes the batch of articles after `after`, in order of their paths. `None` means that there are no more.
    pub(crate) fn make_next(
        store: &Store,
        location: &TreeLocation,
        settings: &Settings,
        after: Option<&ArticlePath>,
    ) -> Result<Option<Self>, GeneratorError> {
        let articles = store.published(after, MAX_ARTICLES)?;
        batches(&articles).first().map(|batch| Self::make(store, location, settings, batch)).transpose()
    }

    /// Makes the files of the given articles.
    pub(crate) fn make(store: &Store, location: &TreeLocation, settings: &Settings, paths: &[ArticlePath]) -> Result<Self, GeneratorError> {
        let threads = store.threads(paths)?;
        let make_thread = |thread: Thread| {
            let article = thread.article.clone();
            // An article that cannot be made does not affect the others.
            catch_unwind(AssertUnwindSafe(|| make(location, settings, thread))).unwrap_or_else(|_| ArticleChanges {
                changes: Err(io::Error::other(format!("{article} cannot be rendered")).into()),
                article,
                comment_ids: CommentIds::new(),
                unrenderable: vec![],
            })
        };
        // Making a single article takes less time than waking a thread of the pool.
        let articles = if threads.len() == 1 {
            threads.into_iter().map(make_thread).collect()
        } else {
            threads.into_par_iter().map(make_thread).collect()
        };
        Ok(Self { articles })
    }
}

/// Makes an article's pages and its feed, and removes pages after the last one.
fn make(location: &TreeLocation, settings: &Settings, thread: Thread) -> ArticleChanges {
    let Thread { article, title, comments } = thread;
    let comments = in_order(comments, settings.order);
    let rendered: Vec<_> = comments.iter().map(|comment| Rendered::new(comment, &title, settings).ok_or(comment)).collect();
    let unrenderable = rendered.iter().filter_map(|rendered| rendered.as_ref().err()).map(|comment| comment.id.clone()).collect();
    let rendered: Vec<_> = rendered.into_iter().filter_map(Result::ok).collect();
    let comment_ids = rendered.iter().map(|rendered| rendered.comment.id.clone()).collect();
    let changes = changes(location, settings, (&article, &title), &rendered);
    ArticleChanges { article, changes, comment_ids, unrenderable }
}

fn changes(
    location: &TreeLocation,
    settings: &Settings,
    (path, title): (&ArticlePath, &str),
    rendered: &[Rendered<'_>],
) -> Result<Vec<Change>, GeneratorError> {
    let mut changes = Vec::new();
    if rendered.is_empty() {
        // The feed is removed before the file with the comments that it names.
        changes.extend(location.remove(&path.feed_file()));
    }
    for (file, bytes) in article::render(path, rendered, settings)? {
        changes.extend(location.put(&file, &bytes)?);
    }
    // Pages after the last one are no longer linked from any page. A comparison finds them at its end, with all other surplus files.
    if !location.is_read_only() {
        let mut surplus = Vec::new();
        for page in article::pages(rendered.len()).max(1) + 1.. {
            match article::file(path, page) {
                file if location.has(&file) => surplus.push(file),
                _ => break,
            }
        }
        // The last page is removed first: the search above ends at the first gap, so after a crash pages behind a gap would not be found.
        changes.extend(surplus.iter().rev().flat_map(|file| location.remove(file)));
    }
    if rendered.is_empty() {
        changes.extend(location.remove(&path.file()));
    } else if settings.feeds == Feeds::Articles {
        // The feed is written after the files with the comments that it names.
        changes.extend(location.put(&path.feed_file(), &feed(path, title, rendered, settings)?)?);
    }
    Ok(changes)
}

fn feed(path: &ArticlePath, title: &str, thread: &[Rendered<'_>], settings: &Settings) -> Result<Vec<u8>, GeneratorError> {
    let mut newest: Vec<_> = thread.iter().collect();
    newest.sort_by_key(|rendered| std::cmp::Reverse((rendered.comment.created_at, &rendered.comment.id)));
    atom::article(path, title, newest.into_iter().take(atom::MAX_ENTRIES), settings)
}

/// Splits articles into batches of bounded size.
pub(crate) fn batches(articles: &[(ArticlePath, u64)]) -> Vec<Vec<ArticlePath>> {
    let mut batches: Vec<Vec<ArticlePath>> = Vec::new();
    let mut comments = 0;
    for (article, count) in articles {
        comments += count;
        match batches.last_mut() {
            Some(batch) if comments <= MAX_COMMENTS => batch.push(article.clone()),
            _ => {
                batches.push(vec![article.clone()]);
                comments = *count;
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use ardoise_model::Timestamp;

    use super::*;
    use crate::tree::{LockMode, MarkHeader, Tree};

    #[test]
    fn surplus_pages_are_removed_last_page_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let found = &mut |_| {};
        let tree =
            Tree::lock(&folder.path().join("published"), false, LockMode::Wait, MarkHeader::default(), || Ok(()), found).expect("locked");
        std::fs::create_dir(folder.path().join("published/a")).expect("make_thread");
        for page in 2..=4 {
            std::fs::write(folder.path().join(format!("published/a/index.{page}.json")), "{}").expect("written");
        }
        let origin = "https://blog.example.org".parse().expect("an origin");
        let (path, order) = ("/".to_owned(), ardoise_model::Order::default());
        let (tree_url, title, feeds, renderer) = ("/".into(), "T".into(), Feeds::None, ardoise_model::render);
        let settings =
            Settings { origin, path, tree_url, title, order, feeds, proof_bits: 0, avatars: false, renderer, clock: || Timestamp(0) };
        let thread = Thread { article: ArticlePath::from_stored("/a/".into()), title: String::new(), comments: vec![] };
        let changes = make(&tree.location(), &settings, thread).changes.expect("make_thread");
        let removed: Vec<_> = changes.iter().map(Change::file).collect();
        assert_eq!(removed, ["a/index.4.json", "a/index.3.json", "a/index.2.json"], "the first is not there");
    }
}
