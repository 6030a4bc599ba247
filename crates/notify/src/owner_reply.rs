use ardoise_model::{Actor, ArticlePath, CommentId, Draft, Field, Origin, Refusal, Rule, Status, Submission, Timestamp};
use ardoise_store::{Receipt, Store, StoreError};

/// Why what the owner wrote was not published.
#[derive(Debug, thiserror::Error)]
pub enum OwnerReplyError {
    /// The database, or no such comment.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Readers do not see the comment that is answered.
    #[error("comment {0} is {1}, and readers would not see what is answered; approve it first")]
    Hidden(CommentId, Status),
    /// It breaks a rule that holds for everybody.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
}

/// What the owner writes.
#[derive(Debug, Clone, Copy)]
pub struct OwnerReply<'a> {
    /// The beginning of a comment's id, or the path of an article.
    pub to: &'a str,
    /// The owner's name.
    pub author: &'a str,
    /// Markdown.
    pub text: &'a str,
    /// Only articles of the catalogue are answered.
    pub known_articles_only: bool,
    /// Who writes in the owner's name, for the log.
    pub by: &'a Actor,
}

/// Publishes an answer of the owner's, to a comment or to an article as a whole. It is shown as his.
pub fn publish_owner_reply(
    store: &Store,
    origin: &Origin,
    answer: OwnerReply<'_>,
    now: Timestamp,
) -> Result<(ArticlePath, Receipt), OwnerReplyError> {
    let (article, reply_to) = if answer.to.contains('/') {
        (answer.to.to_owned(), String::new())
    } else {
        let comment = store.detail(&store.resolve(answer.to)?)?.comment;
        if comment.status != Status::Approved {
            return Err(OwnerReplyError::Hidden(comment.id, comment.status));
        }
        (comment.article.to_url_path(), comment.id.to_string())
    };
    let draft = Draft { article, author: answer.author.to_owned(), text: answer.text.to_owned(), reply_to, ..Draft::default() };
    let submission = Submission::check(&draft, origin).map_err(OwnerReplyError::Refused)?;
    if answer.known_articles_only && store.facts(submission.article(), None)?.article.is_none() {
        return Err(OwnerReplyError::Refused(vec![Refusal { field: Field::Article, rule: Rule::UnknownArticle }]));
    }
    Ok((submission.article().clone(), store.submit_as_owner(submission, answer.by, now)?))
}
