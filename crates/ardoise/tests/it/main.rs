//! The binary as its users run it: real processes, HTTP in, files out; the loop on SQLite, and again on PostgreSQL.
#![allow(clippy::duplicate_mod, reason = "the same tests, once for each database")]

#[path = "../../../store/tests/it/database.rs"]
mod database;

#[path = "."]
mod sqlite {
    pub(crate) const POSTGRES: bool = false;

    mod browser;
    mod harness;

    mod authorization;
    mod check;
    mod commands;
    mod killed;
    mod limits;
    mod locked;
    mod moderate;
    mod moderation;
    mod opened;
    mod overload;
    mod own;
    mod page;
    mod parts;
    mod privacy;
    mod reading;
    #[cfg(unix)]
    mod rights;
    mod seen;
    mod service;
    mod spam;
    mod together;
}

#[path = "."]
mod postgres {
    pub(crate) const POSTGRES: bool = true;

    mod browser;
    mod harness;

    mod authorization;
    mod killed;
    mod limits;
    mod lost;
    mod moderate;
    mod moderation;
    mod opened;
    mod own;
    mod parts;
    mod privacy;
    mod reading;
    mod seen;
    mod service;
    mod spam;
    mod together;
}
