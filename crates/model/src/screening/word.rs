//! It has a word in it that the owner does not want, in its text, or in its author's name or site.

use crate::screening::words::{has_phrase, words};
use crate::screening::{Content, Suspicion};
use crate::{Field, Refusal, Rule, Submission};

/// Words, or several words one behind the other; as they are compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrases(Vec<(String, Vec<String>)>);

/// A phrase without any letter or digit in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} has no word in it: name whole words, such as \"casino\" or \"cheap pills\"")]
pub struct EmptyPhrase(pub String);

impl Phrases {
    /// Reads what the owner has written down.
    pub fn read<'a>(written: impl IntoIterator<Item = &'a str>) -> Result<Self, EmptyPhrase> {
        let phrase = |written: &str| match words(written) {
            empty if empty.is_empty() => Err(EmptyPhrase(written.to_owned())),
            words => Ok((written.to_owned(), words)),
        };
        written.into_iter().map(phrase).collect::<Result<_, _>>().map(Self)
    }

    /// The first that is the same for this list and another one.
    pub fn shared(&self, other: &Self) -> Option<&str> {
        self.0.iter().find(|(_, words)| other.0.iter().any(|(_, others)| others == words)).map(|(written, _)| written.as_str())
    }

    /// The field that has one of them in it, and which.
    fn find(&self, submission: &Submission) -> Option<(Field, &str)> {
        if self.0.is_empty() {
            return None;
        }
        let fields =
            [(Field::Text, submission.text()), (Field::Author, submission.author()), (Field::Site, submission.site().unwrap_or_default())];
        fields.into_iter().find_map(|(field, text)| {
            let words = words(text);
            self.0.iter().find(|(_, phrase)| has_phrase(&words, phrase)).map(|(written, _)| (field, written.as_str()))
        })
    }
}

pub(super) fn check(content: &Content<'_>) -> Option<Suspicion> {
    let has = |phrases: &Phrases| phrases.find(content.submission).is_some();
    match () {
        () if has(&content.policy.words_spam) => Some(Suspicion::Spam),
        () if has(&content.policy.words_hold) => Some(Suspicion::Hold),
        () => None,
    }
}

/// What a comment is refused for; its author is told, and can say it otherwise.
pub(crate) fn unwelcome(submission: &Submission, phrases: &Phrases) -> Option<Refusal> {
    phrases.find(submission).map(|(field, word)| Refusal { field, rule: Rule::Unwelcome(word.to_owned()) })
}
