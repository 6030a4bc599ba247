//! What was promised to readers and moderators, written down as it happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::torture::random::Random;
use crate::torture::weather::GRACE;

/// The command of a decision, and the status that it gives.
pub(crate) const DECISIONS: [(&str, &str); 4] = [("approve", "approved"), ("reject", "rejected"), ("spam", "spam"), ("delete", "deleted")];
/// More approved comments than this make an article's files slow to write, and the faults rare.
const MOST_APPROVED: usize = 15;

#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) article: String,
    /// A word in its text that no other has.
    pub(crate) token: String,
    /// Its status; more than one when a command was killed or failed.
    pub(crate) possible: BTreeSet<&'static str>,
    /// Somebody once began to approve it. Before that it must not be seen at all.
    approve_begun: bool,
    /// When the last command about it ended.
    since: Instant,
    /// A command about it runs.
    busy: bool,
    /// Not for the moderators: the outcome of a command is unknown, or it is a canary.
    frozen: bool,
}

impl Entry {
    fn is_certainly(&self, approved: bool) -> bool {
        !self.busy && self.possible.iter().all(|status| (*status == "approved") == approved)
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
    pub(crate) fn sent(&self, token: &str) {
        self.lock().sent.insert(token.to_owned());
    }

    /// 202 was read: from here on it must not be lost. False: somebody else has this id already.
    pub(crate) fn acknowledged(&self, id: &str, token: &str, article: &str, canary: bool) -> bool {
        let entry = Entry {
            article: article.to_owned(),
            token: token.to_owned(),
            possible: BTreeSet::from(["pending"]),
            approve_begun: false,
            since: Instant::now(),
            busy: false,
            frozen: canary,
        };
        self.lock().entries.insert(id.to_owned(), entry).is_none()
    }

    /// Something to decide: a verb, and comments for it. Marked as begun, so that no other moderator takes them.
    pub(crate) fn begin_some(&self, random: &mut Random, article: &str) -> Option<(&'static str, Vec<String>)> {
        let mut inner = self.lock();
        let free = |status: &str| {
            let fits = |entry: &Entry| !entry.busy && !entry.frozen && entry.article == article && entry.possible.contains(status);
            inner.entries.iter().filter(|(_, entry)| fits(entry)).map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        let approved = free("approved");
        let take_down = approved.len() > MOST_APPROVED || random.percent(25);
        let from = match () {
            () if take_down => approved,
            () if random.percent(10) => free("deleted"),
            () => free("pending"),
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

    /// The command has ended. One that was killed or failed may have had its effect or not; nobody decides on these again, for
    /// a database server may still be at it.
    pub(crate) fn end(&self, ids: &[String], verb: &str, succeeded: bool) {
        let after = DECISIONS.iter().find(|(of, _)| *of == verb).map_or("pending", |(_, status)| *status);
        let mut inner = self.lock();
        for id in ids {
            let Some(entry) = inner.entries.get_mut(id) else { continue };
            if succeeded {
                entry.possible.clear();
            } else {
                entry.frozen = true;
            }
            entry.possible.insert(after);
            entry.busy = false;
            entry.since = Instant::now();
        }
    }

    /// An id that a published file holds. What is wrong with that, if anything is.
    pub(crate) fn judge(&self, id: &str, article: &str, html: &str, read_at: Instant, settled: bool) -> Option<String> {
        let inner = self.lock();
        let Some(entry) = inner.entries.get(id) else {
            return Some(format!("{id} is published, and nobody was given that id, nor approved it"));
        };
        if !entry.approve_begun {
            return Some(format!("{id} is published, and nobody has approved it"));
        }
        if entry.article != article {
            return Some(format!("{id} belongs to {}, and is published under {article}", entry.article));
        }
        if !html.contains(&entry.token) {
            return Some(format!("{id} is published with another's text"));
        }
        let down = entry.is_certainly(false) && settled && entry.since + GRACE < read_at;
        down.then(|| format!("{id} of {article} is still published {} s after it was taken down", entry.since.elapsed().as_secs()))
    }

    /// Comments of an article that must have been published at `read_at`.
    pub(crate) fn due(&self, article: &str, read_at: Instant) -> Vec<String> {
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
            entry.busy = true;
            entry.approve_begun |= verb == "approve";
        }
    }
}
