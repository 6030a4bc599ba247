use ardoise_model::{Origin, Policy, Timestamp};
use ardoise_store::Store;

use crate::crowd::Crowd;

/// What every handler sees.
pub(crate) struct Service {
    pub(crate) crowd: Crowd,
    pub(crate) store: Store,
    pub(crate) origin: Origin,
    pub(crate) tree_url: String,
    pub(crate) policy: Policy,
    pub(crate) stacosys_redirect: Option<String>,
    /// For how long a comment is its author's to change, in milliseconds.
    pub(crate) grace: i64,
    pub(crate) clock: fn() -> Timestamp,
}
