//! Case-insensitive text search.

use diesel::SqliteConnection;

use crate::error::StoreError;

#[diesel::declare_sql_function]
extern "SQL" {
    /// Converts a text to lower case.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Replaces SQLite's own `lower`, which converts A to Z only: É and é would be different.
pub(crate) fn register_lower(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    Ok(lower_utils::register_impl(connection, |text: String| text.to_lowercase())?)
}

/// Returns a `LIKE` pattern that matches texts which contain `words`. Its escape character is the backslash.
pub(crate) fn contains_pattern(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.trim().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
