//! What was just done: it travels in the address to which an act leads, and the page says it, with a way back.

use ardoise_model::{CommentId, Status};
use ardoise_store::{Decided, StoreError};
use url::form_urlencoded::Serializer;

use super::call::Call;
use super::csrf;
use super::door::Visitor;
use super::state::ModerationState;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Decided(Status),
    Undone,
    Edited,
    /// The text was what it was to become.
    Same,
    Replied,
    Banned,
    Unbanned,
    /// Nothing is known of whom was to be banned.
    Stranger,
    /// It says something else than what was read: nothing was decided about it.
    Left,
    /// Somebody else decided about it since: nothing was taken back.
    Late,
    /// Nothing was selected.
    None,
}

const DEEDS: [(&str, Deed); 10] = [
    ("undone", Deed::Undone),
    ("edited", Deed::Edited),
    ("same", Deed::Same),
    ("replied", Deed::Replied),
    ("banned", Deed::Banned),
    ("unbanned", Deed::Unbanned),
    ("stranger", Deed::Stranger),
    ("left", Deed::Left),
    ("late", Deed::Late),
    ("none", Deed::None),
];

/// As a page shows it.
pub(crate) struct Notice {
    pub(crate) text: String,
    /// What was decided meanwhile by somebody else.
    pub(crate) surprises: Vec<String>,
    /// What undoes it, as `undo.rs` reads it; empty where nothing does.
    pub(crate) undo: String,
    /// The comments that stay selected.
    pub(crate) ticked: Vec<CommentId>,
}

/// A comment's status before an act. Written `7k2m9q4xrt:pending:1`, with a number that takes it back as long as nobody else decides. Where taking
/// it back publishes, the version follows; at the end, `!` says that the moderator saw another status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) id: CommentId,
    pub(crate) status: Status,
    pub(crate) rulings: Option<u64>,
    pub(crate) version: Option<String>,
    pub(crate) is_surprise: bool,
}

impl Deed {
    fn word(self) -> &'static str {
        match self {
            Self::Decided(status) => status.as_str(),
            other => DEEDS.iter().find(|(_, deed)| *deed == other).map_or("", |(word, _)| word),
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let decided = || word.parse().ok().map(Self::Decided);
        DEEDS.iter().find(|(known, _)| *known == word).map(|(_, deed)| *deed).or_else(decided)
    }
}

impl Before {
    /// What acts did, compared with the statuses that the page showed.
    pub(crate) fn of(decided: &[Decided], seen: &[Self]) -> Vec<Self> {
        let changed = decided.iter().filter(|decided| decided.before != decided.after);
        let before = |decided: &Decided| Self {
            is_surprise: seen.iter().any(|seen| seen.id == decided.id && seen.status != decided.before),
            id: decided.id.clone(),
            status: decided.before,
            rulings: Some(decided.rulings),
            version: (decided.before == Status::Approved).then(|| decided.version.clone()),
        };
        changed.map(before).collect()
    }

    /// Those that can be read.
    pub(crate) fn parse_all(text: &str) -> Vec<Self> {
        let one = |word: &str| {
            let mut parts = word.trim_end_matches('!').split(':');
            let (id, status) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let rulings = parts.next().and_then(|rulings| rulings.parse().ok());
            Some(Self { id, status, rulings, version: parts.next().map(str::to_owned), is_surprise: word.ends_with('!') })
        };
        text.split_whitespace().filter_map(one).collect()
    }

    fn word(&self) -> String {
        let rulings = self.rulings.map(|rulings| format!(":{rulings}")).unwrap_or_default();
        let version = self.version.as_deref().map(|version| format!(":{version}")).unwrap_or_default();
        format!("{}:{}{rulings}{version}{}", self.id, self.status, if self.is_surprise { "!" } else { "" })
    }
}

/// What an act did.
pub(crate) struct Done<'a> {
    pub(crate) deed: Deed,
    pub(crate) number: usize,
    /// So many were not decided about, because they say something else by now.
    pub(crate) left: usize,
    /// So many were not taken back, because somebody else decided since.
    pub(crate) late: usize,
    pub(crate) before: &'a [Before],
    /// Comments that were selected and that the act was not about: they stay selected.
    pub(crate) ticked: &'a [CommentId],
}

impl Done<'_> {
    pub(crate) fn of(deed: Deed, number: usize) -> Self {
        Self { deed, number, left: 0, late: 0, before: &[], ticked: &[] }
    }
}

/// The parts of a notice in an address, in the order in which they are signed.
const PARTS: [&str; 6] = ["done", "number", "left", "late", "was", "ticked"];

/// An address with a notice behind it. It is signed with what only the session knows: a link in a comment, followed from the queue itself, must
/// neither claim what was not done nor offer to "undo" what its writer would like to be done.
pub(crate) fn address(page: &str, mut query: Serializer<'_, String>, visitor: &Visitor, done: &Done<'_>) -> String {
    let count = |number: usize| if number > 0 { number.to_string() } else { String::new() };
    let parts = [done.deed.word().to_owned(), count(done.number), count(done.left), count(done.late), words(done.before), ids(done.ticked)];
    for (name, value) in PARTS.iter().zip(&parts).filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    query.append_pair("seal", &csrf::seal(&visitor.csrf, &parts.join("\n")));
    format!("{page}?{}", query.finish())
}

/// The notice that an address carries, if we have written it for this session.
pub(crate) fn read(state: &ModerationState, call: &Call, visitor: &Visitor) -> Result<Option<Notice>, StoreError> {
    let parts = PARTS.map(|name| call.asked(name));
    if !csrf::is_sealed(&visitor.csrf, &parts.join("\n"), call.asked("seal")) {
        return Ok(None);
    }
    let [done, number, left, late, was, ticked] = parts;
    let Some(deed) = Deed::parse(done) else { return Ok(None) };
    let others = [(Deed::Left, left), (Deed::Late, late)].map(|(other, number)| (other, number.parse().unwrap_or_default()));
    let number = others.iter().find(|(other, _)| *other == deed).map_or_else(|| number.parse().unwrap_or_default(), |(_, number)| *number);
    let before = Before::parse_all(was);
    let also = others.into_iter().filter(|(other, number)| *number > 0 && *other != deed);
    let mut surprises: Vec<String> = also.map(|(other, number)| (call.words.done)(other, number)).collect();
    for surprise in before.iter().filter(|before| before.is_surprise) {
        surprises.extend(surprised(state, call, surprise)?);
    }
    let undo = if matches!(deed, Deed::Decided(_)) { words(&before) } else { String::new() };
    let ticked = ticked.split_whitespace().filter_map(|id| id.parse().ok()).collect();
    Ok(Some(Notice { text: (call.words.done)(deed, number), surprises, undo, ticked }))
}

fn ids(comments: &[CommentId]) -> String {
    comments.iter().map(CommentId::as_str).collect::<Vec<_>>().join(" ")
}

fn words(before: &[Before]) -> String {
    before.iter().map(Before::word).collect::<Vec<_>>().join(" ")
}

/// Who had decided before, in words. What the address names may be gone by now.
fn surprised(state: &ModerationState, call: &Call, Before { id, status, .. }: &Before) -> Result<Option<String>, StoreError> {
    let detail = match state.store.detail(id) {
        Ok(detail) => detail,
        Err(StoreError::NoSuchComment(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let by = detail.decisions.iter().rev().find(|past| past.status == *status).map(|past| (call.words.via)(&past.by));
    Ok(Some((call.words.was)(&detail.comment.author, *status, &by.unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_comes_back_as_it_went() {
        let text = "7k2m9q4xrt:pending 0000000000:spam:2! 1111111111:approved:1:0a1b";
        let before = Before::parse_all(text);
        assert_eq!(words(&before), text);
        assert!(before[1].is_surprise && before[0].status == Status::Pending && before[1].rulings == Some(2));
        assert_eq!((before[2].version.as_deref(), before[0].rulings), (Some("0a1b"), None));
        assert_eq!(Before::parse_all("x 7k2m9q4xrt 7k2m9q4xrt:gone <b>:spam").len(), 0);
        for deed in DEEDS.map(|(_, deed)| deed).into_iter().chain(Status::ALL.map(Deed::Decided)) {
            assert_eq!(Deed::parse(deed.word()), Some(deed));
        }
    }
}
