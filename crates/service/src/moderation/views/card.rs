//! A comment as the moderators' pages show it.

use ardoise_model::{Comment, Decision, Status, Timestamp};

use crate::moderation::dates;
use crate::moderation::state::ModerationState;
use crate::moderation::words::Words;

/// The maximum length of another comment's excerpt, in characters.
const MAX_EXCERPT: usize = 90;

pub(crate) struct Card {
    pub(crate) id: String,
    /// The version of the comment that the card shows.
    pub(crate) version: String,
    pub(crate) author: String,
    pub(crate) site: Option<String>,
    pub(crate) by_owner: bool,
    pub(crate) status: Status,
    pub(crate) status_word: &'static str,
    /// Whether the card shows the status. In the list of one status it would be redundant.
    pub(crate) shows_status: bool,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) date: String,
    pub(crate) exact_date: String,
    pub(crate) relative_date: String,
    pub(crate) parent: Option<Mention>,
    pub(crate) layer: Option<String>,
    /// The text as it will be published.
    pub(crate) html: String,
    /// Whether the text was erased.
    pub(crate) is_empty: bool,
    pub(crate) choices: Vec<Choice>,
}

/// Another comment, in one line.
pub(crate) struct Mention {
    pub(crate) id: String,
    pub(crate) author: String,
    pub(crate) excerpt: String,
    pub(crate) status: Status,
    pub(crate) status_word: &'static str,
}

/// A decision's button.
pub(crate) struct Choice {
    pub(crate) word: &'static str,
    pub(crate) label: &'static str,
}

impl Card {
    pub(crate) fn new(
        state: &ModerationState,
        words: &Words,
        comment: Comment,
        title: &str,
        parent: Option<&Comment>,
        now: Timestamp,
    ) -> Self {
        let layer = comment.layer.as_deref();
        Self {
            url: state.article_url(&comment.article),
            title: if title.is_empty() { comment.article.as_str() } else { title }.to_owned(),
            author: author(words, &comment),
            date: comment.created_at.to_string(),
            exact_date: dates::exact(comment.created_at),
            relative_date: dates::relative(words, comment.created_at, now),
            parent: parent.map(|parent| Mention::new(words, parent)),
            layer: layer.map(|layer| (words.layer)(layer).map_or_else(|| (words.held_by)(layer), str::to_owned)),
            html: ardoise_model::to_html(&comment.text),
            is_empty: comment.text.is_empty(),
            choices: if comment.text.is_empty() { Vec::new() } else { other_decisions(words, comment.status) },
            status_word: (words.status)(comment.status),
            shows_status: true,
            status: comment.status,
            version: comment.version(),
            id: comment.id.to_string(),
            site: comment.site,
            by_owner: comment.by_owner,
        }
    }
}

impl Mention {
    pub(crate) fn new(words: &Words, comment: &Comment) -> Self {
        Self {
            id: comment.id.to_string(),
            author: author(words, comment),
            excerpt: excerpt(&comment.text),
            status: comment.status,
            status_word: (words.status)(comment.status),
        }
    }
}

impl Choice {
    pub(crate) fn new(words: &Words, decision: Decision) -> Self {
        Self { word: decision.as_str(), label: (words.decide)(decision) }
    }
}

/// Returns the decisions that would change a comment's status.
fn other_decisions(words: &Words, status: Status) -> Vec<Choice> {
    let decisions = [Decision::Approve, Decision::Reject, Decision::Spam, Decision::Delete];
    let others = decisions.into_iter().filter(|decision| decision.status() != status);
    others.map(|decision| Choice::new(words, decision)).collect()
}

fn author(words: &Words, comment: &Comment) -> String {
    if comment.author.is_empty() { words.no_author.to_owned() } else { comment.author.clone() }
}

/// Returns the beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_EXCERPT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
