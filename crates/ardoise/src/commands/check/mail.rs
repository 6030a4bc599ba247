use super::context::CheckContext;
use super::finding::Finding;

/// Checks whether the mail server would take mail. Nothing is sent.
pub(super) fn check(context: &CheckContext) -> Finding {
    let config = &context.config;
    let Some(mail) = &config.mail else {
        return Finding::Fine("none: nobody is told of comments by mail ([mail])".to_owned());
    };
    let check = || -> Result<String, String> {
        let server = mail.server_with_login(&config.folder()).map_err(|error| format!("{error:#}"))?;
        server.check()?;
        let recipients = config.moderators().into_iter().filter_map(|moderator| moderator.email).collect::<Vec<_>>();
        let recipients = match (recipients.is_empty(), mail.replies) {
            (true, false) => {
                return Err("nobody would get any: add email = \"…\" to a [[moderator]], or set [mail] replies = true".to_owned());
            }
            (true, true) => "readers alone; a [[moderator]] with an email would be told of pending comments".to_owned(),
            (false, _) => recipients.join(", "),
        };
        Ok(format!("{}:{} takes mail from {} ({}); told: {recipients}", server.host, server.port, server.from, server.tls))
    };
    check().into()
}
