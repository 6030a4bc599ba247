//! Tests of the public interface. Each test has a database of its own. Without the feature `postgres`, only those on SQLite are compiled.

mod both_databases;
mod clock;
#[cfg(feature = "postgres")]
mod copy;
#[cfg(feature = "postgres")]
mod database;
mod harness;
mod jobs;
#[cfg(feature = "postgres")]
mod lead;
mod moderation;
mod opening;
#[cfg(feature = "postgres")]
mod postgres;
mod queries;
mod samples;
mod sqlite;
