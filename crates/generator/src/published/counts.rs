use std::io::Write;

use ardoise_store::{CountChange, Store, StoreError};

use crate::published::VERSION;

/// The file's path in the tree.
pub(crate) const FILE: &str = "counts.json";
/// Its revision and epoch are within this many bytes from the beginning.
pub(crate) const HEAD_BYTES: usize = 96;

/// Renders the number of approved comments per article, and the revision that they include. An article without comments is absent.
///
/// `shown` returns how many comments of an article its files hold, given whether rows of work exist for it. If that is less than the
/// database's count, it is used instead, and the file's revision is lowered to exclude the article's last change.
///
/// The text is written as the rows are read: on a large site, this is by far the largest file.
pub(crate) fn render(store: &Store, shown: &dyn Fn(&CountChange, bool) -> u64) -> Result<Vec<u8>, StoreError> {
    let mut counts = Vec::new();
    let mut claim = u64::MAX;
    let (revision, epoch) = store.counts_and_pending_work(&mut |change, is_waiting| {
        let count = shown(change, is_waiting).min(change.count);
        if count < change.count {
            claim = claim.min(change.revision.saturating_sub(1));
        }
        if count > 0 {
            let comma = if counts.is_empty() { "" } else { "," };
            // Writing to memory does not fail, nor does writing a string as JSON.
            let _ = write!(counts, "{comma}{}:{count}", serde_json::Value::from(change.article.as_str()));
        }
    })?;
    let revision = revision.min(claim);
    let mut file = format!("{{\"version\":{VERSION},\"revision\":{revision},\"epoch\":\"{epoch}\",\"counts\":{{").into_bytes();
    file.append(&mut counts);
    file.extend_from_slice(b"}}");
    Ok(file)
}

/// Returns the revision and the epoch of a file with this beginning. The epoch is empty in files of earlier versions.
pub(crate) fn revision(beginning: &str) -> Option<(u64, String)> {
    let (_, rest) = beginning.split_once("\"revision\":")?;
    let (revision, rest) = rest.split_once(',')?;
    let epoch = rest.strip_prefix("\"epoch\":\"").and_then(|rest| rest.split_once('"'));
    Some((revision.parse().ok()?, epoch.map_or_else(String::new, |(epoch, _)| epoch.to_owned())))
}

/// Returns whether a file with this beginning counts any comment.
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
        assert!(longest.len() <= HEAD_BYTES && counts_any(&longest), "{longest}");
        assert!(!counts_any(r#"{"version":1,"revision":3,"epoch":"a","counts":{}}"#));
    }
}
