//! What happens to every request before its handler runs.

pub(crate) mod cross_origin;
pub(crate) mod rate_limit;
pub(crate) mod request_timeout;
