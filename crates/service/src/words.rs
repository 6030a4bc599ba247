//! The words of the one page that readers get from the service. The site's own words are in its templates.

use actix_web::HttpRequest;
use actix_web::http::header;
use ardoise_model::{Rule, counted_in_french};

use crate::decode;

pub(crate) struct Words {
    pub(crate) lang: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kept: &'static str,
    /// After `kept`, where the text is what is wrong.
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
    /// Between a field's name and what is wrong with it.
    pub(crate) colon: &'static str,
    pub(crate) send: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) unreadable: &'static str,
    pub(crate) too_many: &'static str,
    /// The same for what is no comment.
    pub(crate) busy: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) rule: fn(&Rule) -> String,
}

static ENGLISH: Words = Words {
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
    busy: "Too many requests came from your network just now. Nothing was done; go back and try again in a minute.",
    unavailable: "It could not be stored just now. Nothing was kept; send it again in a moment.",
    rule: Rule::to_string,
};

static FRENCH: Words = Words {
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
    busy: "Trop de demandes viennent de votre réseau en ce moment. Rien n’a été fait ; revenez en arrière et réessayez dans une minute.",
    unavailable: "Il n’a pas pu être enregistré à l’instant. Rien n’a été gardé ; renvoyez-le dans un moment.",
    rule: french,
};

pub(crate) fn french(rule: &Rule) -> String {
    match rule {
        Rule::Required => "à remplir".to_owned(),
        Rule::TooLong(most) => format!("{} au plus", counted_in_french(*most as u64, "caractère", "caractères")),
        Rule::Characters => "contient des caractères de contrôle, ou qui inversent le sens du texte ; retirez-les".to_owned(),
        Rule::NotUtf8 => "n’est pas en UTF-8 ; ses accents ont été perdus, corrigez-les".to_owned(),
        Rule::NotAnEmail => "n’est pas une adresse électronique ; corrigez-la ou laissez le champ vide".to_owned(),
        Rule::NotALink => "n’est pas l’adresse d’un site, comme https://example.org ; corrigez-la ou laissez le champ vide".to_owned(),
        Rule::NotAnArticle(_) => "ce n’est pas une page de ce site".to_owned(),
        Rule::UnknownArticle => {
            "ce site n’a pas de telle page, ou elle n’accepte pas de commentaires ; a-t-elle changé d’adresse ?".to_owned()
        }
        Rule::ClosedArticle => "cette page n’accepte plus de commentaires".to_owned(),
        Rule::OldArticle(1) => "cette page a plus d’un jour, et n’accepte plus de commentaires".to_owned(),
        Rule::OldArticle(days) => format!("cette page a plus de {days} jours, et n’accepte plus de commentaires"),
        Rule::UnknownComment => "le commentaire auquel vous répondez n’est plus sur cette page ; envoyez le vôtre sans lui".to_owned(),
        Rule::Unwelcome(words) => format!("contient « {words} », qui n’est pas accepté ici ; dites-le autrement"),
    }
}

/// The first language that the browser asks for and that we have; browsers list them by preference.
pub(crate) fn for_request(request: &HttpRequest) -> &'static Words {
    let asked = decode::text(request.headers(), &header::ACCEPT_LANGUAGE).unwrap_or_default();
    let known = |language: &str| [&ENGLISH, &FRENCH].into_iter().find(|words| language.trim().to_ascii_lowercase().starts_with(words.lang));
    asked.split(',').find_map(known).unwrap_or(&ENGLISH)
}
