use ardoise_model::Moderator;

use super::outcome::Outcome;
use super::scene::Scene;

/// Who decides, and whether those who want mail get any.
pub(super) fn look(scene: &Scene) -> Outcome {
    let config = &scene.config;
    let moderators = config.moderators();
    let unheard = moderators.iter().find(|one| one.email.is_some()).filter(|_| config.mail.is_none());
    if let Some(Moderator { name, email: Some(email) }) = unheard {
        return Outcome::Wrong(format!(
            "{name} has the address {email}, and gets no mail, for the settings name no mail server; add a [mail] section (docs/mail.md), or leave email out"
        ));
    }
    let word = |one: &Moderator| one.email.as_ref().map_or_else(|| one.name.clone(), |email| format!("{} <{email}>", one.name));
    Outcome::Fine(moderators.iter().map(word).collect::<Vec<_>>().join(", "))
}
