use ardoise_store::{Account, StoreUrl};

use super::context::CheckContext;
use super::finding::Finding;

/// Reports the user that this runs as: what other checks find about permissions holds for that user only.
pub(super) fn check(context: &CheckContext) -> Finding {
    let us = Account::current();
    if us != Account::ROOT {
        return Finding::Fine(format!(
            "this runs as {us}; rights are looked at for that user: it should be the one that `ardoise serve` runs as"
        ));
    }
    let database = match context.config.store_url() {
        StoreUrl::Sqlite(file) => [Some(file.clone()), file.parent().map(Into::into)],
        StoreUrl::Postgres(_) => [None, None],
    };
    let service = database.into_iter().flatten().chain([context.config.to()]).filter_map(|path| Account::owner(&path));
    match service.into_iter().find(|owner| *owner != Account::ROOT) {
        Some(service) => Finding::Warning(format!(
            "this runs as root, whom no permission holds back; to see what the service may do: sudo -u {} ardoise check",
            service.for_chown()
        )),
        None => Finding::Fine(
            "this runs as root, whom no permission holds back; give `ardoise serve` a user of its own (docs/deploy.md), and check as that user".into(),
        ),
    }
}
