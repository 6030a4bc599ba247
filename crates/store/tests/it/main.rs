//! The store through its public door, on a database of its own.

mod both;
mod clock;
mod copy;
mod database;
mod harness;
mod lead;
mod moderated;
mod opened;
mod outbox;
mod postgres;
mod queries;
mod sqlite;
mod trusted;
