//! A private PostgreSQL: a cluster in a temporary folder that is removed at the end, even if this process is killed.

mod certificate;
mod cleanup;
mod pooler;
mod server;
mod settings;
mod signals;
mod startup;
mod tasks;
mod user;

pub use server::Postgres;
pub use settings::Settings;
pub use tasks::{by_hand, for_tests};
