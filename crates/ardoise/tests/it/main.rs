//! The binary as its users run it: real processes, HTTP in, files out; the loop on SQLite, and again on PostgreSQL.
#![allow(clippy::duplicate_mod, reason = "the same tests, once for each database")]

#[path = "../../../store/tests/it/database.rs"]
mod database;

#[path = "."]
mod sqlite {
    pub(crate) const POSTGRES: bool = false;

    mod harness;

    mod commands;
    mod crowded;
    mod killed;
    mod locked;
    mod own;
    mod reading;
    mod service;
    mod together;
}

#[path = "."]
mod postgres {
    pub(crate) const POSTGRES: bool = true;

    mod harness;

    mod killed;
    mod lost;
    mod own;
    mod reading;
    mod service;
    mod together;
}
