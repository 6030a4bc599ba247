#![doc = include_str!("../README.md")]

mod backoff;
mod deliver;
mod dispatcher;
mod external_call;
mod mail;
mod notifications;
mod owner_reply;
mod request;
mod signed;
mod webhook;
mod words;

use ardoise_model::{Actor, Comment, Decision, Status, Timestamp};
use ardoise_store::{Decided, SeenComment, Store, StoreError};
pub use dispatcher::{DeliveryQueue, Dispatcher};
pub use external_call::ExternalCall;
pub use mail::{Login, MailServer, Mailbox, Secret, Tls};
pub use notifications::{DispatchContext, MailTiming, Notifications, mail_sign_in};
pub use owner_reply::{OwnerReply, OwnerReplyError, publish_owner_reply};
pub use request::{RequestError, Response, request};
pub use signed::{BadLink, DecisionLink, Links, ReaderAction, ReaderLink};
pub use webhook::{Format, Webhook};
pub use words::Language;

/// What became of a decision that was typed.
#[derive(Debug)]
pub enum CommandDecision {
    /// It was taken.
    Decided(Vec<Decided>),
    /// Nothing was decided: these comments were changed by their authors, and whoever typed the decision may not have read what they say now.
    Unread(Vec<Comment>),
}

/// Applies `decision` to the comments whose ids begin as typed.
///
/// A comment that its author changed since it came in is only approved if `versions` has its [`Comment::version`]. One that does not exist, that
/// could be several, or that has to be read first, stops the whole before anything is changed.
pub fn decide(
    store: &Store,
    (typed, versions): (&[String], &[String]),
    decision: Decision,
    actor: &Actor,
    now: Timestamp,
) -> Result<CommandDecision, StoreError> {
    let comments = typed.iter().map(|prefix| Ok(store.detail(&store.resolve(prefix)?)?.comment)).collect::<Result<Vec<_>, StoreError>>()?;
    if decision == Decision::Approve {
        let mut unread = Vec::new();
        for comment in &comments {
            if !is_known(store, comment, versions)? {
                unread.push(comment.clone());
            }
        }
        if !unread.is_empty() {
            return Ok(CommandDecision::Unread(unread));
        }
    }
    let seen: Vec<SeenComment> = comments.iter().map(SeenComment::read).collect();
    let outcome = store.decide(&seen, decision, actor, now)?;
    // Changed between the look and the decision.
    let changed = outcome.changed.iter().map(|id| Ok(store.detail(id)?.comment)).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(if changed.is_empty() { CommandDecision::Decided(outcome.decided) } else { CommandDecision::Unread(changed) })
}

/// Whether whoever types an approval knows what it publishes.
fn is_known(store: &Store, comment: &Comment, versions: &[String]) -> Result<bool, StoreError> {
    if comment.status == Status::Approved || versions.contains(&comment.version()) {
        return Ok(true);
    }
    // With a version, that one alone is meant.
    Ok(versions.is_empty() && !store.is_changed_by_author(&comment.id)?)
}

#[cfg(test)]
mod tests {
    use ardoise_model::{Draft, Status, Submission};
    use ardoise_store::StoreUrl;

    use super::*;

    #[test]
    fn a_typing_error_among_several_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = "sqlite:a.db".parse::<StoreUrl>().expect("a url").relative_to(folder.path());
        let store = Store::prepare(&url).expect("a store");
        let draft = Draft { article: "/a/".into(), author: "Ada".into(), text: "Hello".into(), ..Draft::default() };
        let submission = Submission::check(&draft, &"https://blog.example.org".parse().expect("an origin")).expect("good");
        let id = store.submit(submission, Status::Pending, Timestamp(1)).expect("stored").id;
        let typed = id.as_str()[..6].to_owned();

        let error = decide(&store, (&[typed.clone(), "uuuu".into()], &[]), Decision::Approve, &Actor::COMMAND, Timestamp(2))
            .expect_err("no such comment");
        assert_eq!(error.to_string(), "there is no comment \"uuuu\"");
        assert_eq!(store.detail(&id).expect("detail").comment.status, Status::Pending);

        let origin = "https://blog.example.org".parse().expect("an origin");
        let write = |to: &str| {
            publish_owner_reply(
                &store,
                &origin,
                OwnerReply { to, author: "Ines", text: "Yes", known_articles_only: true, by: &Actor::COMMAND },
                Timestamp(3),
            )
        };
        let hidden = write(&typed).expect_err("nobody sees it").to_string();
        assert_eq!(hidden, format!("comment {id} is pending, and readers would not see what is answered; approve it first"));

        let typed_alone = (std::slice::from_ref(&typed), [].as_slice());
        let Ok(CommandDecision::Decided(decided)) = decide(&store, typed_alone, Decision::Approve, &Actor::COMMAND, Timestamp(3)) else {
            panic!("nobody changed it")
        };
        assert_eq!((decided[0].before, decided[0].after), (Status::Pending, Status::Approved));

        let (article, receipt) = write(&typed).expect("published");
        let comment = store.detail(&receipt.id).expect("detail").comment;
        assert_eq!((article.as_str(), comment.status, comment.by_owner, comment.parent), ("/a/", Status::Approved, true, Some(id)));
        assert!(matches!(write("https://elsewhere.example/"), Err(OwnerReplyError::Refused(_))));
    }
}
