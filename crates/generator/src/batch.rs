//! Articles whose files are made together, on all cores: read, rendered, compressed, compared, and written beside their places.

use ardoise_model::ArticlePath;
use ardoise_store::{Store, Thread};
use rayon::prelude::*;

use crate::GeneratorError;
use crate::published::article;
use crate::tree::{Change, Place};

/// As many articles, or comments, are held in memory at a time; one article is never split.
pub(crate) const MOST_ARTICLES: u32 = 1024;
const MOST_COMMENTS: u64 = 16_384;

/// What must change, article by article.
pub(crate) struct Batch {
    pub(crate) articles: Vec<(ArticlePath, Result<Vec<Change>, GeneratorError>)>,
}

impl Batch {
    /// Makes the next articles behind `after`. None: there are no more.
    pub(crate) fn make_next(store: &Store, place: &Place, after: Option<&ArticlePath>) -> Result<Option<Self>, GeneratorError> {
        let articles = store.published(after, MOST_ARTICLES)?;
        batches(&articles).first().map(|batch| Self::make(store, place, batch)).transpose()
    }

    /// Makes these articles.
    pub(crate) fn make(store: &Store, place: &Place, paths: &[ArticlePath]) -> Result<Self, GeneratorError> {
        let threads = store.threads(paths)?;
        let made = |thread: Thread| {
            let changes = changes(place, &thread);
            (thread.article, changes)
        };
        // One is done sooner than another thread is woken.
        let articles =
            if threads.len() == 1 { threads.into_iter().map(made).collect() } else { threads.into_par_iter().map(made).collect() };
        Ok(Self { articles })
    }
}

fn changes(place: &Place, thread: &Thread) -> Result<Vec<Change>, GeneratorError> {
    let file = thread.article.file();
    if thread.comments.is_empty() {
        return Ok(place.remove(&file));
    }
    place.put(&file, &article::render(&thread.article, &thread.comments)?)
}

/// Parts that hold so many comments at most, so that memory is bounded whatever the size of the site.
pub(crate) fn batches(articles: &[(ArticlePath, u64)]) -> Vec<Vec<ArticlePath>> {
    let mut batches: Vec<Vec<ArticlePath>> = Vec::new();
    let mut comments = 0;
    for (article, count) in articles {
        comments += count;
        match batches.last_mut() {
            Some(batch) if comments <= MOST_COMMENTS => batch.push(article.clone()),
            _ => {
                batches.push(vec![article.clone()]);
                comments = *count;
            }
        }
    }
    batches
}
