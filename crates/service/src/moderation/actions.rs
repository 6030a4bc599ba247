//! What moderators do about comments. Each action redirects to a page that shows a notice.

pub(crate) mod ban;
pub(crate) mod decide;
pub(crate) mod edit;
mod position;
pub(crate) mod reply;
pub(crate) mod undo;
