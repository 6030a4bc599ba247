#![doc = include_str!("../README.md")]

mod audit_log;
mod dev_site;
mod fallback;
#[cfg(test)]
mod fuzzed_tests;
mod health;
mod http;
mod language;
mod limits;
mod mail_links;
mod middleware;
mod moderation;
mod origins;
mod page_style;
mod routes;
mod screening_cache;
mod server;
mod settings;
#[cfg(unix)]
mod signals;
mod state;
mod store_failure;
mod submissions;

pub use dev_site::DevSite;
pub use limits::client::{InvalidRange, Proxies};
pub use limits::connection::Timeouts;
pub use limits::rate_limiter::Rate;
pub use moderation::{ROUTES as MODERATION_ROUTES, Route};
pub use screening_cache::{KeyLifetimes, ScreeningCache};
pub use server::{listen, serve};
pub use settings::{FailedParts, ModerationSettings, Settings};
#[cfg(unix)]
pub use signals::survive_signals;
// The fuzzer's properties name these files as it includes them: at the root of a crate.
#[cfg(test)]
use submissions::{body, field_names, multipart};
