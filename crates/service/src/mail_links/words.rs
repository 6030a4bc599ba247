//! The texts of the pages behind the links in mails.

use ardoise_model::{Decision, Status};

use crate::language::Language;

pub(crate) struct LinkPageWords {
    pub(crate) lang: &'static str,
    pub(crate) done: &'static str,
    pub(crate) not_done: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) gone: &'static str,
    pub(crate) changed: &'static str,
    pub(crate) unread: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) fault: &'static str,
    pub(crate) used_title: &'static str,
    /// The arguments are the decided status, the moderator and the date.
    pub(crate) used_message: fn(Status, &str, &str) -> String,
    pub(crate) command_line: &'static str,
    /// The accessible name of the links at the foot of a page.
    pub(crate) further: &'static str,
    pub(crate) article: &'static str,
    pub(crate) site: &'static str,
    pub(crate) queue: &'static str,
    pub(crate) in_queue: &'static str,
    /// Stands between an author and an article.
    pub(crate) on: &'static str,
    pub(crate) held_by: &'static str,
    pub(crate) decision: fn(Decision) -> &'static str,
    pub(crate) status_is: fn(Status) -> String,
    pub(crate) status_already: fn(Status) -> String,
    pub(crate) status_now: fn(Status) -> String,
    pub(crate) answers: &'static str,
    pub(crate) confirm_question: &'static str,
    pub(crate) confirm: &'static str,
    pub(crate) confirmed: &'static str,
    pub(crate) leave_question: &'static str,
    pub(crate) leave_thread: &'static str,
    pub(crate) leave_all: &'static str,
    pub(crate) left_thread: &'static str,
    pub(crate) left: &'static str,
}

impl LinkPageWords {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
        }
    }
}

static ENGLISH: LinkPageWords = LinkPageWords {
    lang: "en",
    done: "Done",
    not_done: "Nothing was done",
    unknown: "This link is not one of ours. Perhaps your mail program broke it off: copy it whole from the mail.",
    expired: "This link’s time is over.",
    gone: "What this link was about is not there any more.",
    changed: "Nothing was decided: its author has changed the comment since you read it. This is what it says now.",
    unread: "Nothing was decided: what is published has to be read first. This is what the comment says.",
    unavailable: "It could not be done just now. Try again in a moment.",
    too_many: "Too many requests came from your network just now. Nothing was done; go back and try again in a minute.",
    fault: "That is a fault in the program. Its log says what it is.",
    used_title: "Decided already",
    used_message: |status, by, date| {
        format!(
            "This link is used up: the comment was {} on {date} by {by}. Whatever is to be changed about it is changed in the queue.",
            past_in_english(status)
        )
    },
    command_line: "the command line",
    further: "Further",
    article: "To the article",
    site: "To the site",
    queue: "To the queue",
    in_queue: "The comment in the queue",
    on: "on",
    held_by: "Held by: ",
    decision: |decision| match decision {
        Decision::Approve => "Approve",
        Decision::Reject => "Reject",
        Decision::Spam => "Spam",
        Decision::Delete => "Delete",
        Decision::Hold => "Hold",
    },
    status_is: |status| format!("The comment is {status}."),
    status_already: |status| format!("The comment is {status} already; there is nothing to do."),
    status_now: |status| format!("The comment is {status} now."),
    answers: "Answers by mail",
    confirm_question: "Do you want to be told by mail of answers to your comments?",
    confirm: "Yes, tell me",
    confirmed: "You will be told by mail of answers to your comments.",
    leave_question: "Do you want no more mail of answers?",
    leave_thread: "No more of this thread",
    leave_all: "No more mail, and forget my address",
    left_thread: "You will hear no more of this thread.",
    left: "You will get no more mail, and your address is forgotten.",
};

static FRENCH: LinkPageWords = LinkPageWords {
    lang: "fr",
    done: "C’est fait",
    not_done: "Rien n’a été fait",
    unknown: "Ce lien n’est pas des nôtres. Votre logiciel de courriel l’a peut-être coupé : copiez-le en entier depuis le courriel.",
    expired: "Ce lien n’est plus valable.",
    gone: "Ce dont parle ce lien n’existe plus.",
    changed: "Rien n’a été décidé : l’auteur a modifié le commentaire depuis votre lecture. Voici ce qu’il dit maintenant.",
    unread: "Rien n’a été décidé : ce qui est publié doit d’abord être lu. Voici ce que dit le commentaire.",
    unavailable: "Cela n’a pas pu se faire à l’instant. Réessayez dans un moment.",
    too_many: "Trop de demandes viennent de votre réseau en ce moment. Rien n’a été fait ; revenez en arrière et réessayez dans une minute.",
    fault: "C’est une erreur du programme. Son journal dit laquelle.",
    used_title: "Déjà décidé",
    used_message: |status, by, date| {
        format!(
            "Ce lien a déjà servi : le commentaire a été {} le {date} par {by}. Pour y changer quelque chose, passez par la file d’attente.",
            past_in_french(status)
        )
    },
    command_line: "la ligne de commande",
    further: "Suite",
    article: "Vers l’article",
    site: "Vers le site",
    queue: "Vers la file d’attente",
    in_queue: "Le commentaire dans la file d’attente",
    on: "sur",
    held_by: "Retenu par : ",
    decision: |decision| match decision {
        Decision::Approve => "Publier",
        Decision::Reject => "Refuser",
        Decision::Spam => "Indésirable",
        Decision::Delete => "Supprimer",
        Decision::Hold => "Remettre en attente",
    },
    status_is: |status| format!("Le commentaire est {}.", status_in_french(status)),
    status_already: |status| format!("Le commentaire est déjà {} ; il n’y a rien à faire.", status_in_french(status)),
    status_now: |status| format!("Le commentaire est maintenant {}.", status_in_french(status)),
    answers: "Réponses par courriel",
    confirm_question: "Voulez-vous que les réponses à vos commentaires vous soient annoncées par courriel ?",
    confirm: "Oui, les annoncer",
    confirmed: "Les réponses à vos commentaires vous seront annoncées par courriel.",
    leave_question: "Ne voulez-vous plus de courriel annonçant des réponses ?",
    leave_thread: "Plus rien de cette discussion",
    leave_all: "Plus aucun courriel, et oublier mon adresse",
    left_thread: "Vous n’entendrez plus parler de cette discussion.",
    left: "Vous ne recevrez plus de courriel, et votre adresse est oubliée.",
};

fn status_in_french(status: Status) -> &'static str {
    match status {
        Status::Pending => "en attente",
        Status::Approved => "publié",
        Status::Rejected => "refusé",
        Status::Spam => "classé indésirable",
        Status::Deleted => "supprimé",
    }
}

/// Returns what was done to a comment, as it follows "was".
fn past_in_english(status: Status) -> &'static str {
    match status {
        Status::Pending => "put back into the queue",
        Status::Approved => "approved",
        Status::Rejected => "rejected",
        Status::Spam => "marked as spam",
        Status::Deleted => "deleted",
    }
}

/// Returns what was done to a comment, as it follows "a été".
fn past_in_french(status: Status) -> &'static str {
    match status {
        Status::Pending => "remis en attente",
        other => status_in_french(other),
    }
}
