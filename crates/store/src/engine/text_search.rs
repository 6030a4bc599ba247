//! Text without its case, as a search compares it.

use diesel::SqliteConnection;

use crate::StoreError;

#[diesel::declare_sql_function]
extern "SQL" {
    /// In lower case.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// SQLite's own knows no letter beyond A to Z: É and é would be two.
pub(crate) fn teach(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    Ok(lower_utils::register_impl(connection, |text: String| text.to_lowercase())?)
}

/// What `LIKE` compares with, for a text that stands anywhere. Backslash is the escape.
pub(crate) fn anywhere(words: &str) -> String {
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
