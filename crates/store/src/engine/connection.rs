//! One connection, to either database. Queries are written once; what differs between the two is in `sqlite.rs` and
//! `postgres.rs`.

use diesel::connection::{AnsiTransactionManager, TransactionManager};

use crate::StoreError;
use crate::engine::begin::Begin;
pub(crate) use crate::engine::either::EitherConnection as Connection;
use crate::engine::postgres;
use crate::engine::sqlite;

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
            roll_back(connection);
            Err(error)
        }
    }
}

pub(crate) fn start(connection: &mut Connection, begin: Begin) -> Result<(), StoreError> {
    match connection {
        Connection::Sqlite(connection) => {
            let outcome = AnsiTransactionManager::begin_transaction_sql(connection, sqlite::begin(begin));
            outcome.map_err(|error| sqlite::refused(connection, error))?;
        }
        Connection::Postgres(connection) => AnsiTransactionManager::begin_transaction_sql(connection, &postgres::begin(begin))?,
    }
    Ok(())
}

pub(crate) fn roll_back(connection: &mut Connection) {
    // The cause is what queries said; a connection that cannot even roll back is replaced at its next use.
    let _ = <Connection as diesel::Connection>::TransactionManager::rollback_transaction(connection);
}

pub(crate) fn commit(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(<Connection as diesel::Connection>::TransactionManager::commit_transaction(connection)?)
}
