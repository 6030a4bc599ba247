#![allow(dead_code, reason = "each including file uses a part of it")]
//! A database for one test, on the PostgreSQL server of the test run. Other crates' tests include this file too.

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection};

/// The variables that hold the servers' URLs. `cargo xtask test` starts the servers and sets them.
const DIRECT: &str = "ARDOISE_TEST_POSTGRES";
/// A server behind a pooler that lends a session for one transaction.
const POOLED: &str = "ARDOISE_TEST_POSTGRES_POOLED";

/// A database that is dropped with this.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    pub(crate) fn new() -> Self {
        Self::create(DIRECT, "")
    }

    /// A database behind a pooler.
    pub(crate) fn pooled() -> Self {
        Self::create(POOLED, "")
    }

    /// A database with options of CREATE DATABASE.
    pub(crate) fn with(options: &str) -> Self {
        Self::create(DIRECT, options)
    }

    fn create(variable: &str, options: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let server = std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: run `cargo xtask test`, or `cargo xtask postgres` (with --pooled for a pooler) in another terminal and set it to the URL it prints")
        });
        let name = format!("ardoise_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let database = Self { server, name };
        database.execute_on_server(&format!("CREATE DATABASE {} {options}", database.name));
        database
    }

    /// Returns its URL, with the password of the server's owner.
    pub(crate) fn url(&self) -> String {
        let (before, parameters) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (server, _) = before.rsplit_once('/').expect("a URL with a database");
        format!("{server}/{}?{parameters}", self.name)
    }

    /// Returns its name on the server.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL as the server's owner.
    pub(crate) fn execute_on_server(&self, sql: &str) {
        let mut connection = PgConnection::establish(&self.server).expect("the server");
        connection.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Errors are ignored: the server may have been stopped by a failing test, and a second panic would abort.
        if let Ok(mut connection) = PgConnection::establish(&self.server) {
            let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}
