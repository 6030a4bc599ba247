use super::outcome::Outcome;
use super::scene::Scene;

/// Whether the mail server would take our mail. Nothing is sent.
pub(super) fn look(scene: &Scene) -> Outcome {
    let config = &scene.config;
    let Some(mail) = &config.mail else {
        return Outcome::Fine("none: nobody is told of comments by mail ([mail])".to_owned());
    };
    let look = || -> Result<String, String> {
        let server = mail.server_with_login(&config.folder()).map_err(|error| format!("{error:#}"))?;
        server.check()?;
        let told = config.moderators().into_iter().filter_map(|moderator| moderator.email).collect::<Vec<_>>();
        let told = match (told.is_empty(), mail.replies) {
            (true, false) => {
                return Err("nobody would get any: add email = \"…\" to a [[moderator]], or set [mail] replies = true".to_owned());
            }
            (true, true) => "readers alone; a [[moderator]] with an email would be told of pending comments".to_owned(),
            (false, _) => told.join(", "),
        };
        Ok(format!("{}:{} takes mail from {} ({}); told: {told}", server.host, server.port, server.from, server.tls))
    };
    look().into()
}
