//! What keeps the store from being used, told apart for whoever has to mend it.

use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

use crate::engine::postgres;
use crate::{StoreError, StoreUrl};

/// What is wrong, and where to look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Diagnosis {
    /// The URL leads nowhere: a host, a database or a folder that does not exist, a parameter that is misspelt.
    #[error("{0}; correct [store] url")]
    Url(String),
    /// The server does not answer.
    #[error("{0}; is the server running, and does it let this machine in?")]
    FailedParts(String),
    /// The server answers, and refuses.
    #[error("{0}")]
    Refused(String),
    /// One may connect, but not do what Ardoise must.
    #[error("{0}")]
    Right(String),
}

/// Looks at a database without changing anything in it. A SQLite database that is not there yet is fine when it can be made.
pub fn diagnose(url: &StoreUrl) -> Result<(), Diagnosis> {
    match url {
        StoreUrl::Sqlite(file) => folder_of(file),
        StoreUrl::Postgres(url) => rights(&mut postgres::connect(url).map_err(|error| unreachable(&error))?),
    }
}

fn folder_of(file: &Path) -> Result<(), Diagnosis> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return Ok(());
    }
    Err(Diagnosis::Url(format!("the folder {} does not exist", folder.display())))
}

/// libpq gives a sentence and no code. Its own are always English; the server's may not be, so what is not known is shown as it is.
fn unreachable(error: &ConnectionError) -> Diagnosis {
    let said = error.to_string().trim().replace('\n', "; ");
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["could not translate host name", "invalid", "missing \"=\"", "forbidden value"]) {
        Diagnosis::Url(said)
    } else if says(&["does not exist"]) {
        Diagnosis::Url(format!("{said}; or make it there (createdb, createuser)"))
    } else if says(&[
        "Connection refused",
        "timeout expired",
        "No route to host",
        "unreachable",
        "No such file",
        "starting up",
        "shutting down",
    ]) {
        Diagnosis::FailedParts(said)
    } else if says(&["password", "pg_hba.conf", "authentication"]) {
        Diagnosis::Refused(format!(
            "{said}; correct the user or the password in [store] url (or PGPASSWORD, or ~/.pgpass), or the server's pg_hba.conf"
        ))
    } else if says(&["SSL", "certificate"]) {
        Diagnosis::Refused(format!("{said}; see sslmode and sslrootcert in [store] url"))
    } else {
        Diagnosis::Refused(said)
    }
}

#[derive(QueryableByName)]
struct Rights {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Nullable<Text>)]
    schema: Option<String>,
    #[diesel(sql_type = Bool)]
    read_only: bool,
    #[diesel(sql_type = Bool)]
    create: bool,
    /// A table of ours in which this user may not do all that is needed.
    #[diesel(sql_type = Nullable<Text>)]
    forbidden: Option<String>,
}

const RIGHTS: &str = "SELECT current_user::text AS role, current_schema()::text AS schema,
    current_setting('server_encoding') AS encoding,
    (pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool) AS read_only,
    COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS create,
    (SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()
        AND tablename IN ('articles', 'comments', 'decisions', 'generation_work')
        AND NOT (has_table_privilege(quote_ident(schemaname) || '.' || tablename, 'SELECT')
            AND has_table_privilege(quote_ident(schemaname) || '.' || tablename, 'INSERT')
            AND has_table_privilege(quote_ident(schemaname) || '.' || tablename, 'UPDATE')
            AND has_table_privilege(quote_ident(schemaname) || '.' || tablename, 'DELETE'))
        ORDER BY 1 LIMIT 1) AS forbidden";

fn rights(connection: &mut PgConnection) -> Result<(), Diagnosis> {
    let rights: Rights = connection
        .transaction(|connection| diesel::sql_query(RIGHTS).get_result(connection))
        .map_err(|error: diesel::result::Error| Diagnosis::Refused(error.to_string()))?;
    let role = &rights.role;
    if rights.encoding != "UTF8" {
        return Err(Diagnosis::Url(StoreError::Encoding(rights.encoding).to_string()));
    }
    let Some(schema) = &rights.schema else {
        return Err(Diagnosis::Right(format!(
            "no schema of the search_path exists for {role}; make one: CREATE SCHEMA AUTHORIZATION {role}"
        )));
    };
    if rights.read_only {
        return Err(Diagnosis::Right("the server takes no writes (a standby, or default_transaction_read_only); name the primary".into()));
    }
    if let Some(table) = &rights.forbidden {
        return Err(Diagnosis::Right(format!(
            "{role} may not write to the table {table}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
        )));
    }
    if !rights.create {
        return Err(Diagnosis::Right(format!(
            "{role} may not make tables in the schema {schema}, as the first start and updates do; GRANT CREATE ON SCHEMA {schema} TO {role}"
        )));
    }
    Ok(())
}
