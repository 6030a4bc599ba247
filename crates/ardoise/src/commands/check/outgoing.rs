use ardoise_moderation::{Format, Webhook};
use ardoise_store::{Store, StoreError};

use super::Finding;
use crate::config::Config;

/// Whether the mail server would take our mail. Nothing is sent.
pub(super) fn mail(config: &Config) -> Finding {
    let Some(mail) = &config.mail else {
        return Finding("mail", Ok("none: nobody is told of comments by mail ([mail])".to_owned()));
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
    Finding("mail", look())
}

pub(super) fn webhooks(config: &Config) -> Finding {
    let hooks = config.webhooks();
    let twice = hooks.iter().enumerate().find(|(n, one)| hooks[..*n].iter().any(|other| other.name == one.name));
    let open = |hook: &&Webhook| hook.format == Format::Json && hook.secret.is_none();
    let word = |hook: &Webhook| match (hook.pending, hook.approved) {
        (true, true) => format!("{} (pending, approved)", hook.name),
        (true, false) => format!("{} (pending)", hook.name),
        (false, true) => format!("{} (approved)", hook.name),
        (false, false) => format!("{} (nothing: [[webhook]] events is empty)", hook.name),
    };
    Finding(
        "webhooks",
        match (twice, hooks.iter().find(open)) {
            (Some((_, one)), _) => Err(format!("two are called {:?}; rename one ([[webhook]])", one.name)),
            (None, Some(open)) => {
                Err(format!("{:?} has no secret, and who gets it could not tell us from others: add secret = \"…\"", open.name))
            }
            (None, None) if hooks.is_empty() => Ok("none".to_owned()),
            (None, None) => Ok(hooks.iter().map(word).collect::<Vec<_>>().join(", ")),
        },
    )
}

/// What waits to go out. It waits because something is wrong, or because no `serve` runs.
pub(super) fn messages(config: &Config) -> Finding {
    let url = config.store_url();
    let waiting = match Store::open(&url) {
        Err(StoreError::NoDatabase) => return Finding("messages", Ok("none wait".to_owned())),
        opened => opened.and_then(|store| store.waiting_messages()).map_err(|error| error.to_string()),
    };
    Finding(
        "messages",
        waiting.and_then(|waiting| match (waiting.messages, waiting.error) {
            (0, _) => Ok("none wait".to_owned()),
            (messages, None) => Ok(format!("{messages} wait to be sent by `ardoise serve`")),
            (messages, Some(error)) => Err(format!("{messages} wait, and are tried again until they are taken; the last failure: {error}")),
        }),
    )
}
