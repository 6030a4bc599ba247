use crate::{Names, Phrases, Thresholds, Timestamp};

/// For as long at least work is remembered that was shown. It is a round number: the store forgets a challenge long before.
const WORK_LASTS: i64 = 7 * Timestamp::DAY;

/// What the owner has set. Each check can be switched off: by 0, by an empty list, by none.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Only articles of the catalogue take comments.
    pub known_articles_only: bool,
    /// What waits for a moderator though no check is suspicious of it.
    pub hold: Hold,
    /// Whether the field that people do not see is looked at.
    pub honeypot: bool,
    /// Written in fewer seconds, a comment is held.
    pub least_seconds: u32,
    /// For so many days the same words are held.
    pub duplicate_days: u32,
    /// With so many addresses a comment is held.
    pub links_hold: u32,
    /// With so many addresses it is spam.
    pub links_spam: u32,
    /// With one of these words it is held.
    pub words_hold: Phrases,
    /// With one of these words it is refused, and its author told.
    pub words_refuse: Phrases,
    /// With one of these words it is spam.
    pub words_spam: Phrases,
    /// Signed with one of these names, or with one that looks like it, it is held.
    pub names: Names,
    /// At so many days' age of their article comments are held.
    pub article_age_hold: u32,
    /// At so many days' age an article takes none.
    pub close_after: u32,
    /// Zero bits that the work of the author's browser has to begin with.
    pub proof_bits: u8,
    /// From where on the classifier is heard.
    pub bayes: Option<Thresholds>,
}

/// What waits for a moderator though no check is suspicious of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Everything.
    Everything,
    /// Comments of browsers of which fewer were approved.
    NewAuthors {
        /// From so many approved comments on its author is let through.
        trusted_after: u32,
    },
    /// Nothing.
    Suspicious,
}

/// What the rules want to know of the store; asking costs time within a transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Questions {
    /// How many comments of the author's browser are approved.
    pub approved: bool,
    /// Whether the same words came since then.
    pub same_since: Option<Timestamp>,
    /// Whether the sender is banned.
    pub bans: bool,
    /// Whether the work was shown already, if it has so many bits; and until when to remember it.
    pub proof: Option<(u8, Timestamp)>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            known_articles_only: false,
            hold: Hold::Everything,
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
    /// What has to be asked before these rules can say something.
    pub fn questions(&self, now: Timestamp) -> Questions {
        Questions {
            approved: matches!(self.hold, Hold::NewAuthors { .. }),
            same_since: (self.duplicate_days > 0).then(|| Timestamp(now.0 - i64::from(self.duplicate_days) * Timestamp::DAY)),
            bans: true,
            proof: (self.proof_bits > 0).then(|| (self.proof_bits, Timestamp(now.0 + WORK_LASTS))),
        }
    }

    /// The same rules for a change of a comment that was taken in: nobody works or waits for that.
    #[must_use]
    pub fn for_changes(&self) -> Self {
        Self { least_seconds: 0, proof_bits: 0, ..self.clone() }
    }
}
