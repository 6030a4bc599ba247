//! Why a database on a server cannot be used.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

use crate::engine::postgres::connect;
use crate::error::{Diagnosis, StoreError};

/// Checks that the server can be reached, and the role's privileges.
pub(crate) fn diagnose(url: &str) -> Result<(), Diagnosis> {
    check_privileges(&mut connect(url).map_err(|error| connection_diagnosis(&error))?)
}

/// Classifies a connection error by its words, because libpq reports no code. Its own messages are always English, because the program sets no
/// locale; a message of the server in another language is shown as it is.
fn connection_diagnosis(error: &ConnectionError) -> Diagnosis {
    let message = error.to_string().trim().replace('\n', "; ");
    let contains_any = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if contains_any(&["certificate", "SSL"]) && !contains_any(&["pg_hba.conf"]) {
        // First, because a missing file is also something that does not exist.
        Diagnosis::Refused(format!("{message}; see sslmode and sslrootcert in [store] url"))
    } else if contains_any(&["could not translate host name", "invalid", "missing \"=\"", "forbidden value"]) {
        Diagnosis::Url(message)
    } else if contains_any(&["does not exist"]) {
        Diagnosis::Url(format!("{message}; or make it there (createdb, createuser)"))
    } else if contains_any(&[
        "Connection refused",
        "timeout expired",
        "timed out",
        "No route to host",
        "unreachable",
        "No such file",
        "starting up",
        "shutting down",
    ]) {
        Diagnosis::Unreachable(message)
    } else if contains_any(&["password", "pg_hba.conf", "authentication"]) {
        Diagnosis::Refused(format!(
            "{message}; correct the user or the password in [store] url (or PGPASSWORD, or ~/.pgpass), or the server's pg_hba.conf"
        ))
    } else {
        Diagnosis::Refused(message)
    }
}

#[derive(QueryableByName)]
struct Privileges {
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
    /// A table of Ardoise for which this role lacks a privilege.
    #[diesel(sql_type = Nullable<Text>)]
    forbidden: Option<String>,
}

/// Names all tables of `schema.rs`; a test compares the two.
const PRIVILEGES_QUERY: &str = "SELECT current_user::text AS role, current_schema()::text AS schema,
    current_setting('server_encoding') AS encoding,
    (pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool) AS read_only,
    COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS create,
    (SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()
        AND tablename IN ('articles', 'bans', 'challenges', 'clock', 'comments', 'decisions', 'edits', 'generation_work', 'identity',
            'jobs', 'leases', 'moderation_log', 'proofs', 'secrets', 'sessions', 'sign_ins', 'subscribers', 'subscriptions')
        AND NOT (has_table_privilege(quote_ident(schemaname) || '.' || tablename, 'SELECT')
            AND has_table_privilege(quote_ident(schemaname) || '.' || tablename, 'INSERT')
            AND has_table_privilege(quote_ident(schemaname) || '.' || tablename, 'UPDATE')
            AND has_table_privilege(quote_ident(schemaname) || '.' || tablename, 'DELETE'))
        ORDER BY 1 LIMIT 1) AS forbidden";

fn check_privileges(connection: &mut PgConnection) -> Result<(), Diagnosis> {
    let privileges: Privileges = connection
        .transaction(|connection| diesel::sql_query(PRIVILEGES_QUERY).get_result(connection))
        .map_err(|error: diesel::result::Error| Diagnosis::Refused(error.to_string()))?;
    let role = &privileges.role;
    if privileges.encoding != "UTF8" {
        return Err(Diagnosis::Url(StoreError::Encoding(privileges.encoding).to_string()));
    }
    let Some(schema) = &privileges.schema else {
        return Err(Diagnosis::Permission(format!(
            "no schema of the search_path exists for {role}; make one: CREATE SCHEMA AUTHORIZATION {role}"
        )));
    };
    if privileges.read_only {
        return Err(Diagnosis::Permission(
            "the server takes no writes (a standby, or default_transaction_read_only); name the primary".into(),
        ));
    }
    if let Some(table) = &privileges.forbidden {
        return Err(Diagnosis::Permission(format!(
            "{role} may not write to the table {table}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
        )));
    }
    if !privileges.create {
        return Err(Diagnosis::Permission(format!(
            "{role} may not make tables in the schema {schema}, as the first start and updates do; GRANT CREATE ON SCHEMA {schema} TO {role}"
        )));
    }
    Ok(())
}
