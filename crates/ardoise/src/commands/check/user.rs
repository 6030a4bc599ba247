use ardoise_store::{Account, StoreUrl};

use super::outcome::Outcome;
use super::scene::Scene;

/// Who this runs as: what it finds about rights is true of that user alone.
pub(super) fn look(scene: &Scene) -> Outcome {
    let us = Account::current();
    if us != Account::ROOT {
        return Outcome::Fine(format!(
            "this runs as {us}; rights are looked at for that user: it should be the one that `ardoise serve` runs as"
        ));
    }
    let database = match scene.config.store_url() {
        StoreUrl::Sqlite(file) => [Some(file.clone()), file.parent().map(Into::into)],
        StoreUrl::Postgres(_) => [None, None],
    };
    let service = database.into_iter().flatten().chain([scene.config.to()]).filter_map(|path| Account::owner(&path));
    match service.into_iter().find(|owner| *owner != Account::ROOT) {
        Some(service) => Outcome::Warning(format!(
            "this runs as root, whom no permission holds back; to see what the service may do: sudo -u {} ardoise check",
            service.for_chown()
        )),
        None => Outcome::Fine(
            "this runs as root, whom no permission holds back; give `ardoise serve` a user of its own (docs/deploy.md), and check as that user".into(),
        ),
    }
}
