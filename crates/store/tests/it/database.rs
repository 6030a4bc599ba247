#![allow(dead_code, reason = "each who includes it uses what he needs")]
//! A database of one's own on the PostgreSQL that tests were given. Included by the tests of other crates too.

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection};

/// Where a server's URL stands. `cargo xtask test` starts the servers and sets these.
const DIRECT: &str = "ARDOISE_TEST_POSTGRES";
/// Behind a pooler that lends a session for one transaction.
const POOLED: &str = "ARDOISE_TEST_POSTGRES_POOLED";

/// Goes with this.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    pub(crate) fn new() -> Self {
        Self::made(DIRECT, "")
    }

    /// Behind a pooler.
    pub(crate) fn pooled() -> Self {
        Self::made(POOLED, "")
    }

    /// Made with options of CREATE DATABASE.
    pub(crate) fn with(options: &str) -> Self {
        Self::made(DIRECT, options)
    }

    fn made(variable: &str, options: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let server = std::env::var(variable).unwrap_or_else(|_| {
            panic!("{variable} is not set: run `cargo xtask test`, or `cargo xtask postgres` (with --pooled for a pooler) in another terminal and set it to the URL it prints")
        });
        let name = format!("ardoise_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let database = Self { server, name };
        database.tell_server(&format!("CREATE DATABASE {} {options}", database.name));
        database
    }

    /// Its URL, with the password of the server's owner.
    pub(crate) fn url(&self) -> String {
        let (before, parameters) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (server, _) = before.rsplit_once('/').expect("a URL with a database");
        format!("{server}/{}?{parameters}", self.name)
    }

    /// Its name on the server.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Something that only the server's owner may do.
    pub(crate) fn tell_server(&self, sql: &str) {
        let mut connection = PgConnection::establish(&self.server).expect("the server");
        connection.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Not worth a second panic when the first has stopped the server.
        if let Ok(mut connection) = PgConnection::establish(&self.server) {
            let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}
