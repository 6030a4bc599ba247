//! Links that act without a session: what they do stands in them, and a signature says that it is we who wrote it.

use ardoise_model::{CommentId, Decision, Timestamp};
use ardoise_store::Key;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Makes links and reads them.
#[derive(Clone)]
pub struct Links {
    /// Signs them.
    pub key: Key,
    /// Where browsers reach the service; it ends in `/`.
    pub service_url: String,
    /// Where they reach the queue, which may be elsewhere.
    pub moderation_url: String,
    /// Who may decide: a link of somebody who was one is good for nothing.
    pub moderators: Vec<String>,
    /// How long a moderator's link is good for, in milliseconds; also how long a reader has to confirm his address.
    pub lifetime: i64,
}

/// What a moderator's link does: one act, to one comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionLink {
    /// The comment.
    pub comment: CommentId,
    /// How many decisions moderators had taken about it when the link was made. With one more, the link is used up.
    pub rulings: u64,
    /// The act.
    pub decision: Decision,
    /// To whom the link was sent.
    pub moderator: String,
}

/// What a reader's link does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderLink {
    /// The number of the subscriber.
    pub reader: i64,
    /// What he wants.
    pub wish: ReaderAction,
}

/// What a reader may want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderAction {
    /// To be told of answers.
    Confirm,
    /// Not to be told of answers below this comment of his; or of none at all.
    Leave(Option<CommentId>),
}

/// Why a link is good for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadLink {
    /// We did not write it, or it was changed, or cut off by a mail program.
    Unknown,
    /// Its time is over.
    Expired,
}

/// A signature for one kind of link is none for another.
const DECISION: &str = "decision";
const READER: &str = "reader";
/// The acts that a link may do, and how they are written.
const ACTS: [(&str, Decision); 3] = [("a", Decision::Approve), ("r", Decision::Reject), ("s", Decision::Spam)];

impl Links {
    /// The address at which a moderator decides, once: `rulings` is how many decisions moderators have taken about the comment by now.
    pub fn decide(&self, decision: Decision, (comment, rulings): (&CommentId, u64), moderator: &str, now: Timestamp) -> String {
        let act = ACTS.iter().find(|(_, known)| *known == decision).map_or("", |(act, _)| act);
        let name = BASE64URL_NOPAD.encode(moderator.as_bytes());
        let token = self.sign(DECISION, &format!("{act}.{comment}.{}.{rulings}.{name}", self.end(now)));
        format!("{}moderation/link/{token}", self.moderation_url)
    }

    /// What a moderator's link says.
    pub fn read_decision(&self, token: &str, now: Timestamp) -> Result<DecisionLink, BadLink> {
        let said = self.check(DECISION, token)?;
        let (act, comment, end, rulings, name) = match said.split('.').collect::<Vec<_>>().as_slice() {
            [act, comment, end, rulings, name] => (*act, *comment, *end, *rulings, *name),
            // Mailed by a version that did not count decisions.
            [act, comment, end, name] => (*act, *comment, *end, "0", *name),
            _ => return Err(BadLink::Unknown),
        };
        in_time(end, now)?;
        let (_, decision) = ACTS.iter().find(|(known, _)| *known == act).ok_or(BadLink::Unknown)?;
        let name = BASE64URL_NOPAD.decode(name.as_bytes()).ok().and_then(|name| String::from_utf8(name).ok());
        let moderator = name.filter(|name| self.moderators.contains(name)).ok_or(BadLink::Unknown)?;
        let rulings = rulings.parse().map_err(|_| BadLink::Unknown)?;
        Ok(DecisionLink { comment: comment.parse().map_err(|_| BadLink::Unknown)?, rulings, decision: *decision, moderator })
    }

    /// The address at which a reader says that his address is his.
    pub fn confirm(&self, reader: i64, now: Timestamp) -> String {
        self.subscription(&format!("c.{reader}.{}", self.end(now)))
    }

    /// The address at which a reader leaves; it stays good, for whoever wants to leave must be able to.
    pub fn leave(&self, reader: i64, comment: Option<&CommentId>) -> String {
        self.subscription(&comment.map_or_else(|| format!("l.{reader}"), |comment| format!("l.{reader}.{comment}")))
    }

    /// What a reader's link says.
    pub fn read_reader(&self, token: &str, now: Timestamp) -> Result<ReaderLink, BadLink> {
        let said = self.check(READER, token)?;
        let mut fields = said.split('.');
        let (act, reader, more) = (fields.next(), fields.next(), fields.next());
        let reader = reader.and_then(|number| number.parse().ok()).ok_or(BadLink::Unknown)?;
        let wish = match (act, more) {
            (Some("c"), Some(end)) => {
                in_time(end, now)?;
                ReaderAction::Confirm
            }
            (Some("l"), None) => ReaderAction::Leave(None),
            (Some("l"), Some(comment)) => ReaderAction::Leave(Some(comment.parse().map_err(|_| BadLink::Unknown)?)),
            _ => return Err(BadLink::Unknown),
        };
        Ok(ReaderLink { reader, wish })
    }

    /// An identity that says nothing, and is the same whenever it is asked for.
    pub(crate) fn identity(&self, of: &str) -> String {
        let digest = self.mac("message", of).finalize().into_bytes();
        data_encoding::HEXLOWER.encode(&digest[..16])
    }

    fn subscription(&self, said: &str) -> String {
        format!("{}subscription/{}", self.service_url, self.sign(READER, said))
    }

    /// In whole seconds.
    fn end(&self, now: Timestamp) -> i64 {
        (now.0 + self.lifetime).div_euclid(1000)
    }

    fn sign(&self, kind: &str, said: &str) -> String {
        format!("{said}.{}", BASE64URL_NOPAD.encode(&self.mac(kind, said).finalize().into_bytes()))
    }

    /// What was signed. Comparing takes as long however much of the signature is right.
    fn check<'a>(&self, kind: &str, token: &'a str) -> Result<&'a str, BadLink> {
        let (said, signature) = token.rsplit_once('.').ok_or(BadLink::Unknown)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| BadLink::Unknown)?;
        self.mac(kind, said).verify_slice(&signature).map(|()| said).map_err(|_| BadLink::Unknown)
    }

    fn mac(&self, kind: &str, said: &str) -> Hmac<Sha256> {
        let mut mac = keyed(&self.key);
        mac.update(format!("{kind}\n{said}").as_bytes());
        mac
    }
}

/// Any length will do as a key.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

fn in_time(end: &str, now: Timestamp) -> Result<(), BadLink> {
    let end: i64 = end.parse().map_err(|_| BadLink::Unknown)?;
    if now.0.div_euclid(1000) < end { Ok(()) } else { Err(BadLink::Expired) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * 60 * 1000;

    fn links() -> Links {
        let moderators = vec!["Ines".to_owned(), "Zoë K.".to_owned()];
        Links {
            key: [7; 32],
            service_url: "https://c.example/".into(),
            moderation_url: "https://m.example/".into(),
            moderators,
            lifetime: HOUR,
        }
    }

    fn id() -> CommentId {
        "7k2m9q4xrt".parse().expect("an id")
    }

    fn token(url: &str) -> &str {
        url.rsplit_once('/').expect("a path").1
    }

    #[test]
    fn a_link_says_what_it_said() {
        for (decision, name) in [(Decision::Approve, "Ines"), (Decision::Reject, "Zoë K."), (Decision::Spam, "Ines")] {
            let url = links().decide(decision, (&id(), 2), name, Timestamp(5_000));
            assert!(url.starts_with("https://m.example/moderation/link/") && url.is_ascii(), "{url}");
            let before = links().sign(DECISION, &format!("a.{}.{HOUR}.{}", id(), BASE64URL_NOPAD.encode(b"Ines")));
            assert_eq!(links().read_decision(&before, Timestamp(0)).map(|link| link.rulings), Ok(0), "as an earlier version signed it");
            let expected = DecisionLink { comment: id(), rulings: 2, decision, moderator: name.to_owned() };
            assert_eq!(links().read_decision(token(&url), Timestamp(HOUR)), Ok(expected));
        }
        let reader = |url: &str, now| links().read_reader(token(url), Timestamp(now));
        assert_eq!(reader(&links().confirm(3, Timestamp(0)), 0), Ok(ReaderLink { reader: 3, wish: ReaderAction::Confirm }));
        for comment in [None, Some(id())] {
            let url = links().leave(3, comment.as_ref());
            assert_eq!(reader(&url, i64::MAX), Ok(ReaderLink { reader: 3, wish: ReaderAction::Leave(comment) }), "it stays good");
        }
    }

    #[test]
    fn its_time_is_over() {
        let url = links().decide(Decision::Approve, (&id(), 0), "Ines", Timestamp(0));
        assert!(links().read_decision(token(&url), Timestamp(HOUR - 1)).is_ok());
        assert_eq!(links().read_decision(token(&url), Timestamp(HOUR)), Err(BadLink::Expired));
        let url = links().confirm(3, Timestamp(0));
        assert_eq!(links().read_reader(token(&url), Timestamp(HOUR)), Err(BadLink::Expired));
    }

    #[test]
    fn what_we_did_not_write_is_unknown() {
        let url = links().decide(Decision::Reject, (&id(), 0), "Ines", Timestamp(0));
        let good = token(&url);
        let unknown = |token: &str| links().read_decision(token, Timestamp(0)) == Err(BadLink::Unknown);
        for at in 0..good.len() {
            let mut bytes = good.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'a' { b's' } else { b'a' };
            assert!(unknown(std::str::from_utf8(&bytes).expect("ASCII")), "{at}");
            assert!(unknown(&good[..at]), "{at}");
        }
        assert!(unknown(&good.replacen('r', "a", 1)), "another act");
        assert!(unknown(&good.replacen(id().as_str(), "7k2m9q4xrs", 1)), "another comment");
        assert!(unknown(&format!("{good}=")) && unknown("") && unknown(".") && unknown("é.é"));
        let other = Links { key: [8; 32], ..links() };
        assert_eq!(other.read_decision(good, Timestamp(0)), Err(BadLink::Unknown));
        let dismissed = Links { moderators: vec!["Zoë K.".into()], ..links() };
        assert_eq!(dismissed.read_decision(good, Timestamp(0)), Err(BadLink::Unknown), "who was a moderator once");
        assert_eq!(links().read_reader(good, Timestamp(0)), Err(BadLink::Unknown), "another kind of link");
        let leave = links().leave(3, None);
        assert_eq!(links().read_decision(token(&leave), Timestamp(0)), Err(BadLink::Unknown));
        assert_eq!(links().read_reader(&token(&leave).replacen('l', "c", 1), Timestamp(0)), Err(BadLink::Unknown));
    }
}
