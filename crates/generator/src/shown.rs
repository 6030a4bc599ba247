//! What readers find, so that no list names more.

use std::collections::{HashMap, HashSet};

use ardoise_model::{ArticlePath, CommentId};
use ardoise_store::Lists;
use serde::Deserialize;

use crate::published::article;
use crate::tree::Place;

/// Comments of an article.
pub(crate) type Comments = HashSet<CommentId>;

#[derive(Deserialize)]
struct Page {
    comments: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
}

/// The comments in an article's files as they are now. A file that cannot be read shows none.
pub(crate) fn on_disk(place: &Place, path: &ArticlePath) -> Comments {
    let page = |number| serde_json::from_slice::<Page>(&place.read(&article::file(path, number))?).ok();
    let entries = (1..).map_while(page).flat_map(|page| page.comments);
    entries.filter_map(|entry| entry.id.parse().ok()).collect()
}

/// What readers find of some articles. The files of others are at least as new as the lists.
#[derive(Default)]
pub(crate) struct Shown(HashMap<ArticlePath, Comments>);

impl Shown {
    /// What the files of these articles hold now.
    pub(crate) fn on_disk<'a>(place: &Place, articles: impl Iterator<Item = &'a ArticlePath>) -> Self {
        Self(articles.map(|path| (path.clone(), on_disk(place, path))).collect())
    }

    /// The article's files will hold `comments`: from now on no list names others. Says whether some are taken away.
    pub(crate) fn take_away(&mut self, article: &ArticlePath, comments: &Comments) -> bool {
        let Some(shown) = self.0.get_mut(article) else { return false };
        let before = shown.len();
        shown.retain(|id| comments.contains(id));
        shown.len() < before
    }

    /// The article's files hold `comments`.
    pub(crate) fn set(&mut self, article: &ArticlePath, comments: Comments) {
        if let Some(shown) = self.0.get_mut(article) {
            *shown = comments;
        }
    }

    /// The lists without what readers would not find, and the revision that they include.
    pub(crate) fn bound(&self, lists: &Lists) -> (Lists, u64) {
        let (mut lists, mut claim) = (lists.clone(), u64::MAX);
        for change in &mut lists.latest.changes {
            let shown = self.0.get(&change.article).map_or(u64::MAX, |comments| comments.len() as u64);
            if shown < change.count {
                change.count = shown;
                claim = claim.min(change.revision.saturating_sub(1));
            }
        }
        lists.recent.retain(|recent| self.0.get(&recent.comment.article).is_none_or(|comments| comments.contains(&recent.comment.id)));
        (lists, claim)
    }
}
