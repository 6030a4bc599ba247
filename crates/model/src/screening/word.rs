//! Finds the owner's listed words in the text and in the author's name and site.

use crate::screening::words::{has_phrase, words};
use crate::screening::{ContentInput, Objection};
use crate::{Field, Refusal, Rule, Submission};

/// A list of words and phrases, normalised for comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phrases(Vec<(String, Vec<String>)>);

/// A phrase without letters or digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} has no word in it: name whole words, such as \"casino\" or \"cheap pills\"")]
pub struct EmptyPhrase(pub String);

impl Phrases {
    /// Parses the owner's list of phrases.
    pub fn read<'a>(written: impl IntoIterator<Item = &'a str>) -> Result<Self, EmptyPhrase> {
        let phrase = |written: &str| match words(written) {
            empty if empty.is_empty() => Err(EmptyPhrase(written.to_owned())),
            words => Ok((written.to_owned(), words)),
        };
        written.into_iter().map(phrase).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the first phrase that is in this list and in another one.
    pub fn shared(&self, other: &Self) -> Option<&str> {
        self.0.iter().find(|(_, words)| other.0.iter().any(|(_, others)| others == words)).map(|(written, _)| written.as_str())
    }

    /// Returns the first phrase found in a field, with the field.
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

pub(super) fn check(input: &ContentInput<'_>) -> Option<Objection> {
    let has = |phrases: &Phrases| phrases.find(input.submission).is_some();
    match () {
        () if has(&input.policy.words_spam) => Some(Objection::Spam),
        () if has(&input.policy.words_hold) => Some(Objection::Hold),
        () => None,
    }
}

/// Returns the refusal of a comment with a refused phrase. The author is told, and can reword the comment.
pub(crate) fn refused_phrase(submission: &Submission, phrases: &Phrases) -> Option<Refusal> {
    phrases.find(submission).map(|(field, word)| Refusal { field, rule: Rule::Unwelcome(word.to_owned()) })
}
