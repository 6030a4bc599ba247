use super::outcome::Outcome;
use super::scene::Scene;

/// What waits to go out. It waits because something is wrong, or because no `serve` runs.
pub(super) fn look(scene: &Scene) -> Outcome {
    let Some(store) = scene.store() else { return Outcome::Fine("none wait".to_owned()) };
    let waiting = store.as_ref().map_err(ToString::to_string).and_then(|store| store.backlog().map_err(|error| error.to_string()));
    let said = waiting.and_then(|waiting| match (waiting.messages, waiting.error) {
        (0, _) => Ok("none wait".to_owned()),
        (messages, None) => Ok(format!("{messages} wait to be sent by `ardoise serve`")),
        (messages, Some(error)) => Err(format!("{messages} wait, and are tried again until they are taken; the last failure: {error}")),
    });
    said.into()
}
