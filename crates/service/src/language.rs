//! Chooses the language of the pages that the service renders, by the browser's preferences. Each kind of page has its own table of words.

use actix_web::HttpRequest;
use actix_web::http::header;
use ardoise_model::{Rule, counted_in_french};

use crate::http;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    French,
}

impl Language {
    /// Returns the first supported language in `Accept-Language`, and English if there is none. The weights (`q`) are
    /// ignored, because browsers list languages in order of preference.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let accepted = http::header_text(request.headers(), &header::ACCEPT_LANGUAGE).unwrap_or_default();
        let supported = |language: &str| match language.trim().to_ascii_lowercase() {
            tag if tag.starts_with("en") => Some(Self::English),
            tag if tag.starts_with("fr") => Some(Self::French),
            _ => None,
        };
        accepted.split(',').find_map(supported).unwrap_or(Self::English)
    }
}

/// Returns a rule's text in French. Its text in English is its `Display`.
pub(crate) fn rule_in_french(rule: &Rule) -> String {
    match rule {
        Rule::Required => "à remplir".to_owned(),
        Rule::TooLong(max) => format!("{} au plus", counted_in_french(*max as u64, "caractère", "caractères")),
        Rule::Characters => {
            "contient des caractères de contrôle, ou des caractères qui inversent le sens de lecture ; retirez-les".to_owned()
        }
        Rule::NotUtf8 => "n’est pas en UTF-8 ; ses accents ont été perdus, corrigez-les".to_owned(),
        Rule::NotAnEmail => "n’est pas une adresse électronique ; corrigez-la ou laissez le champ vide".to_owned(),
        Rule::NotALink => "n’est pas l’adresse d’un site, comme https://example.org ; corrigez-la ou laissez le champ vide".to_owned(),
        Rule::NotAnArticle(_) => "ce n’est pas une page de ce site".to_owned(),
        Rule::UnknownArticle => {
            "cette page n’existe pas sur ce site, ou n’accepte pas de commentaires ; a-t-elle changé d’adresse ?".to_owned()
        }
        Rule::ClosedArticle => "cette page n’accepte plus de commentaires".to_owned(),
        Rule::OldArticle(1) => "cette page a plus d’un jour, et n’accepte plus de commentaires".to_owned(),
        Rule::OldArticle(days) => format!("cette page a plus de {days} jours, et n’accepte plus de commentaires"),
        Rule::UnknownComment => {
            "le commentaire auquel vous répondez n’est plus sur cette page ; envoyez le vôtre comme un nouveau commentaire".to_owned()
        }
        Rule::Unwelcome(words) => format!("contient « {words} », qui n’est pas accepté ici ; dites-le autrement"),
    }
}
