//! A comment as the queue shows it.

use ardoise_model::{Comment, Decision, Status, Timestamp};

use super::dates;
use super::state::ModerationState;
use super::words::Words;

/// As many characters of another comment tell which one it is.
const EXCERPT: usize = 90;

pub(crate) struct Card {
    pub(crate) id: String,
    /// Which of all that it has said is shown.
    pub(crate) version: String,
    pub(crate) author: String,
    pub(crate) site: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) by_owner: bool,
    pub(crate) status: Status,
    pub(crate) status_word: &'static str,
    /// The list does not say it.
    pub(crate) shows_status: bool,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) date: String,
    pub(crate) exact: String,
    pub(crate) ago: String,
    pub(crate) parent: Option<Mention>,
    pub(crate) layer: Option<String>,
    /// As it will be published.
    pub(crate) html: String,
    /// Its text is gone.
    pub(crate) is_empty: bool,
    pub(crate) choices: Vec<Choice>,
}

/// A comment that is only mentioned.
pub(crate) struct Mention {
    pub(crate) id: String,
    pub(crate) author: String,
    pub(crate) excerpt: String,
    pub(crate) status: Status,
    pub(crate) status_word: &'static str,
}

/// A decision that can be taken about it.
pub(crate) struct Choice {
    pub(crate) word: &'static str,
    pub(crate) label: &'static str,
}

impl Card {
    pub(crate) fn new(
        state: &ModerationState,
        words: &Words,
        (comment, title): (Comment, &str),
        parent: Option<&Comment>,
        now: Timestamp,
    ) -> Self {
        let layer = comment.layer.as_deref();
        Self {
            url: state.article_url(&comment.article),
            title: if title.is_empty() { comment.article.as_str() } else { title }.to_owned(),
            author: name(words, &comment),
            date: comment.created_at.to_string(),
            exact: dates::exact(comment.created_at),
            ago: dates::ago(words, comment.created_at, now),
            parent: parent.map(|parent| Mention::new(words, parent)),
            layer: layer.map(|layer| (words.layer)(layer).map_or_else(|| (words.held_by)(layer), str::to_owned)),
            html: ardoise_model::to_html(&comment.text),
            is_empty: comment.text.is_empty(),
            choices: if comment.text.is_empty() { Vec::new() } else { choices(words, comment.status) },
            status_word: (words.status)(comment.status),
            shows_status: true,
            status: comment.status,
            version: comment.version(),
            id: comment.id.to_string(),
            site: comment.site,
            email: comment.email,
            by_owner: comment.by_owner,
        }
    }
}

impl Mention {
    pub(crate) fn new(words: &Words, comment: &Comment) -> Self {
        Self {
            id: comment.id.to_string(),
            author: name(words, comment),
            excerpt: excerpt(&comment.text),
            status: comment.status,
            status_word: (words.status)(comment.status),
        }
    }
}

/// What can be decided about a comment, but for what it is already.
fn choices(words: &Words, status: Status) -> Vec<Choice> {
    let decisions = [Decision::Approve, Decision::Reject, Decision::Spam, Decision::Delete];
    let others = decisions.into_iter().filter(|decision| decision.status() != status);
    others.map(|decision| choice(words, decision)).collect()
}

pub(crate) fn choice(words: &Words, decision: Decision) -> Choice {
    Choice { word: decision.as_str(), label: (words.decide)(decision) }
}

fn name(words: &Words, comment: &Comment) -> String {
    if comment.author.is_empty() { words.nobody.to_owned() } else { comment.author.clone() }
}

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
