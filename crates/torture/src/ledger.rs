//! The ledger: every submission that was acknowledged and every decision, recorded when it happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::health::GRACE;
use crate::random::Random;

/// The command of each decision, and the status that it results in.
pub(crate) const DECISIONS: [(&str, &str); 4] = [("approve", "approved"), ("reject", "rejected"), ("spam", "spam"), ("delete", "deleted")];
/// With more approved comments per article, files become slow to write and faults rare.
const MAX_APPROVED: usize = 15;

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) article: String,
    /// A word that occurs in no other comment's text.
    pub(crate) token: String,
    /// The possible statuses. There is more than one after a command was killed or failed.
    pub(crate) possible: BTreeSet<&'static str>,
    /// Whether an approval was ever started. Before that, the comment must not be published.
    was_approve_begun: bool,
    /// When the last command about this comment ended.
    since: Instant,
    /// Whether a command about this comment is running.
    is_busy: bool,
    /// Moderators leave this comment alone: the result of a command is unknown, or the comment belongs to a check of recovery (`canary.rs`).
    is_frozen: bool,
}

impl Entry {
    /// Whether the comment is approved (or is not) whatever commands have done, and none is running.
    fn is_certainly(&self, approved: bool) -> bool {
        !self.is_busy && self.possible.iter().all(|status| (*status == "approved") == approved)
    }
}

#[derive(Default)]
pub(crate) struct Ledger(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    sent: BTreeSet<String>,
    entries: BTreeMap<String, Entry>,
}

impl Ledger {
    pub(crate) fn record_sent(&self, token: &str) {
        self.lock().sent.insert(token.to_owned());
    }

    /// Records a 202 response: from here on the comment must not be lost. Returns false if the id was given to another submission before.
    pub(crate) fn record_acknowledged(&self, id: &str, token: &str, article: &str, is_canary: bool) -> bool {
        let entry = Entry {
            article: article.to_owned(),
            token: token.to_owned(),
            possible: BTreeSet::from(["pending"]),
            was_approve_begun: false,
            since: Instant::now(),
            is_busy: false,
            is_frozen: is_canary,
        };
        self.lock().entries.insert(id.to_owned(), entry).is_none()
    }

    /// Picks a decision and comments for it, and marks them as busy, so that no other moderator picks them.
    pub(crate) fn begin_random(&self, random: &mut Random, article: &str) -> Option<(&'static str, Vec<String>)> {
        let mut inner = self.lock();
        let free = |status: &str| {
            let fits = |entry: &Entry| !entry.is_busy && !entry.is_frozen && entry.article == article && entry.possible.contains(status);
            inner.entries.iter().filter(|(_, entry)| fits(entry)).map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        let approved = free("approved");
        let take_down = approved.len() > MAX_APPROVED || random.percent(25);
        let from = if take_down {
            approved
        } else if random.percent(10) {
            free("deleted")
        } else {
            free("pending")
        };
        let verb = match random.between(0, 100) {
            n if take_down => ["reject", "spam", "delete"][usize::try_from(n % 3).unwrap_or_default()],
            0..80 => "approve",
            80..90 => "reject",
            _ => "spam",
        };
        let many = random.between(1, 6);
        let mut ids = BTreeSet::new();
        for _ in 0..many {
            ids.extend(random.pick(&from).cloned());
        }
        let ids: Vec<_> = ids.into_iter().collect();
        begin(&mut inner, &ids, verb);
        (!ids.is_empty()).then_some((verb, ids))
    }

    pub(crate) fn begin(&self, ids: &[String], verb: &str) {
        begin(&mut self.lock(), ids, verb);
    }

    /// Records the end of a command. A command that was killed or failed may have taken effect or not, and a database server may still be
    /// executing it, so these comments are not decided on again.
    pub(crate) fn end(&self, ids: &[String], verb: &str, succeeded: bool) {
        let after = DECISIONS.iter().find(|(of, _)| *of == verb).map_or("pending", |(_, status)| *status);
        let mut inner = self.lock();
        for id in ids {
            let Some(entry) = inner.entries.get_mut(id) else { continue };
            if succeeded {
                entry.possible.clear();
            } else {
                entry.is_frozen = true;
            }
            entry.possible.insert(after);
            entry.is_busy = false;
            entry.since = Instant::now();
        }
    }

    /// Checks a comment that was found in a published file. Returns a description of the fault, if there is one.
    pub(crate) fn check_published(&self, id: &str, article: &str, html: &str, read_at: Instant, settled: bool) -> Option<String> {
        let inner = self.lock();
        let Some(entry) = inner.entries.get(id) else {
            return Some(format!("{id} is published, but no submission was acknowledged with that id"));
        };
        if !entry.was_approve_begun {
            return Some(format!("{id} is published, but was not approved"));
        }
        if entry.article != article {
            return Some(format!("{id} belongs to {}, but is published under {article}", entry.article));
        }
        if !html.contains(&entry.token) {
            return Some(format!("{id} is published with the text of another comment"));
        }
        let down = entry.is_certainly(false) && settled && entry.since + GRACE < read_at;
        down.then(|| format!("{id} of {article} is still published {} s after it was taken down", entry.since.elapsed().as_secs()))
    }

    /// Returns the comments of an article that must have been published at `read_at`.
    pub(crate) fn overdue(&self, article: &str, read_at: Instant) -> Vec<String> {
        let due = |entry: &Entry| entry.article == article && entry.is_certainly(true) && entry.since + GRACE < read_at;
        self.lock().entries.iter().filter(|(_, entry)| due(entry)).map(|(id, _)| id.clone()).collect()
    }

    pub(crate) fn entries(&self) -> BTreeMap<String, Entry> {
        self.lock().entries.clone()
    }

    pub(crate) fn was_sent(&self, token: &str) -> bool {
        self.lock().sent.contains(token)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn begin(inner: &mut Inner, ids: &[String], verb: &str) {
    for id in ids {
        if let Some(entry) = inner.entries.get_mut(id) {
            entry.is_busy = true;
            entry.was_approve_begun |= verb == "approve";
        }
    }
}
