use crate::{Names, Phrases, Thresholds, Timestamp};

/// How long a used proof of work is remembered at least. The exact value does not matter: the store drops a challenge long before.
const PROOF_RETENTION: i64 = 7 * Timestamp::DAY;

/// The owner's rules for submissions. Each check can be disabled with 0, an empty list, or `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Whether only articles of the catalogue take comments.
    pub known_articles_only: bool,
    /// Which comments wait for a moderator even if no check objects.
    pub hold: HoldPolicy,
    /// Whether the honeypot field is checked.
    pub honeypot: bool,
    /// The minimum time to write a comment, in seconds. A faster one is held.
    pub least_seconds: u32,
    /// The number of days during which a comment with the same words is held.
    pub duplicate_days: u32,
    /// The number of links from which a comment is held.
    pub links_hold: u32,
    /// The number of links from which a comment is spam.
    pub links_spam: u32,
    /// Words that hold a comment.
    pub words_hold: Phrases,
    /// Words that refuse a comment. The author is told.
    pub words_refuse: Phrases,
    /// Words that make a comment spam.
    pub words_spam: Phrases,
    /// Reserved names. A comment signed with one of them, or with a name that looks like it, is held.
    pub names: Names,
    /// The age of an article, in days, from which its comments are held.
    pub article_age_hold: u32,
    /// The age of an article, in days, from which it takes no comments.
    pub close_after: u32,
    /// The number of leading zero bits required of the proof of work.
    pub proof_bits: u8,
    /// The thresholds of the classifier.
    pub bayes: Option<Thresholds>,
}

/// Which comments wait for a moderator even if no check objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldPolicy {
    /// All comments.
    Everything,
    /// Comments of browsers with fewer than `trusted_after` approved comments.
    NewAuthors {
        /// The number of approved comments from which the author is trusted.
        trusted_after: u32,
    },
    /// No comments.
    Suspicious,
}

/// What the rules need to know from the store. Each query costs time within a transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FactsQuery {
    /// Whether to count the approved comments of the author's browser.
    pub approved: bool,
    /// Whether to look for a comment with the same words, and since when.
    pub same_since: Option<Timestamp>,
    /// Whether to look for a ban of the sender.
    pub bans: bool,
    /// Whether to look for an earlier use of a proof of work with this many bits, and until when to remember it.
    pub proof: Option<(u8, Timestamp)>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            known_articles_only: false,
            hold: HoldPolicy::Everything,
            honeypot: true,
            least_seconds: 3,
            duplicate_days: 7,
            links_hold: 2,
            links_spam: 0,
            words_hold: Phrases::default(),
            words_refuse: Phrases::default(),
            words_spam: Phrases::default(),
            names: Names::default(),
            article_age_hold: 0,
            close_after: 0,
            proof_bits: 16,
            bayes: Some(Thresholds::default()),
        }
    }
}

impl Policy {
    /// Returns what to query before these rules can be applied.
    pub fn questions(&self, now: Timestamp) -> FactsQuery {
        FactsQuery {
            approved: matches!(self.hold, HoldPolicy::NewAuthors { .. }),
            same_since: (self.duplicate_days > 0).then(|| Timestamp(now.0 - i64::from(self.duplicate_days) * Timestamp::DAY)),
            bans: true,
            proof: (self.proof_bits > 0).then(|| (self.proof_bits, Timestamp(now.0 + PROOF_RETENTION))),
        }
    }

    /// Returns the rules for a change of an existing comment, which requires neither a proof of work nor a minimum time.
    #[must_use]
    pub fn for_changes(&self) -> Self {
        Self { least_seconds: 0, proof_bits: 0, ..self.clone() }
    }
}
