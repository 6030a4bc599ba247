use std::io::Write;

use ardoise_store::{Store, StoreError};

use crate::published::VERSION;

/// Where it lies in the tree.
pub(crate) const FILE: &str = "counts.json";
/// Its revision and its epoch stand within so many bytes.
pub(crate) const HEAD: usize = 96;

/// Approved comments per article, by path; an article without any is absent. Behind the number of the last change they include.
///
/// Written as it is read, page by page: of a large site it is by far the largest file.
pub(crate) fn render(store: &Store) -> Result<Vec<u8>, StoreError> {
    let mut counts = Vec::new();
    let (revision, epoch) = store.counts(&mut |path, count| {
        let comma = if counts.is_empty() { "" } else { "," };
        // Writing to memory does not fail, and neither does a string as JSON.
        let _ = write!(counts, "{comma}{}:{count}", serde_json::Value::from(path));
    })?;
    let mut file = format!("{{\"version\":{VERSION},\"revision\":{revision},\"epoch\":\"{epoch}\",\"counts\":{{").into_bytes();
    file.append(&mut counts);
    file.extend_from_slice(b"}}");
    Ok(file)
}

/// The revision of a file that begins like this, and its epoch; files of earlier versions have none.
pub(crate) fn revision(beginning: &str) -> Option<(u64, String)> {
    let (_, rest) = beginning.split_once("\"revision\":")?;
    let (revision, rest) = rest.split_once(',')?;
    let epoch = rest.strip_prefix("\"epoch\":\"").and_then(|rest| rest.split_once('"'));
    Some((revision.parse().ok()?, epoch.map_or_else(String::new, |(epoch, _)| epoch.to_owned())))
}

/// Whether a file that begins like this counts any comment.
pub(crate) fn counts_any(beginning: &str) -> bool {
    beginning.contains("\"counts\":{\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_is_read_from_the_beginning() {
        let read = |text| revision(text).map(|(revision, epoch)| format!("{revision} {epoch}"));
        assert_eq!(read(r#"{"version":1,"revision":812,"epoch":"abc234de","counts":{"/"#).as_deref(), Some("812 abc234de"));
        assert_eq!(read(r#"{"version":1,"revision":812,"counts":{"/"#).as_deref(), Some("812 "), "as earlier versions wrote it");
        for other in ["", "{\"version\":1,\"counts\":{}}", r#"{"version":1,"revision":8"#, r#"{"revision":"x","#] {
            assert_eq!(read(other), None, "{other}");
        }
        let longest = format!("{{\"version\":{VERSION},\"revision\":{},\"epoch\":\"abcdefgh\",\"counts\":{{\"/", u64::MAX);
        assert!(longest.len() <= HEAD && counts_any(&longest), "{longest}");
        assert!(!counts_any(r#"{"version":1,"revision":3,"epoch":"a","counts":{}}"#));
    }
}
