#![doc = include_str!("../README.md")]

mod answer;
mod ask;
mod backoff;
mod deliver;
mod mail;
mod outgoing;
mod sender;
mod signed;
mod webhook;
mod words;

pub use answer::{Answer, AnswerError, answer};
use ardoise_model::{Actor, CommentId, Decision, Timestamp};
use ardoise_store::{Decided, Store, StoreError};
pub use ask::{Answered, NoAnswer, ask};
pub use mail::{Login, MailServer, Mailbox, Secret, Tls};
pub use outgoing::{Means, Outgoing, Pace, mail_sign_in};
pub use sender::Sender;
pub use signed::{BadLink, DecisionLink, Links, ReaderLink, Wish};
pub use webhook::{Format, Webhook};
pub use words::Language;

/// Applies `decision` to the comments whose ids begin as typed.
///
/// One that does not exist, or that could be several, stops the whole before anything is changed.
pub fn decide(store: &Store, typed: &[String], decision: Decision, actor: &Actor, now: Timestamp) -> Result<Vec<Decided>, StoreError> {
    let ids: Vec<CommentId> = typed.iter().map(|prefix| store.resolve(prefix)).collect::<Result<_, _>>()?;
    store.decide(&ids, decision, actor, now)
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

        let error =
            decide(&store, &[typed.clone(), "uuuu".into()], Decision::Approve, &Actor::COMMAND, Timestamp(2)).expect_err("no such comment");
        assert_eq!(error.to_string(), "there is no comment \"uuuu\"");
        assert_eq!(store.detail(&id).expect("detail").comment.status, Status::Pending);

        let origin = "https://blog.example.org".parse().expect("an origin");
        let write = |to: &str| answer(&store, &origin, Answer { to, author: "Ines", text: "Yes", known_articles_only: true }, Timestamp(3));
        let hidden = write(&typed).expect_err("nobody sees it").to_string();
        assert_eq!(hidden, format!("comment {id} is pending, and readers would not see what is answered; approve it first"));

        let decided = decide(&store, std::slice::from_ref(&typed), Decision::Approve, &Actor::COMMAND, Timestamp(3)).expect("decided");
        assert_eq!((decided[0].before, decided[0].after), (Status::Pending, Status::Approved));

        let (article, receipt) = write(&typed).expect("published");
        let comment = store.detail(&receipt.id).expect("detail").comment;
        assert_eq!((article.as_str(), comment.status, comment.by_owner, comment.parent), ("/a/", Status::Approved, true, Some(id)));
        assert!(matches!(write("https://elsewhere.example/"), Err(AnswerError::Refused(_))));
    }
}
