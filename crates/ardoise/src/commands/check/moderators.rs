use ardoise_model::Moderator;

use super::context::CheckContext;
use super::finding::Finding;

/// Reports the moderators; checks that there is a mail server if any has an address.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    let moderators = config.moderators();
    let without_mail = moderators.iter().find(|one| one.email.is_some()).filter(|_| config.mail.is_none());
    if let Some(Moderator { name, email: Some(email) }) = without_mail {
        return Finding::Wrong(format!(
            "{name} has the address {email}, and gets no mail, for the settings name no mail server; add a [mail] section (docs/mail.md), or leave email out"
        ));
    }
    let word = |one: &Moderator| one.email.as_ref().map_or_else(|| one.name.clone(), |email| format!("{} <{email}>", one.name));
    Finding::Fine(moderators.iter().map(word).collect::<Vec<_>>().join(", "))
}
