//! `[rules]`: which comments are held, and the settings of the spam checks.

use ardoise_model::{HoldPolicy, Names, Phrases, Policy, Thresholds, Timestamp};
use ardoise_service::{KeyLifetimes, Rate};
use serde::{Deserialize, Deserializer};

use super::number::{self, within};

/// `[rules]`. Each check can be switched off by 0, an empty list or `false`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    #[serde(deserialize_with = "hold_mode")]
    hold: HoldMode,
    #[serde(deserialize_with = "number::number::<_, _, 0, 1_000>")]
    trusted_after: u32,
    honeypot: bool,
    names: bool,
    #[serde(deserialize_with = "number::number::<_, _, 0, 3_600>")]
    least_seconds: u32,
    #[serde(deserialize_with = "number::number::<_, _, 0, 3_650>")]
    duplicate_days: u32,
    #[serde(deserialize_with = "number::number::<_, _, 0, 1_000>")]
    links_hold: u32,
    #[serde(deserialize_with = "number::number::<_, _, 0, 1_000>")]
    links_spam: u32,
    #[serde(deserialize_with = "phrases")]
    words_hold: Phrases,
    #[serde(deserialize_with = "phrases")]
    words_refuse: Phrases,
    #[serde(deserialize_with = "phrases")]
    words_spam: Phrases,
    #[serde(deserialize_with = "number::number::<_, _, 0, 36_500>")]
    article_age_hold: u32,
    #[serde(deserialize_with = "number::number::<_, _, 0, 36_500>")]
    pub(crate) close_after: u32,
    #[serde(deserialize_with = "bits")]
    proof_bits: u8,
    #[serde(deserialize_with = "number::number::<_, _, 1, 1_440>")]
    proof_minutes: u32,
    #[serde(deserialize_with = "number::number::<_, _, 0, 100_000>")]
    rate: u32,
    #[serde(deserialize_with = "number::number::<_, _, 0, 86_400>")]
    rate_seconds: u32,
    bayes: bool,
    #[serde(deserialize_with = "score")]
    bayes_hold_at: f64,
    #[serde(deserialize_with = "score")]
    bayes_spam_at: f64,
}

/// Which comments wait for a moderator although no check holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HoldMode {
    Everything,
    NewAuthors,
    Suspicious,
}

impl Default for Settings {
    fn default() -> Self {
        let policy = Policy::default();
        let rate = Rate::default();
        let Thresholds { hold_at, spam_at } = Thresholds::default();
        Self {
            hold: HoldMode::Everything,
            trusted_after: 2,
            honeypot: policy.honeypot,
            names: true,
            least_seconds: policy.least_seconds,
            duplicate_days: policy.duplicate_days,
            links_hold: policy.links_hold,
            links_spam: policy.links_spam,
            words_hold: Phrases::default(),
            words_refuse: Phrases::default(),
            words_spam: Phrases::default(),
            article_age_hold: policy.article_age_hold,
            close_after: policy.close_after,
            proof_bits: policy.proof_bits,
            proof_minutes: 60,
            rate: rate.burst,
            rate_seconds: rate.seconds,
            bayes: true,
            bayes_hold_at: hold_at,
            bayes_spam_at: spam_at,
        }
    }
}

impl Settings {
    /// Returns the rules. `names` are those of the owner and the moderators.
    pub(crate) fn policy(&self, known_articles_only: bool, names: Names) -> Policy {
        Policy {
            known_articles_only,
            hold: match self.hold {
                HoldMode::Everything => HoldPolicy::Everything,
                HoldMode::NewAuthors => HoldPolicy::NewAuthors { trusted_after: self.trusted_after },
                HoldMode::Suspicious => HoldPolicy::Suspicious,
            },
            honeypot: self.honeypot,
            least_seconds: self.least_seconds,
            duplicate_days: self.duplicate_days,
            links_hold: self.links_hold,
            links_spam: self.links_spam,
            words_hold: self.words_hold.clone(),
            words_refuse: self.words_refuse.clone(),
            words_spam: self.words_spam.clone(),
            names: if self.names { names } else { Names::default() },
            article_age_hold: self.article_age_hold,
            close_after: self.close_after,
            proof_bits: self.proof_bits,
            bayes: self.bayes.then_some(Thresholds { hold_at: self.bayes_hold_at, spam_at: self.bayes_spam_at }),
        }
    }

    /// Returns the lifetimes of challenges and of the key that networks are hashed with.
    pub(crate) fn lifetimes(&self, network_hours: u32) -> KeyLifetimes {
        let challenge = i64::from(self.proof_minutes.max(1)) * Timestamp::MINUTE;
        KeyLifetimes { challenge, network: i64::from(network_hours.max(1)) * Timestamp::HOUR }
    }

    /// Returns the rate limit per network.
    pub(crate) fn rate(&self) -> Rate {
        Rate { burst: self.rate, seconds: self.rate_seconds }
    }

    /// Returns the number of zero bits that a proof of work begins with; 0: none is required.
    pub(crate) fn proof_bits(&self) -> u8 {
        self.proof_bits
    }

    /// Returns the names of the rules on the age of articles. `None`: both are off.
    pub(crate) fn age_rules(&self) -> Option<&'static str> {
        match (self.article_age_hold, self.close_after) {
            (0, 0) => None,
            (_, 0) => Some("article_age_hold"),
            (0, _) => Some("close_after"),
            _ => Some("article_age_hold and close_after"),
        }
    }

    /// Returns a summary of the rules; or which two contradict each other, and how to mend it.
    pub(crate) fn summary(&self) -> Result<String, String> {
        let lists = [("words_hold", &self.words_hold), ("words_refuse", &self.words_refuse), ("words_spam", &self.words_spam)];
        for (n, (name, list)) in lists.iter().enumerate() {
            for (other, others) in &lists[n + 1..] {
                if let Some(word) = list.shared(others) {
                    return Err(format!("{word:?} stands in both {name} and {other}; leave it in one of them ([rules])"));
                }
            }
        }
        if self.links_spam > 0 && self.links_hold >= self.links_spam {
            let (hold, spam) = (self.links_hold, self.links_spam);
            return Err(format!("links_hold = {hold} never says anything, for links_spam = {spam} does before it; make it smaller, or 0"));
        }
        if self.close_after > 0 && self.article_age_hold >= self.close_after {
            let (hold, close) = (self.article_age_hold, self.close_after);
            return Err(format!(
                "article_age_hold = {hold} never says anything, for close_after = {close} closes articles before it; make it smaller, or 0"
            ));
        }
        if self.bayes && self.bayes_hold_at > self.bayes_spam_at {
            let (hold, spam) = (self.bayes_hold_at, self.bayes_spam_at);
            return Err(format!("bayes_hold_at = {hold} is above bayes_spam_at = {spam}: nothing would be held; make it smaller"));
        }
        if self.hold == HoldMode::NewAuthors && self.trusted_after == 0 {
            return Err(
                "trusted_after = 0 trusts everybody, though hold = \"new-authors\"; write 1 or more, or hold = \"suspicious\"".to_owned()
            );
        }
        if self.hold == HoldMode::Suspicious && self.proof_bits == 0 && !self.bayes && self.links_hold == 0 {
            return Err("hold = \"suspicious\" with bayes, links_hold and proof_bits switched off publishes whatever comes; switch one on"
                .to_owned());
        }
        let word = match self.hold {
            HoldMode::Everything => "every comment waits for a moderator".to_owned(),
            HoldMode::NewAuthors => format!("comments wait until {} of their author's are approved", self.trusted_after),
            HoldMode::Suspicious => "comments are published at once unless a check is suspicious of them".to_owned(),
        };
        Ok(match self.close_after {
            0 => word,
            1 => format!("{word}; articles take none from a day's age on"),
            days => format!("{word}; articles take none from {days} days' age on"),
        })
    }
}

fn hold_mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HoldMode, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "everything" => Ok(HoldMode::Everything),
        "new-authors" => Ok(HoldMode::NewAuthors),
        "suspicious" => Ok(HoldMode::Suspicious),
        other => Err(serde::de::Error::custom(format!("{other:?} is none of \"everything\", \"new-authors\" and \"suspicious\""))),
    }
}

fn phrases<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Phrases, D::Error> {
    let written = Vec::<String>::deserialize(deserializer)?;
    Phrases::read(written.iter().map(String::as_str)).map_err(serde::de::Error::custom)
}

/// With more than 24 bits a phone takes minutes.
fn bits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    within(deserializer, 0..=24, |written| format!("{written} is none of 0 to 24: each bit more doubles the work"))
}

fn score<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    match f64::deserialize(deserializer)? {
        score if (0.0..=1.0).contains(&score) => Ok(score),
        other => Err(serde::de::Error::custom(format!("{other} is no score from 0.0 to 1.0"))),
    }
}
