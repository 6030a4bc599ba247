use ardoise_model::{Actor, Decision, Status, Via};

use ardoise_store::Action;

use super::Words;
use crate::language::rule_in_french;
use crate::moderation::notice_kind::NoticeKind;

pub(super) static WORDS: Words = Words {
    lang: "fr",
    moderation: "Modération",
    skip_link: "Aller aux commentaires",
    sessions: "Sessions",
    sign_out: "Déconnexion",

    lists: "Listes",
    all: "Tous",
    search: "Chercher",
    search_in: "Auteur, texte, article",
    search_label: "Chercher dans l’auteur, le texte et l’article",
    found: |number, words| format!("{} avec « {words} »", count(number)),
    clear_search: "Tout montrer",
    empty_queue: "Rien ne vous attend.",
    empty_list: "Il n’y a pas de tels commentaires.",
    empty_search: "Aucun commentaire de cette liste ne contient cela.",
    pages: "Pages",
    newer: "Plus récents",
    older: "Plus anciens",
    page_of: |page, pages| format!("Page {page} sur {pages}"),

    select: |author| format!("Choisir le commentaire de {author}"),
    selected: "Choisis\u{a0}:",
    on: "sur",
    answers: |author| format!("répond à {author}\u{a0}:"),
    owner: "propriétaire",
    no_author: "plus personne",
    text_erased: "Son auteur l’a retiré, ou il a été effacé. Il n’en reste rien.",
    open: "Modifier, répondre…",

    status: |status| match status {
        Status::Pending => "en attente",
        Status::Approved => "publié",
        Status::Rejected => "refusé",
        Status::Spam => "spam",
        Status::Deleted => "supprimé",
    },
    list: |status| match status {
        Status::Pending => "En attente",
        Status::Approved => "Publiés",
        Status::Rejected => "Refusés",
        Status::Spam => "Spam",
        Status::Deleted => "Supprimés",
    },
    decide: |decision| match decision {
        Decision::Approve => "Publier",
        Decision::Reject => "Refuser",
        Decision::Spam => "Spam",
        Decision::Delete => "Supprimer",
        Decision::Hold => "Remettre en attente",
    },
    layer,
    held_by: |layer| format!("Remarqué par le contrôle « {layer} »."),
    notice,
    decided_meanwhile: |author, status, by| {
        let by = if by.is_empty() { String::new() } else { format!(", par {by}") };
        format!("Le commentaire de {author} a été décidé entre-temps\u{a0}: il était {}{by}.", (WORDS.status)(status))
    },
    undo: "Annuler",

    comment_by: |author| format!("Commentaire de {author}"),
    back: "Retour à la liste",
    thread: "Dans sa discussion",
    this_comment: "ce commentaire",
    history: "Histoire",
    received: "reçu",
    decided: |status, by| format!("{} par {by}", (WORDS.status)(status)),
    edited: |by| format!("modifié par {by}"),
    edits_between: |n| {
        if n == 1 {
            "… une autre modification, non affichée".to_owned()
        } else {
            format!("… {n} autres modifications, non affichées")
        }
    },
    action: |action, by| match action {
        Action::Banned => format!("expéditeur banni par {by}"),
        Action::Unbanned => format!("bannissement de l’expéditeur levé par {by}"),
        Action::Replied => format!("écrit par {by}"),
        Action::Edited => format!("modifié par {by}"),
        Action::Decided(status) => (WORDS.decided)(status, by),
    },
    former_text: "Le texte d’avant",
    actor,
    edit: "Modifier",
    text: "Texte",
    markdown_help: "En Markdown, tel que son auteur l’a écrit. L’ancien texte reste dans l’histoire.",
    save: "Enregistrer",
    changed_meanwhile: "Le texte a changé depuis que vous l’avez ouvert\u{a0}: il est maintenant comme ci-dessus. Le vôtre est toujours là ; enregistrez de nouveau pour le mettre à sa place.",
    text_refused: |rule| format!("Texte\u{a0}: {}. Il est toujours là.", rule_in_french(rule)),
    rule: rule_in_french,
    reply: "Répondre",
    reply_as: |name| format!("Votre réponse, publiée aussitôt au nom de {name}"),
    approve_first: "Publier d’abord ce commentaire",
    publish: "Publier la réponse",
    not_published: |why| format!("Pas publiée. {why}"),
    parent_hidden: "Les lecteurs ne voient pas le commentaire auquel vous répondez\u{a0}: cochez la case pour le publier d’abord. Votre texte est toujours là.",
    sender: "Expéditeur",
    ban_explained: "Tout ce qui viendra encore de ce navigateur ou de ce réseau sera du spam, sans être montré à personne.",
    ban: "Bannir l’expéditeur",
    unban: "Lever le bannissement",
    is_banned: "L’expéditeur est banni.",

    just_now: "à l’instant",
    minutes_ago: |number| format!("il y a {number} min"),
    hours_ago: |number| format!("il y a {number} h"),
    days_ago: |number| if number == 1 { "hier".to_owned() } else { format!("il y a {number} jours") },

    chart: "Les 30 derniers jours",
    chart_summary: |all, approved, spam| format!("{}\u{a0}: {approved} publiés, {spam} spam, {} autres", count(all), all - approved - spam),
    chart_day: |day, all, approved, spam| format!("{day}\u{a0}: {all}, dont {approved} publiés, {spam} spam"),
    chart_approved: "publiés",
    chart_others: "autres",

    keys: "Clavier",
    key_list: &[
        ("j / k", "commentaire suivant, précédent"),
        ("a", "publier"),
        ("r", "refuser"),
        ("s", "spam"),
        ("d", "supprimer"),
        ("e", "ouvrir : modifier, répondre"),
        ("x", "choisir"),
        ("u", "annuler"),
        ("/", "chercher"),
        ("?", "cette aide"),
    ],
    close: "Fermer",

    sign_in: "Se connecter",
    sign_in_as: |name| format!("Se connecter comme {name}"),
    sign_in_once: "Ce lien vaut une seule fois. Ce navigateur reste ensuite connecté jusqu’à ce que vous vous déconnectiez, ou ne l’utilisiez pas pendant 14 jours.",
    sign_in_by_command: "Vous n’êtes pas connecté. Sur le serveur, cette commande affiche un lien pour vous connecter\u{a0}:",
    sign_in_by_mail: "Vous n’êtes pas connecté. Un lien de connexion s’envoie par courriel\u{a0}:",
    sign_in_name: "Votre nom de modérateur",
    sign_in_send: "Recevoir un lien",
    sign_in_mailed: "Si c’est le nom d’un modérateur, écrit comme dans les réglages, et qu’ils ont une adresse pour lui, un lien est en route. Il vaut 15\u{a0}minutes\u{a0}; un autre peut être demandé après cinq.",
    sign_in_or_by_command: "Ou bien, sur le serveur, cette commande en affiche un\u{a0}:",
    sign_in_already: "Déjà connecté\u{a0}? Vers la liste",

    your_sessions: "Vos sessions",
    sessions_explained: "Les navigateurs avec lesquels vous vous êtes connecté. Terminez celles que vous ne connaissez pas, ou n’avez plus.",
    unknown_browser: "Navigateur inconnu",
    signed_in_on: |date| format!("connecté le {date}"),
    last_used: |when| format!("utilisé {when}"),
    this_browser: "ce navigateur",
    revoke: "Terminer",
    revoke_session: |browser| format!("Terminer la session de {browser}"),

    signed_out: "Vous n’êtes pas connecté",
    signed_out_remedy: "Rien n’a été changé. Votre session est finie\u{a0}: reconnectez-vous, revenez en arrière et recommencez.",
    foreign_form: "Ce n’est pas une page de la modération qui envoie cela",
    foreign_form_remedy: "Rien n’a été changé. Peut-être vous êtes-vous reconnecté dans une autre fenêtre\u{a0}: rechargez la page et recommencez. Si cela arrive à chaque fois, [service] url dans les réglages n’est pas l’adresse que montre votre navigateur.",
    unreadable_form: "Le formulaire est illisible",
    unreadable_form_remedy: "Rien n’a été changé. Revenez en arrière et envoyez-le de nouveau ; un texte a 10000 caractères au plus.",
    not_found: "Cette page n’existe pas",
    not_found_remedy: "L’adresse est incomplète, ou ce qu’elle désignait n’est plus là.",
    invalid_link: "Ce lien ne connecte plus",
    invalid_link_remedy: "Il a déjà servi, il a plus de 15 minutes, ou il a été coupé. Demandez-en un autre\u{a0}: sur le serveur, `ardoise moderator link` l’affiche.",
    nothing_done: "Rien n’a été changé",
    erased: |id| {
        format!(
            "Le commentaire {id} est vide\u{a0}: son auteur l’a retiré, ou il a été effacé. On ne peut plus rien en décider ; recommencez sans lui."
        )
    },
    unavailable: "La base de données ne répond pas à l’instant. Revenez en arrière et recommencez dans un moment.",
    fault: "C’est une faute du programme. Son journal dit laquelle.",
};

fn count(number: u64) -> String {
    ardoise_model::counted_in_french(number, "commentaire", "commentaires")
}

fn notice(kind: NoticeKind, number: usize) -> String {
    let what = count(number as u64);
    let plural = if number < 2 { "" } else { "s" };
    match kind {
        NoticeKind::Decided(Status::Pending) => format!("{what} remis en attente."),
        NoticeKind::Decided(Status::Spam) => format!("{what} dans le spam."),
        NoticeKind::Decided(status) => format!("{what} {}{plural}.", (WORDS.status)(status)),
        NoticeKind::Undone => format!("Annulé\u{a0}: {what} comme avant."),
        NoticeKind::Edited => "Le texte a été modifié.".to_owned(),
        NoticeKind::Unchanged => "C’était déjà le texte.".to_owned(),
        NoticeKind::Replied => "Votre réponse est publiée.".to_owned(),
        NoticeKind::Banned => "L’expéditeur est banni\u{a0}: ce qui viendra encore de là sera du spam.".to_owned(),
        NoticeKind::Unbanned => "Le bannissement est levé.".to_owned(),
        NoticeKind::UnknownSender => "On ne sait rien de l’expéditeur à quoi le reconnaître ; personne n’a été banni.".to_owned(),
        NoticeKind::Changed => format!("{what} modifié{plural} par l’auteur depuis votre lecture\u{a0}: rien n’a été décidé. Relisez."),
        NoticeKind::Overtaken => format!("{what} décidé{plural} par quelqu’un d’autre depuis\u{a0}: rien n’y a été changé."),
        NoticeKind::NothingSelected => "Aucun commentaire n’est choisi\u{a0}: cochez d’abord sa case.".to_owned(),
    }
}

fn actor(actor: &Actor) -> String {
    match (actor.moderator.as_str(), actor.via) {
        (_, Via::Author) => "son auteur".to_owned(),
        ("", Via::Command) => "la ligne de commande".to_owned(),
        ("", via) => via.as_str().to_owned(),
        (name, Via::Mail) => format!("{name}, par courriel"),
        (name, _) => name.to_owned(),
    }
}

fn layer(name: &str) -> Option<&'static str> {
    Some(match name {
        "honeypot" => "Il a rempli un champ que les gens ne voient pas.",
        "time" => "Il a été envoyé plus vite que personne n’écrit.",
        "rate" => "Beaucoup sont venus du même réseau en peu de temps.",
        "duplicate" => "Le même texte est déjà venu.",
        "name" => "Il est signé de votre nom, de celui d’un modérateur, ou d’un nom qui y ressemble.",
        "links" => "Il a beaucoup de liens.",
        "word" => "Il contient un mot de votre liste.",
        "age" => "L’article est ancien.",
        "proof" => "Son navigateur n’a pas fait le petit travail que demande le formulaire.",
        "bayes" => "Il ressemble à ce que vous avez appelé spam.",
        "ban" => "Son expéditeur est banni.",
        "new_author" => "Son auteur n’a pas encore de commentaire publié.",
        "renderer" => {
            "Son texte ne peut pas être affiché, c’est une faute d’Ardoise\u{a0}: merci de la signaler avec le texte. D’ici là il ne peut pas être publié."
        }
        _ => return None,
    })
}
