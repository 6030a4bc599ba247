use super::outcome::Outcome;
use super::scene::Scene;
use crate::config::Privacy;
use crate::wire;

/// What is not kept for ever, and how much of it has had its time.
pub(super) fn look(scene: &Scene) -> Outcome {
    let Privacy { refused_days, network_hours } = scene.config.privacy;
    let kept = match refused_days {
        0 => "rejected comments, spam and deleted ones are kept for ever".to_owned(),
        days => format!("rejected comments, spam and deleted ones go after {days} days{}", overdue(scene)),
    };
    Outcome::Fine(format!("{kept}; hashes of networks after {network_hours} hours ([privacy])"))
}

/// Nothing where there is no database yet; what is wrong with it is said elsewhere.
fn overdue(scene: &Scene) -> String {
    let Some(Ok(store)) = scene.store() else { return String::new() };
    match store.overdue(scene.config.privacy.keep(wire::now())) {
        Ok(0) => ", and none is due".to_owned(),
        Ok(due) => format!(", and {due} are due: `ardoise serve` removes them when it starts, and each day"),
        Err(_) => String::new(),
    }
}
