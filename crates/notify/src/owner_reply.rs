use ardoise_model::{Actor, ArticlePath, CommentId, Draft, Field, Origin, Refusal, Rule, Status, Submission, Timestamp};
use ardoise_store::{Receipt, Store, StoreError};

/// The reason why an owner's reply was not published.
#[derive(Debug, thiserror::Error)]
pub enum OwnerReplyError {
    /// The database failed, or there is no such comment.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The comment replied to is not published.
    #[error("comment {0} is {1}, and readers would not see what is answered; approve it first")]
    Hidden(CommentId, Status),
    /// The reply breaks a rule that applies to every comment.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Refusal>),
}

/// A reply, or a comment, by the owner.
#[derive(Debug, Clone, Copy)]
pub struct OwnerReply<'a> {
    /// The beginning of the id of the comment replied to, or the path of an article.
    pub to: &'a str,
    /// The owner's name, as readers see it.
    pub author: &'a str,
    /// The text, in Markdown.
    pub text: &'a str,
    /// Whether an article outside of the catalogue is refused.
    pub known_articles_only: bool,
    /// The person who writes in the owner's name, for the log.
    pub by: &'a Actor,
}

/// Publishes a reply of the owner to a comment, or a comment of the owner on an article. It is marked as the owner's.
pub fn publish_owner_reply(
    store: &Store,
    origin: &Origin,
    reply: OwnerReply<'_>,
    now: Timestamp,
) -> Result<(ArticlePath, Receipt), OwnerReplyError> {
    let (article, reply_to) = if reply.to.contains('/') {
        (reply.to.to_owned(), String::new())
    } else {
        let comment = store.detail(&store.resolve(reply.to)?)?.comment;
        if comment.status != Status::Approved {
            return Err(OwnerReplyError::Hidden(comment.id, comment.status));
        }
        (comment.article.to_url_path(), comment.id.to_string())
    };
    let draft = Draft { article, author: reply.author.to_owned(), text: reply.text.to_owned(), reply_to, ..Draft::default() };
    let submission = Submission::check(&draft, origin).map_err(OwnerReplyError::Refused)?;
    if reply.known_articles_only && store.facts(submission.article(), None)?.article.is_none() {
        return Err(OwnerReplyError::Refused(vec![Refusal { field: Field::Article, rule: Rule::UnknownArticle }]));
    }
    Ok((submission.article().clone(), store.submit_as_owner(submission, reply.by, now)?))
}
