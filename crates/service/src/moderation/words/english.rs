use ardoise_model::{Actor, Decision, Rule, Status, Via};

use ardoise_store::Action;

use super::Words;
use crate::moderation::notice_kind::NoticeKind;

pub(super) static WORDS: Words = Words {
    lang: "en",
    moderation: "Moderation",
    skip_link: "Skip to the comments",
    sessions: "Sessions",
    sign_out: "Sign out",

    lists: "Lists",
    all: "All",
    search: "Search",
    search_in: "Author, text, article",
    search_label: "Search author, text and article",
    found: |number, words| format!("{} with “{words}”", count(number)),
    clear_search: "Show all again",
    empty_queue: "Nothing waits for you.",
    empty_list: "There are no such comments.",
    empty_search: "No comment in this list has that.",
    pages: "Pages",
    newer: "Newer",
    older: "Older",
    page_of: |page, pages| format!("Page {page} of {pages}"),

    select: |author| format!("Select the comment by {author}"),
    selected: "Selected:",
    on: "on",
    answers: |author| format!("answers {author}:"),
    owner: "owner",
    no_author: "nobody any more",
    text_erased: "Its author withdrew it, or it was erased. Nothing of it is left.",
    open: "Edit, reply…",

    status: |status| match status {
        Status::Pending => "pending",
        Status::Approved => "approved",
        Status::Rejected => "rejected",
        Status::Spam => "spam",
        Status::Deleted => "deleted",
    },
    list: |status| match status {
        Status::Pending => "Pending",
        Status::Approved => "Approved",
        Status::Rejected => "Rejected",
        Status::Spam => "Spam",
        Status::Deleted => "Deleted",
    },
    decide: |decision| match decision {
        Decision::Approve => "Approve",
        Decision::Reject => "Reject",
        Decision::Spam => "Spam",
        Decision::Delete => "Delete",
        Decision::Hold => "Back to the queue",
    },
    layer,
    held_by: |layer| format!("Noticed by the check “{layer}”."),
    notice,
    decided_meanwhile: |author, status, by| {
        let by = if by.is_empty() { String::new() } else { format!(", by {by}") };
        format!("The comment by {author} was decided meanwhile: it was {}{by}.", (WORDS.status)(status))
    },
    undo: "Undo",

    comment_by: |author| format!("Comment by {author}"),
    back: "Back to the list",
    thread: "In its thread",
    this_comment: "this comment",
    history: "History",
    received: "came in",
    decided: |status, by| format!("{} by {by}", (WORDS.status)(status)),
    edited: |by| format!("changed by {by}"),
    edits_between: |n| if n == 1 { "… one more change, not shown".to_owned() } else { format!("… {n} more changes, not shown") },
    action: |action, by| match action {
        Action::Banned => format!("its sender banned by {by}"),
        Action::Unbanned => format!("the ban on its sender lifted by {by}"),
        Action::Replied => format!("written by {by}"),
        Action::Edited => format!("changed by {by}"),
        Action::Decided(status) => (WORDS.decided)(status, by),
    },
    former_text: "The text before",
    actor,
    edit: "Edit",
    text: "Text",
    markdown_help: "Markdown, as its author typed it. What was there before is kept in the history.",
    save: "Save",
    changed_meanwhile: "The text was changed since you opened it: it now is as shown above. Your text is still here; save again to put it in its place.",
    text_refused: |rule| format!("The text {rule}. It is still here."),
    rule: Rule::to_string,
    reply: "Reply",
    reply_as: |name| format!("Your answer, published at once as {name}"),
    approve_first: "Approve this comment first",
    publish: "Publish the answer",
    not_published: |why| format!("Not published. {why}"),
    parent_hidden: "Readers do not see the comment that you answer: tick the box to approve it first. Your text is still here.",
    sender: "Sender",
    ban_explained: "What else comes from this browser or network is spam, without being shown to anyone.",
    ban: "Ban the sender",
    unban: "Lift the ban",
    is_banned: "The sender is banned.",

    just_now: "just now",
    minutes_ago: |number| format!("{number} min ago"),
    hours_ago: |number| format!("{number} h ago"),
    days_ago: |number| if number == 1 { "yesterday".to_owned() } else { format!("{number} days ago") },

    chart: "The last 30 days",
    chart_summary: |all, approved, spam| format!("{}: {approved} approved, {spam} spam, {} other", count(all), all - approved - spam),
    chart_day: |day, all, approved, spam| format!("{day}: {all}, of which {approved} approved, {spam} spam"),
    chart_approved: "approved",
    chart_others: "other",

    keys: "Keyboard",
    key_list: &[
        ("j / k", "next, previous comment"),
        ("a", "approve"),
        ("r", "reject"),
        ("s", "spam"),
        ("d", "delete"),
        ("e", "open: edit, reply"),
        ("x", "select"),
        ("u", "undo"),
        ("/", "search"),
        ("?", "this help"),
    ],
    close: "Close",

    sign_in: "Sign in",
    sign_in_as: |name| format!("Sign in as {name}"),
    sign_in_once: "The link holds for this one time. This browser then stays signed in until you sign out, or do not use it for 14 days.",
    sign_in_by_command: "You are not signed in. On the server, this prints a link that signs you in:",
    sign_in_by_mail: "You are not signed in. A link that signs you in comes by mail:",
    sign_in_name: "Your name as a moderator",
    sign_in_send: "Mail me a link",
    sign_in_mailed: "If that is a moderator's name, written as in the settings, and they have an e-mail address for it, a link is on its way. It holds for 15 minutes; another one can be had after five.",
    sign_in_or_by_command: "Or, on the server, this prints one:",
    sign_in_already: "Signed in already? To the queue",

    your_sessions: "Your sessions",
    sessions_explained: "The browsers that you have signed in with. End those that you do not know, or have no more.",
    unknown_browser: "Unknown browser",
    signed_in_on: |date| format!("signed in on {date}"),
    last_used: |when| format!("used {when}"),
    this_browser: "this browser",
    revoke: "End",
    revoke_session: |browser| format!("End the session of {browser}"),

    signed_out: "You are not signed in",
    signed_out_remedy: "Nothing was changed. Your session is over: sign in again, go back with your browser, and repeat it.",
    foreign_form: "This was not sent by a page of the queue",
    foreign_form_remedy: "Nothing was changed. Perhaps you signed in anew in another window: load the page again, and repeat it. If this happens each time, [service] url in the settings is not the address that your browser shows.",
    unreadable_form: "The form could not be read",
    unreadable_form_remedy: "Nothing was changed. Go back with your browser and send it again; a text may have 10000 characters at most.",
    not_found: "There is no such page",
    not_found_remedy: "The address is not complete, or what it named is gone.",
    invalid_link: "This link does not sign in any more",
    invalid_link_remedy: "It was used already, is older than 15 minutes, or was cut short. Ask for another one: on the server, `ardoise moderator link` prints it.",
    nothing_done: "Nothing was changed",
    erased: |id| {
        format!(
            "Comment {id} is empty: its author withdrew it, or it was erased. Nothing can be decided about it any more; leave it out and repeat."
        )
    },
    unavailable: "The database is not available just now. Go back with your browser, and repeat it in a moment.",
    fault: "That is a fault in the program. Its log says what it is.",
};

fn count(number: u64) -> String {
    ardoise_model::counted(number, "comment", "comments")
}

fn notice(kind: NoticeKind, number: usize) -> String {
    let what = count(number as u64);
    match kind {
        NoticeKind::Decided(Status::Pending) => format!("{what} back in the queue."),
        NoticeKind::Decided(status) => format!("{what} {}.", (WORDS.status)(status)),
        NoticeKind::Undone => format!("Undone: {what} as before."),
        NoticeKind::Edited => "The text was changed.".to_owned(),
        NoticeKind::Unchanged => "The text was that already.".to_owned(),
        NoticeKind::Replied => "Your answer is published.".to_owned(),
        NoticeKind::Banned => "The sender is banned: what else comes from there is spam.".to_owned(),
        NoticeKind::Unbanned => "The ban is lifted.".to_owned(),
        NoticeKind::UnknownSender => "Nothing is known of the sender that could identify them; nobody was banned.".to_owned(),
        NoticeKind::Changed => format!("{what} changed by the author since you read it: nothing was decided. Read it again."),
        NoticeKind::Overtaken => format!("{what} decided by somebody else since: left as decided then."),
        NoticeKind::NothingSelected => "No comment was selected: tick its box first.".to_owned(),
    }
}

fn actor(actor: &Actor) -> String {
    match (actor.moderator.as_str(), actor.via) {
        (_, Via::Author) => "its author".to_owned(),
        ("", Via::Command) => "the command line".to_owned(),
        ("", via) => via.as_str().to_owned(),
        (name, Via::Mail) => format!("{name}, by mail"),
        (name, _) => name.to_owned(),
    }
}

fn layer(name: &str) -> Option<&'static str> {
    Some(match name {
        "honeypot" => "It filled a field that people do not see.",
        "time" => "It was sent faster than anybody types.",
        "rate" => "Many came from the same network in a short time.",
        "duplicate" => "The same text came before.",
        "name" => "It is signed with your name or a moderator’s, or with one that looks like it.",
        "links" => "It has many links.",
        "word" => "It has a word from your list.",
        "age" => "The article is old.",
        "proof" => "Its browser did not do the small work that the form asks for.",
        "bayes" => "It resembles what you called spam.",
        "ban" => "Its sender is banned.",
        "new_author" => "Its author has no approved comment yet.",
        "renderer" => {
            "Its text cannot be rendered, which is a fault of Ardoise: please report it with the text. Until then it cannot be published."
        }
        _ => return None,
    })
}
