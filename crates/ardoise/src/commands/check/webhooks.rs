use std::thread;

use ardoise_notify::{Format, RequestError, Response, Webhook, request};

use super::context::{CheckContext, TIMEOUT};
use super::finding::Finding;

/// Checks the settings of webhooks, and that their URLs respond. No event is sent.
pub(super) fn check(context: &CheckContext) -> Finding {
    let hooks = context.config.webhooks();
    if let Some(open) = hooks.iter().find(|hook| hook.format == Format::Json && hook.secret.is_none()) {
        return Finding::Wrong(format!("{:?} has no secret, and who gets it could not tell us from others: add secret = \"…\"", open.name));
    }
    if hooks.is_empty() {
        return Finding::Fine("none".to_owned());
    }
    // In parallel, so that a slow one delays no other.
    let findings: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = hooks.iter().map(|hook| scope.spawn(|| probe(hook))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let sentences =
        |wanted: fn(&Finding) -> bool| findings.iter().filter(|one| wanted(one)).map(Finding::sentence).collect::<Vec<_>>().join("; ");
    let (wrong, warned) = (sentences(|one| matches!(one, Finding::Wrong(_))), sentences(|one| matches!(one, Finding::Warning(_))));
    match (wrong.is_empty(), warned.is_empty()) {
        (false, _) => Finding::Wrong(wrong),
        (true, false) => Finding::Warning(warned),
        (true, true) => Finding::Fine(hooks.iter().map(describe).collect::<Vec<_>>().join(", ")),
    }
}

fn describe(hook: &Webhook) -> String {
    let what = match (hook.pending, hook.approved) {
        (true, true) => "pending, approved",
        (true, false) => "pending",
        (false, true) => "approved",
        (false, false) => "nothing: [[webhook]] events is empty",
    };
    format!("{} ({what})", hook.name)
}

/// Sends `OPTIONS`, which no program takes for an event.
fn probe(hook: &Webhook) -> Finding {
    let name = &hook.name;
    match request("OPTIONS", &hook.url.0, TIMEOUT) {
        Err(RequestError(why)) => Finding::Wrong(format!("{name:?} cannot be told of anything: {why}; correct its url ([[webhook]])")),
        Ok(Response { status: 410, .. }) => {
            Finding::Wrong(format!("{name:?} answers 410: it is gone for good; correct its url ([[webhook]])"))
        }
        Ok(Response { status: status @ (401 | 403 | 404), .. }) => {
            Finding::Warning(format!("{name:?} answers {status}: was it removed over there, or its url mistyped?"))
        }
        // Servers that do not know the method respond with 501.
        Ok(Response { status, .. }) if status >= 500 && status != 501 => {
            Finding::Warning(format!("{name:?} answers {status}: something is wrong over there"))
        }
        Ok(_) => Finding::Fine(describe(hook)),
    }
}
