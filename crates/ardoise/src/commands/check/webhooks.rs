use std::thread;

use ardoise_notify::{Format, RequestError, Response, Webhook, request};

use super::outcome::Outcome;
use super::scene::{PATIENCE, Scene};

/// Whether webhooks are set as they must be, and somebody is there. None is told of anything.
pub(super) fn look(scene: &Scene) -> Outcome {
    let hooks = scene.config.webhooks();
    if let Some(open) = hooks.iter().find(|hook| hook.format == Format::Json && hook.secret.is_none()) {
        return Outcome::Wrong(format!("{:?} has no secret, and who gets it could not tell us from others: add secret = \"…\"", open.name));
    }
    if hooks.is_empty() {
        return Outcome::Fine("none".to_owned());
    }
    // All at once: one that does not answer holds up no other.
    let answers: Vec<_> = thread::scope(|scope| {
        let asked: Vec<_> = hooks.iter().map(|hook| scope.spawn(|| answer(hook))).collect();
        asked.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    let sentences =
        |wanted: fn(&Outcome) -> bool| answers.iter().filter(|one| wanted(one)).map(Outcome::sentence).collect::<Vec<_>>().join("; ");
    let (wrong, warned) = (sentences(|one| matches!(one, Outcome::Wrong(_))), sentences(|one| matches!(one, Outcome::Warning(_))));
    match (wrong.is_empty(), warned.is_empty()) {
        (false, _) => Outcome::Wrong(wrong),
        (true, false) => Outcome::Warning(warned),
        (true, true) => Outcome::Fine(hooks.iter().map(told).collect::<Vec<_>>().join(", ")),
    }
}

fn told(hook: &Webhook) -> String {
    let what = match (hook.pending, hook.approved) {
        (true, true) => "pending, approved",
        (true, false) => "pending",
        (false, true) => "approved",
        (false, false) => "nothing: [[webhook]] events is empty",
    };
    format!("{} ({what})", hook.name)
}

/// `OPTIONS` is what a browser asks before it sends, so that no program takes it for an event.
fn answer(hook: &Webhook) -> Outcome {
    let name = &hook.name;
    match request("OPTIONS", &hook.url.0, PATIENCE) {
        Err(RequestError(why)) => Outcome::Wrong(format!("{name:?} cannot be told of anything: {why}; correct its url ([[webhook]])")),
        Ok(Response { status: 410, .. }) => {
            Outcome::Wrong(format!("{name:?} answers 410: it is gone for good; correct its url ([[webhook]])"))
        }
        Ok(Response { status: status @ (401 | 403 | 404), .. }) => {
            Outcome::Warning(format!("{name:?} answers {status}: was it removed over there, or its url mistyped?"))
        }
        // Many do not know the method, and say 501.
        Ok(Response { status, .. }) if status >= 500 && status != 501 => {
            Outcome::Warning(format!("{name:?} answers {status}: something is wrong over there"))
        }
        Ok(_) => Outcome::Fine(told(hook)),
    }
}
