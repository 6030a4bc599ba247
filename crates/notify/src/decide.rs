use ardoise_model::{Actor, Comment, Decision, Status, Timestamp};
use ardoise_store::{Decided, SeenComment, Store, StoreError};

/// The outcome of a decision on the command line.
#[derive(Debug)]
pub enum CommandDecision {
    /// The decision was applied.
    Decided(Vec<Decided>),
    /// Nothing was decided: the authors of these comments have changed them, and the moderator may not have read the present text.
    Unread(Vec<Comment>),
}

/// Applies `decision` to the comments whose ids begin with `prefixes`, to all of them or none.
///
/// A comment that its author has changed is approved only if `versions` has its [`Comment::version`]. Nothing is changed if a prefix matches no
/// comment or several, or if a comment has to be read first.
pub fn decide(
    store: &Store,
    prefixes: &[String],
    versions: &[String],
    decision: Decision,
    actor: &Actor,
    now: Timestamp,
) -> Result<CommandDecision, StoreError> {
    let comments =
        prefixes.iter().map(|prefix| Ok(store.detail(&store.resolve(prefix)?)?.comment)).collect::<Result<Vec<_>, StoreError>>()?;
    if decision == Decision::Approve {
        let mut unread = Vec::new();
        for comment in &comments {
            if !is_read(store, comment, versions)? {
                unread.push(comment.clone());
            }
        }
        if !unread.is_empty() {
            return Ok(CommandDecision::Unread(unread));
        }
    }
    let seen: Vec<SeenComment> = comments.iter().map(SeenComment::read).collect();
    let outcome = store.decide(&seen, decision, actor, now)?;
    // Comments that were changed between the check above and the decision.
    let changed = outcome.changed.iter().map(|id| Ok(store.detail(id)?.comment)).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(if changed.is_empty() { CommandDecision::Decided(outcome.decided) } else { CommandDecision::Unread(changed) })
}

/// Returns whether the moderator can be assumed to have read what an approval publishes.
fn is_read(store: &Store, comment: &Comment, versions: &[String]) -> Result<bool, StoreError> {
    if comment.status == Status::Approved || versions.contains(&comment.version()) {
        return Ok(true);
    }
    // If any version is given, only the given ones are approved.
    Ok(versions.is_empty() && !store.is_changed_by_author(&comment.id)?)
}

#[cfg(test)]
mod tests {
    use ardoise_model::{Draft, Submission};
    use ardoise_store::StoreUrl;

    use super::*;
    use crate::{OwnerReply, OwnerReplyError, publish_owner_reply};

    #[test]
    fn an_unknown_id_among_several_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = "sqlite:a.db".parse::<StoreUrl>().expect("a url").relative_to(folder.path());
        let store = Store::prepare(&url).expect("a store");
        let draft = Draft { article: "/a/".into(), author: "Ada".into(), text: "Hello".into(), ..Draft::default() };
        let submission = Submission::check(&draft, &"https://blog.example.org".parse().expect("an origin")).expect("good");
        let id = store.submit(submission, Status::Pending, Timestamp(1)).expect("stored").id;
        let typed = id.as_str()[..6].to_owned();

        let error = decide(&store, &[typed.clone(), "uuuu".into()], &[], Decision::Approve, &Actor::COMMAND, Timestamp(2))
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

        let prefixes = std::slice::from_ref(&typed);
        let Ok(CommandDecision::Decided(decided)) = decide(&store, prefixes, &[], Decision::Approve, &Actor::COMMAND, Timestamp(3)) else {
            panic!("nobody changed it")
        };
        assert_eq!((decided[0].before, decided[0].after), (Status::Pending, Status::Approved));

        let (article, receipt) = write(&typed).expect("published");
        let comment = store.detail(&receipt.id).expect("detail").comment;
        assert_eq!((article.as_str(), comment.status, comment.by_owner, comment.parent), ("/a/", Status::Approved, true, Some(id)));
        assert!(matches!(write("https://elsewhere.example/"), Err(OwnerReplyError::Refused(_))));
    }
}
