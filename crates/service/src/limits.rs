//! Limits on clients: how often a network may send requests, and how long a connection may take.

pub(crate) mod client;
pub(crate) mod connection;
pub(crate) mod network;
pub(crate) mod rate_limiter;
pub(crate) mod request_limits;
