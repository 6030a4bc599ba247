//! The texts of the mails, in each language.

use std::str::FromStr;

use ardoise_model::{counted, counted_in_french};

/// The texts in one language.
pub(crate) struct Texts {
    pub(crate) lang: &'static str,
    /// The subject: the number of pending comments and the site.
    pub(crate) waiting: fn(usize, &str) -> String,
    /// The preposition between an author's name and the title of an article.
    pub(crate) on: &'static str,
    pub(crate) held_by: &'static str,
    /// The finding of a spam check, by the check's name.
    pub(crate) layer: fn(&str) -> Option<&'static str>,
    /// The reason why a comment is pending that no check held.
    pub(crate) held_anyway: &'static str,
    /// The colon after a label, without the space that follows.
    pub(crate) colon: &'static str,
    /// The label of the link to the moderators' queue.
    pub(crate) queue: &'static str,
    pub(crate) approve: &'static str,
    pub(crate) reject: &'static str,
    pub(crate) spam: &'static str,
    /// The number of comments that are not quoted, for a moderator.
    pub(crate) more: fn(usize) -> String,
    /// The number of replies that are not quoted, for a reader.
    pub(crate) more_replies: fn(usize) -> String,
    /// The lifetime of the links, in days.
    pub(crate) links: fn(i64) -> String,
    pub(crate) confirm_subject: fn(&str) -> String,
    pub(crate) confirm_asked: fn(&str) -> String,
    pub(crate) confirm: &'static str,
    /// The consequence of not confirming within a number of days.
    pub(crate) confirm_otherwise: fn(i64) -> String,
    /// The subject: the number of replies and the site.
    pub(crate) answered: fn(usize, &str) -> String,
    pub(crate) read: &'static str,
    pub(crate) leave_thread: &'static str,
    pub(crate) leave_all: &'static str,
    pub(crate) sign_in_subject: fn(&str) -> String,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_in_once: &'static str,
}

/// A language of the mails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    pub(crate) fn texts(self) -> &'static Texts {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "en" => Ok(Self::English),
            "fr" => Ok(Self::French),
            _ => Err(format!("{word:?} is no language that mails are written in; write \"en\" or \"fr\"")),
        }
    }
}

static ENGLISH: Texts = Texts {
    lang: "en",
    waiting: |n, site| if n == 1 { format!("A comment waits on {site}") } else { format!("{n} comments wait on {site}") },
    on: "on",
    held_by: "Held by",
    layer: |name| {
        Some(match name {
            "honeypot" => "it filled a field that people do not see",
            "time" => "it was sent faster than anybody types",
            "rate" => "many came from the same network in a short time",
            "duplicate" => "the same text came before",
            "name" => "it is signed with your name or a moderator's, or one that looks like it",
            "links" => "it has many links",
            "word" => "it has a word from your list",
            "age" => "the article is old",
            "proof" => "its browser did not do the small work that the form asks for",
            "bayes" => "it resembles what you called spam",
            "ban" => "its sender is banned",
            "new_author" => "its author has no approved comment yet",
            "renderer" => "its text cannot be rendered, a fault of Ardoise's",
            _ => return None,
        })
    },
    held_anyway: "your rules, which let it wait for you ([rules] hold)",
    colon: ":",
    queue: "All that waits",
    approve: "Approve",
    reject: "Reject",
    spam: "Spam",
    more: |n| format!("And {n} more, which are in the queue."),
    more_replies: |n| format!("And {n} more, which are on the site."),
    links: |days| {
        format!("Each link shows the comment and asks once more. It is good for {}.", counted(days.unsigned_abs(), "day", "days"))
    },
    confirm_subject: |site| format!("Answers on {site}: is this address yours?"),
    confirm_asked: |site| {
        format!(
            "Somebody, we hope you, wrote a comment on {site} and asked to be told of answers at this address. If it was you, say so here:"
        )
    },
    confirm: "Tell me of answers",
    confirm_otherwise: |days| {
        format!(
            "If it was not, do nothing: the address is forgotten after {}, and nothing more is sent to it.",
            counted(days.unsigned_abs(), "day", "days")
        )
    },
    answered: |n, site| {
        if n == 1 { format!("An answer to your comment on {site}") } else { format!("{n} answers to your comments on {site}") }
    },
    read: "Read it in its place",
    leave_thread: "No more of this thread",
    leave_all: "No more mail, and forget my address",
    sign_in_subject: |site| format!("Your way in to the comments of {site}"),
    sign_in: "Sign in",
    sign_in_once: "The link works once, within 15 minutes. If you did not ask for it, do nothing.",
};

static FRENCH: Texts = Texts {
    lang: "fr",
    waiting: |n, site| {
        if n == 1 { format!("Un commentaire attend sur {site}") } else { format!("{n} commentaires attendent sur {site}") }
    },
    on: "sur",
    held_by: "Retenu par",
    layer: |name| {
        Some(match name {
            "honeypot" => "il a rempli un champ que les gens ne voient pas",
            "time" => "il a été envoyé plus vite que personne n’écrit",
            "rate" => "beaucoup sont venus du même réseau en peu de temps",
            "duplicate" => "le même texte est déjà venu",
            "name" => "il est signé de votre nom, de celui d’un modérateur, ou d’un nom qui y ressemble",
            "links" => "il a beaucoup de liens",
            "word" => "il contient un mot de votre liste",
            "age" => "l’article est ancien",
            "proof" => "son navigateur n’a pas fait le petit travail que demande le formulaire",
            "bayes" => "il ressemble à ce que vous avez appelé spam",
            "ban" => "son expéditeur est banni",
            "new_author" => "son auteur n’a pas encore de commentaire publié",
            "renderer" => "son texte ne peut pas être affiché, une faute d’Ardoise",
            _ => return None,
        })
    },
    held_anyway: "vos règles, qui le font attendre ([rules] hold)",
    colon: "\u{a0}:",
    queue: "Tout ce qui attend",
    approve: "Publier",
    reject: "Refuser",
    spam: "Indésirable",
    more_replies: |n| {
        if n == 1 { "Et une autre, qui est sur le site.".to_owned() } else { format!("Et {n} autres, qui sont sur le site.") }
    },
    more: |n| if n == 1 { "Et un autre, qui est dans la file.".to_owned() } else { format!("Et {n} autres, qui sont dans la file.") },
    links: |days| {
        format!(
            "Chaque lien montre le commentaire et demande confirmation. Il est valable {}.",
            counted_in_french(days.unsigned_abs(), "jour", "jours")
        )
    },
    confirm_subject: |site| format!("Réponses sur {site} : cette adresse est-elle la vôtre ?"),
    confirm_asked: |site| {
        format!(
            "Quelqu’un, vous sans doute, a laissé un commentaire sur {site} et demandé que les réponses soient annoncées à cette adresse. Si \
             c’était vous, dites-le ici :"
        )
    },
    confirm: "M’annoncer les réponses",
    confirm_otherwise: |days| {
        format!(
            "Sinon, ne faites rien : l’adresse est oubliée après {}, et rien d’autre ne lui est envoyé.",
            counted_in_french(days.unsigned_abs(), "jour", "jours")
        )
    },
    answered: |n, site| {
        if n == 1 {
            format!("Une réponse à votre commentaire sur {site}")
        } else {
            format!("{n} réponses à vos commentaires sur {site}")
        }
    },
    read: "La lire à sa place",
    leave_thread: "Plus rien de cette discussion",
    leave_all: "Plus aucun courriel, et oublier mon adresse",
    sign_in_subject: |site| format!("Votre accès aux commentaires de {site}"),
    sign_in: "Se connecter",
    sign_in_once: "Le lien sert une fois, pendant 15 minutes. Si vous n’avez rien demandé, ne faites rien.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_text() {
        for texts in [&ENGLISH, &FRENCH] {
            let without: Vec<_> = ardoise_model::check_names().filter(|layer| (texts.layer)(layer).is_none()).collect();
            assert_eq!(without, Vec::<&str>::new(), "{}", texts.lang);
        }
    }
}
