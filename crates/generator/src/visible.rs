//! What readers find in the articles' files, so that no list names more than that.

use std::collections::{HashMap, HashSet};

use ardoise_model::{ArticlePath, CommentId};
use ardoise_store::Lists;
use serde::Deserialize;

use crate::published::article;
use crate::tree::TreeLocation;

/// The ids of an article's comments.
pub(crate) type CommentIds = HashSet<CommentId>;

#[derive(Deserialize)]
struct Page {
    comments: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
}

/// Returns the comments in an article's files. A file that cannot be read counts as empty.
pub(crate) fn on_disk(location: &TreeLocation, path: &ArticlePath) -> CommentIds {
    let page = |number| serde_json::from_slice::<Page>(&location.read(&article::file(path, number))?).ok();
    let entries = (1..).map_while(page).flat_map(|page| page.comments);
    entries.filter_map(|entry| entry.id.parse().ok()).collect()
}

/// The comments that readers find in some articles. The files of all other articles are at least as new as the lists.
#[derive(Default)]
pub(crate) struct VisibleComments(HashMap<ArticlePath, CommentIds>);

impl VisibleComments {
    /// Reads the comments in the files of the given articles.
    pub(crate) fn on_disk<'a>(location: &TreeLocation, articles: impl Iterator<Item = &'a ArticlePath>) -> Self {
        Self(articles.map(|path| (path.clone(), on_disk(location, path))).collect())
    }

    /// Removes comments that the article's files will not hold any longer, so that no list names them. Returns whether there were any.
    pub(crate) fn retain(&mut self, article: &ArticlePath, comments: &CommentIds) -> bool {
        let Some(shown) = self.0.get_mut(article) else { return false };
        let before = shown.len();
        shown.retain(|id| comments.contains(id));
        shown.len() < before
    }

    /// Records that the article's files now hold `comments`.
    pub(crate) fn set(&mut self, article: &ArticlePath, comments: CommentIds) {
        if let Some(shown) = self.0.get_mut(article) {
            *shown = comments;
        }
    }

    /// Returns the lists without what readers would not find, and the revision that they include.
    pub(crate) fn limit(&self, lists: &Lists) -> (Lists, u64) {
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
