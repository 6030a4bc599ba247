//! A connection to either database, and its transactions.
//!
//! Queries are written once, for both databases. What differs between the two is in `sqlite.rs` and `postgres.rs`.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

pub(crate) use crate::engine::either::EitherConnection as Connection;
#[cfg(feature = "postgres")]
use crate::engine::postgres;
use crate::engine::sqlite;
use crate::error::StoreError;

/// What a transaction may do, and which transactions it excludes.
#[derive(Clone, Copy)]
pub(crate) enum TransactionMode {
    /// Reads from one snapshot of the database and writes nothing.
    Read,
    /// Excludes every other `Write` transaction until it ends. So these cannot deadlock, what one has read does not change before it writes,
    /// and the numbers that it assigns are in the order of the commits.
    Write,
    /// Changes one row of `leases`. On PostgreSQL it does not wait for writers, and its commit is not flushed: after a crash of
    /// PostgreSQL the former holder has the lease again, and the new holder learns of it at its next check.
    Lease,
}

/// Runs queries in a transaction: either all take effect or none. The commit is flushed to disk, except that of a [`TransactionMode::Lease`] on
/// PostgreSQL.
pub(crate) fn transaction<T>(
    connection: &mut Connection,
    mode: TransactionMode,
    queries: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    begin(connection, mode)?;
    match queries(connection) {
        Ok(value) => commit(connection).map(|()| value),
        Err(error) => {
            roll_back(connection);
            Err(error)
        }
    }
}

/// Begins a transaction.
pub(crate) fn begin(connection: &mut Connection, mode: TransactionMode) -> Result<(), StoreError> {
    match connection {
        Connection::Sqlite(connection) => {
            let sql = match mode {
                TransactionMode::Read => sqlite::BEGIN_READ,
                TransactionMode::Write | TransactionMode::Lease => sqlite::BEGIN_WRITE,
            };
            let begun = AnsiTransactionManager::begin_transaction_sql(connection, sql);
            begun.map_err(|error| sqlite::begin_error(connection, error))?;
        }
        #[cfg(feature = "postgres")]
        Connection::Postgres(connection) => {
            let sql = match mode {
                TransactionMode::Read => postgres::begin_read(),
                TransactionMode::Write => postgres::begin_write(),
                TransactionMode::Lease => postgres::begin_lease(),
            };
            AnsiTransactionManager::begin_transaction_sql(connection, &sql)?;
        }
    }
    Ok(())
}

/// Rolls the transaction back. Errors are ignored: the query's error is reported, and a broken connection is replaced at its next use.
pub(crate) fn roll_back(connection: &mut Connection) {
    let _ = <Connection as diesel::Connection>::TransactionManager::rollback_transaction(connection);
}

/// Commits the transaction.
pub(crate) fn commit(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(<Connection as diesel::Connection>::TransactionManager::commit_transaction(connection)?)
}
