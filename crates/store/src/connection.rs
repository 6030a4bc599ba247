//! One connection, to either database. Queries are written once; what differs between the two is in `sqlite.rs` and
//! `postgres.rs`, and in [`Begin`].

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

pub(crate) use crate::either::EitherConnection as Connection;
use crate::{StoreError, postgres, sqlite};

/// How a transaction begins.
#[derive(Clone, Copy)]
pub(crate) enum Begin {
    /// It sees one state of the database, and writes nothing.
    Read,
    /// It is the one that writes: whoever else wants to waits until it has ended. So no two wait for each other, what was read
    /// in it still holds when it writes, and numbers given out in it come in the order of the commits.
    Write,
}

/// Runs queries in a transaction: all take effect, flushed to disk, or none.
pub(crate) fn transaction<T>(
    connection: &mut Connection,
    begin: Begin,
    queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    start(connection, begin)?;
    match queries(connection) {
        Ok(value) => commit(connection).map(|()| value),
        Err(error) => {
            // The cause is what queries said; a connection that cannot even roll back is replaced at its next use.
            let _ = <Connection as diesel::Connection>::TransactionManager::rollback_transaction(connection);
            Err(error)
        }
    }
}

pub(crate) fn start(connection: &mut Connection, begin: Begin) -> Result<(), StoreError> {
    match connection {
        Connection::Sqlite(connection) => AnsiTransactionManager::begin_transaction_sql(connection, sqlite::begin(begin))?,
        Connection::Postgres(connection) => AnsiTransactionManager::begin_transaction_sql(connection, &postgres::begin(begin))?,
    }
    Ok(())
}

pub(crate) fn commit(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(<Connection as diesel::Connection>::TransactionManager::commit_transaction(connection)?)
}

/// Brings the schema to this version's. Two processes may start at once: the lock on the whole is taken before the second look.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    if !has_pending(connection)? {
        return Ok(());
    }
    transaction(connection, Begin::Write, |connection| {
        let run = match connection {
            Connection::Sqlite(connection) => connection.run_pending_migrations(sqlite::MIGRATIONS).map(drop),
            Connection::Postgres(connection) => connection.run_pending_migrations(postgres::MIGRATIONS).map(drop),
        };
        run.map_err(|error| StoreError::Migration(error.to_string()))
    })
}

fn has_pending(connection: &mut Connection) -> Result<bool, StoreError> {
    let pending = match connection {
        Connection::Sqlite(connection) => has_pending_of(connection, sqlite::MIGRATIONS),
        Connection::Postgres(connection) => has_pending_of(connection, postgres::MIGRATIONS),
    };
    pending.map_err(StoreError::Migration)
}

fn has_pending_of<D: diesel::backend::Backend>(
    connection: &mut impl MigrationHarness<D>,
    migrations: EmbeddedMigrations,
) -> Result<bool, String>
where
    EmbeddedMigrations: diesel::migration::MigrationSource<D>,
{
    connection.has_pending_migration(migrations).map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "migration_tests.rs"]
mod tests;
