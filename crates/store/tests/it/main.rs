//! Tests of the public interface. Each test has a database of its own.

mod both_databases;
mod clock;
mod copy;
mod database;
mod harness;
mod jobs;
mod lead;
mod moderation;
mod opening;
mod postgres;
mod queries;
mod samples;
mod sqlite;
