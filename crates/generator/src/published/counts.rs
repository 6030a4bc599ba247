use std::io::Write;

use ardoise_store::{Store, StoreError};

use crate::published::VERSION;

/// Where it lies in the tree.
pub(crate) const FILE: &str = "counts.json";
/// Its revision stands within so many bytes.
pub(crate) const HEAD: usize = 64;

/// Approved comments per article, by path; an article without any is absent. Behind the number of the last change they include.
///
/// Written as it is read, page by page: of a large site it is by far the largest file.
pub(crate) fn render(store: &Store) -> Result<Vec<u8>, StoreError> {
    let mut counts = Vec::new();
    let revision = store.counts(&mut |path, count| {
        let comma = if counts.is_empty() { "" } else { "," };
        // Writing to memory does not fail, and neither does a string as JSON.
        let _ = write!(counts, "{comma}{}:{count}", serde_json::Value::from(path));
    })?;
    let mut file = format!("{{\"version\":{VERSION},\"revision\":{revision},\"counts\":{{").into_bytes();
    file.append(&mut counts);
    file.extend_from_slice(b"}}");
    Ok(file)
}

/// The revision of a file that begins like this.
pub(crate) fn revision(beginning: &str) -> Option<u64> {
    let (_, rest) = beginning.split_once("\"revision\":")?;
    rest.split_once(',')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_revision_is_read_from_the_beginning() {
        assert_eq!(super::revision(r#"{"version":1,"revision":812,"counts":{"/"#), Some(812));
        for other in ["", "{\"version\":1,\"counts\":{}}", r#"{"version":1,"revision":8"#, r#"{"revision":"x","#] {
            assert_eq!(super::revision(other), None, "{other}");
        }
    }
}
