//! The texts of the error page for forms. The form's own texts are in the site's templates.

use ardoise_model::Rule;

use crate::language::{Language, rule_in_french};

pub(crate) struct ErrorPageWords {
    pub(crate) lang: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kept: &'static str,
    /// Follows `kept` if the reader can correct the form.
    pub(crate) correct: &'static str,
    pub(crate) go_back: &'static str,
    pub(crate) article: &'static str,
    pub(crate) author: &'static str,
    pub(crate) email: &'static str,
    pub(crate) notify: &'static str,
    pub(crate) site: &'static str,
    pub(crate) text: &'static str,
    pub(crate) reply_to: &'static str,
    pub(crate) optional: &'static str,
    /// Separates a field's name from its error.
    pub(crate) colon: &'static str,
    pub(crate) send: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) unreadable: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) rule: fn(&Rule) -> String,
}

impl ErrorPageWords {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
        }
    }
}

static ENGLISH: ErrorPageWords = ErrorPageWords {
    lang: "en",
    title: "Your comment was not sent",
    kept: "Your text is still here.",
    correct: "Correct it and send it again.",
    go_back: "Back to the article",
    article: "Article",
    author: "Name",
    email: "E-mail",
    notify: "Tell me of answers by mail",
    site: "Web site",
    text: "Comment",
    reply_to: "Answer to",
    optional: "optional",
    colon: ": ",
    send: "Send",
    too_large: "It is larger than any comment may be. Go back with your browser and shorten it.",
    unreadable: "The form could not be read. Go back with your browser and send it again.",
    too_many: "Too many comments came from your network just now. Nothing was kept; send yours again in a minute.",
    unavailable: "It could not be stored just now. Nothing was kept; send it again in a moment.",
    rule: Rule::to_string,
};

static FRENCH: ErrorPageWords = ErrorPageWords {
    lang: "fr",
    title: "Votre commentaire n’est pas parti",
    kept: "Votre texte est toujours là.",
    correct: "Corrigez-le et envoyez-le de nouveau.",
    go_back: "Retour à l’article",
    article: "Article",
    author: "Nom",
    email: "Courriel",
    notify: "M’annoncer les réponses par courriel",
    site: "Site web",
    text: "Commentaire",
    reply_to: "Réponse à",
    optional: "facultatif",
    colon: "\u{a0}: ",
    send: "Envoyer",
    too_large: "Il est plus grand que ne peut l’être un commentaire. Revenez en arrière et raccourcissez-le.",
    unreadable: "Le formulaire est illisible. Revenez en arrière et envoyez-le de nouveau.",
    too_many: "Trop de commentaires viennent de votre réseau en ce moment. Rien n’a été gardé ; renvoyez le vôtre dans une minute.",
    unavailable: "Il n’a pas pu être enregistré à l’instant. Rien n’a été gardé ; renvoyez-le dans un moment.",
    rule: rule_in_french,
};
