use ardoise_model::{CommentId, Status};
use ardoise_store::Decided;

/// A comment's status before a decision, with what an undo needs.
///
/// It is written as `ID:STATUS:RULINGS:VERSION`, such as `7k2m9q4xrt:pending:1`. A `!` at the end marks a surprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PreviousStatus {
    pub(crate) id: CommentId,
    pub(crate) status: Status,
    /// The number of decisions about the comment. An undo is refused if another decision was taken since.
    pub(crate) rulings: Option<u64>,
    /// The comment's version, if an undo publishes the comment.
    pub(crate) version: Option<String>,
    /// Whether the page had shown the moderator another status.
    pub(crate) is_surprise: bool,
}

impl PreviousStatus {
    /// Returns the previous statuses of the comments whose status changed. `shown` holds the statuses that the page had shown.
    pub(crate) fn of(decided: &[Decided], shown: &[Self]) -> Vec<Self> {
        let changed = decided.iter().filter(|decided| decided.before != decided.after);
        let previous = |decided: &Decided| Self {
            is_surprise: shown.iter().any(|shown| shown.id == decided.id && shown.status != decided.before),
            id: decided.id.clone(),
            status: decided.before,
            rulings: Some(decided.rulings),
            version: (decided.before == Status::Approved).then(|| decided.version.clone()),
        };
        changed.map(previous).collect()
    }

    /// Parses a list separated by white space. Malformed elements are skipped.
    pub(crate) fn parse_all(text: &str) -> Vec<Self> {
        let parse = |word: &str| {
            let mut parts = word.trim_end_matches('!').split(':');
            let (id, status) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let rulings = parts.next().and_then(|rulings| rulings.parse().ok());
            Some(Self { id, status, rulings, version: parts.next().map(str::to_owned), is_surprise: word.ends_with('!') })
        };
        text.split_whitespace().filter_map(parse).collect()
    }

    /// Writes a list that [`Self::parse_all`] reads.
    pub(crate) fn write_all(list: &[Self]) -> String {
        list.iter().map(Self::write).collect::<Vec<_>>().join(" ")
    }

    fn write(&self) -> String {
        let rulings = self.rulings.map(|rulings| format!(":{rulings}")).unwrap_or_default();
        let version = self.version.as_deref().map(|version| format!(":{version}")).unwrap_or_default();
        format!("{}:{}{rulings}{version}{}", self.id, self.status, if self.is_surprise { "!" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_parsed_as_it_is_written() {
        let text = "7k2m9q4xrt:pending 0000000000:spam:2! 1111111111:approved:1:0a1b";
        let list = PreviousStatus::parse_all(text);
        assert_eq!(PreviousStatus::write_all(&list), text);
        assert!(list[1].is_surprise && list[0].status == Status::Pending && list[1].rulings == Some(2));
        assert_eq!((list[2].version.as_deref(), list[0].rulings), (Some("0a1b"), None));
        assert_eq!(PreviousStatus::parse_all("x 7k2m9q4xrt 7k2m9q4xrt:gone <b>:spam").len(), 0);
    }
}
