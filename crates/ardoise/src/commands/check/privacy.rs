use super::context::CheckContext;
use super::finding::Finding;
use crate::clock;
use crate::config::Privacy;

/// Reports the retention times, and how many comments are past them.
pub(super) fn check(context: &CheckContext) -> Finding {
    let Privacy { refused_days, network_hours } = context.config.privacy;
    let kept = match refused_days {
        0 => "rejected comments, spam and deleted ones are kept for ever".to_owned(),
        days => format!("rejected comments, spam and deleted ones go after {days} days{}", overdue(context)),
    };
    Finding::Fine(format!("{kept}; hashes of networks after {network_hours} hours ([privacy])"))
}

/// Returns nothing without a database; the check `database` reports its errors.
fn overdue(context: &CheckContext) -> String {
    let Some(Ok(store)) = context.store() else { return String::new() };
    match store.overdue(context.config.privacy.limits(clock::now())) {
        Ok(0) => ", and none is due".to_owned(),
        Ok(due) => format!(", and {due} are due: `ardoise serve` removes them when it starts, and each day"),
        Err(_) => String::new(),
    }
}
