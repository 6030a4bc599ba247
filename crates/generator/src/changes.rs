//! What the generator has changed, until the consumers have jobs for it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ardoise_model::ArticlePath;

/// Changes of the published tree for which no jobs are enqueued yet. The generator keeps them between runs: a run that fails before it has
/// enqueued them leaves them to the next one. Clones share one state.
///
/// One run at a time adds changes, and enqueues them: [`PendingChanges::clear`] forgets also what was added after
/// [`PendingChanges::subjects`].
#[derive(Debug, Clone, Default)]
pub(crate) struct PendingChanges(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    articles: BTreeSet<ArticlePath>,
    /// Whether any file was written or removed, perhaps one that belongs to no article.
    has_files: bool,
}

impl PendingChanges {
    /// Adds an article whose files may have changed.
    pub(crate) fn add_article(&self, article: ArticlePath) {
        self.state().articles.insert(article);
    }

    /// Adds a file that was written or removed.
    pub(crate) fn add_file(&self) {
        self.state().has_files = true;
    }

    /// Returns the subjects of the jobs to enqueue: the paths of the articles, or an empty one for a change of other files alone.
    pub(crate) fn subjects(&self) -> Vec<String> {
        let state = self.state();
        if state.has_files && state.articles.is_empty() {
            return vec![String::new()];
        }
        state.articles.iter().map(|article| article.as_str().to_owned()).collect()
    }

    /// Forgets all changes: their jobs are enqueued.
    pub(crate) fn clear(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
