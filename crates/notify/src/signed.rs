//! Signed links, which act without a session. A link contains what it does, and an HMAC proves that it was made here.

use ardoise_model::{CommentId, Decision, Timestamp};
use ardoise_store::Key;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Creates and verifies signed links.
#[derive(Clone)]
pub struct Links {
    /// The key of the HMAC.
    pub key: Key,
    /// The URL at which browsers reach the service; it ends in `/`.
    pub service_url: String,
    /// The URL below which browsers find the moderators' queue; it ends in `/`.
    pub moderation_url: String,
    /// The names of the moderators. The links of a former moderator are invalid.
    pub moderators: Vec<String>,
    /// The lifetime of a moderator's link, and of a reader's link to confirm an address, in milliseconds.
    pub lifetime: i64,
}

/// The content of a moderator's link: one decision on one comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionLink {
    /// The comment.
    pub comment: CommentId,
    /// The number of decisions by moderators on the comment when the link was made. After another decision the link is used up.
    pub rulings: u64,
    /// The decision.
    pub decision: Decision,
    /// The name of the moderator who got the link.
    pub moderator: String,
}

/// The content of a reader's link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderLink {
    /// The id of the subscriber.
    pub reader: i64,
    /// The action.
    pub action: ReaderAction,
}

/// The action of a reader's link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderAction {
    /// Confirms the address, so that replies are mailed to it.
    Confirm,
    /// Unsubscribes from replies below one comment of the reader; `None`: from all.
    Leave(Option<CommentId>),
}

/// The reason why a link is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadLink {
    /// It was not made here, or it was changed or truncated on the way.
    Unknown,
    /// Its lifetime is over.
    Expired,
}

// The kind of link is part of what is signed, so that a signature for one kind is invalid for the other.
const DECISION: &str = "decision";
const READER: &str = "reader";
/// The decisions that a link may contain, with their codes.
const DECISION_CODES: [(&str, Decision); 3] = [("a", Decision::Approve), ("r", Decision::Reject), ("s", Decision::Spam)];

impl Links {
    /// Returns the URL with which a moderator decides, once. `rulings` is the number of decisions by moderators on the comment so far.
    pub fn decide(&self, decision: Decision, comment: &CommentId, rulings: u64, moderator: &str, now: Timestamp) -> String {
        let code = DECISION_CODES.iter().find(|(_, known)| *known == decision).map_or("", |(code, _)| code);
        let name = BASE64URL_NOPAD.encode(moderator.as_bytes());
        let token = self.sign(DECISION, &format!("{code}.{comment}.{}.{rulings}.{name}", self.end(now)));
        format!("{}moderation/link/{token}", self.moderation_url)
    }

    /// Verifies and parses the token of a moderator's link.
    pub fn read_decision(&self, token: &str, now: Timestamp) -> Result<DecisionLink, BadLink> {
        let payload = self.verify(DECISION, token)?;
        let (code, comment, end, rulings, name) = match payload.split('.').collect::<Vec<_>>().as_slice() {
            [code, comment, end, rulings, name] => (*code, *comment, *end, *rulings, *name),
            // Links of versions that did not count decisions.
            [code, comment, end, name] => (*code, *comment, *end, "0", *name),
            _ => return Err(BadLink::Unknown),
        };
        check_expiry(end, now)?;
        let (_, decision) = DECISION_CODES.iter().find(|(known, _)| *known == code).ok_or(BadLink::Unknown)?;
        let name = BASE64URL_NOPAD.decode(name.as_bytes()).ok().and_then(|name| String::from_utf8(name).ok());
        let moderator = name.filter(|name| self.moderators.contains(name)).ok_or(BadLink::Unknown)?;
        let rulings = rulings.parse().map_err(|_| BadLink::Unknown)?;
        Ok(DecisionLink { comment: comment.parse().map_err(|_| BadLink::Unknown)?, rulings, decision: *decision, moderator })
    }

    /// Returns the URL with which a reader confirms their address.
    pub fn confirm(&self, reader: i64, now: Timestamp) -> String {
        self.subscription_url(&format!("c.{reader}.{}", self.end(now)))
    }

    /// Returns the URL with which a reader unsubscribes. It never expires.
    pub fn leave(&self, reader: i64, comment: Option<&CommentId>) -> String {
        self.subscription_url(&comment.map_or_else(|| format!("l.{reader}"), |comment| format!("l.{reader}.{comment}")))
    }

    /// Verifies and parses the token of a reader's link.
    pub fn read_reader(&self, token: &str, now: Timestamp) -> Result<ReaderLink, BadLink> {
        let payload = self.verify(READER, token)?;
        let mut fields = payload.split('.');
        let (code, reader, more) = (fields.next(), fields.next(), fields.next());
        let reader = reader.and_then(|number| number.parse().ok()).ok_or(BadLink::Unknown)?;
        let action = match (code, more) {
            (Some("c"), Some(end)) => {
                check_expiry(end, now)?;
                ReaderAction::Confirm
            }
            (Some("l"), None) => ReaderAction::Leave(None),
            (Some("l"), Some(comment)) => ReaderAction::Leave(Some(comment.parse().map_err(|_| BadLink::Unknown)?)),
            _ => return Err(BadLink::Unknown),
        };
        Ok(ReaderLink { reader, action })
    }

    /// Returns an opaque identity of `of`, which is the same at every call.
    pub(crate) fn identity(&self, of: &str) -> String {
        let digest = self.mac("message", of).finalize().into_bytes();
        data_encoding::HEXLOWER.encode(&digest[..16])
    }

    fn subscription_url(&self, payload: &str) -> String {
        format!("{}subscription/{}", self.service_url, self.sign(READER, payload))
    }

    /// Returns the end of the lifetime, in seconds since the epoch.
    fn end(&self, now: Timestamp) -> i64 {
        (now.0 + self.lifetime).div_euclid(1000)
    }

    fn sign(&self, kind: &str, payload: &str) -> String {
        format!("{payload}.{}", BASE64URL_NOPAD.encode(&self.mac(kind, payload).finalize().into_bytes()))
    }

    /// Returns the payload of a token whose signature is valid. Signatures are compared in constant time.
    fn verify<'a>(&self, kind: &str, token: &'a str) -> Result<&'a str, BadLink> {
        let (payload, signature) = token.rsplit_once('.').ok_or(BadLink::Unknown)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| BadLink::Unknown)?;
        self.mac(kind, payload).verify_slice(&signature).map(|()| payload).map_err(|_| BadLink::Unknown)
    }

    fn mac(&self, kind: &str, payload: &str) -> Hmac<Sha256> {
        let mut mac = hmac_sha256(&self.key);
        mac.update(format!("{kind}\n{payload}").as_bytes());
        mac
    }
}

/// Returns an HMAC with the given key, which may have any length.
pub(crate) fn hmac_sha256(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

fn check_expiry(end: &str, now: Timestamp) -> Result<(), BadLink> {
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
    fn a_link_can_be_read_back() {
        for (decision, name) in [(Decision::Approve, "Ines"), (Decision::Reject, "Zoë K."), (Decision::Spam, "Ines")] {
            let url = links().decide(decision, &id(), 2, name, Timestamp(5_000));
            assert!(url.starts_with("https://m.example/moderation/link/") && url.is_ascii(), "{url}");
            let before = links().sign(DECISION, &format!("a.{}.{HOUR}.{}", id(), BASE64URL_NOPAD.encode(b"Ines")));
            assert_eq!(links().read_decision(&before, Timestamp(0)).map(|link| link.rulings), Ok(0), "as an earlier version signed it");
            let expected = DecisionLink { comment: id(), rulings: 2, decision, moderator: name.to_owned() };
            assert_eq!(links().read_decision(token(&url), Timestamp(HOUR)), Ok(expected));
        }
        let reader = |url: &str, now| links().read_reader(token(url), Timestamp(now));
        assert_eq!(reader(&links().confirm(3, Timestamp(0)), 0), Ok(ReaderLink { reader: 3, action: ReaderAction::Confirm }));
        for comment in [None, Some(id())] {
            let url = links().leave(3, comment.as_ref());
            assert_eq!(reader(&url, i64::MAX), Ok(ReaderLink { reader: 3, action: ReaderAction::Leave(comment) }), "it never expires");
        }
    }

    #[test]
    fn a_link_expires() {
        let url = links().decide(Decision::Approve, &id(), 0, "Ines", Timestamp(0));
        assert!(links().read_decision(token(&url), Timestamp(HOUR - 1)).is_ok());
        assert_eq!(links().read_decision(token(&url), Timestamp(HOUR)), Err(BadLink::Expired));
        let url = links().confirm(3, Timestamp(0));
        assert_eq!(links().read_reader(token(&url), Timestamp(HOUR)), Err(BadLink::Expired));
    }

    #[test]
    fn a_changed_or_foreign_link_is_unknown() {
        let url = links().decide(Decision::Reject, &id(), 0, "Ines", Timestamp(0));
        let good = token(&url);
        let unknown = |token: &str| links().read_decision(token, Timestamp(0)) == Err(BadLink::Unknown);
        for at in 0..good.len() {
            let mut bytes = good.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'a' { b's' } else { b'a' };
            assert!(unknown(std::str::from_utf8(&bytes).expect("ASCII")), "{at}");
            assert!(unknown(&good[..at]), "{at}");
        }
        assert!(unknown(&good.replacen('r', "a", 1)), "another decision");
        assert!(unknown(&good.replacen(id().as_str(), "7k2m9q4xrs", 1)), "another comment");
        assert!(unknown(&format!("{good}=")) && unknown("") && unknown(".") && unknown("é.é"));
        let other = Links { key: [8; 32], ..links() };
        assert_eq!(other.read_decision(good, Timestamp(0)), Err(BadLink::Unknown));
        let former = Links { moderators: vec!["Zoë K.".into()], ..links() };
        assert_eq!(former.read_decision(good, Timestamp(0)), Err(BadLink::Unknown), "a former moderator");
        assert_eq!(links().read_reader(good, Timestamp(0)), Err(BadLink::Unknown), "another kind of link");
        let leave = links().leave(3, None);
        assert_eq!(links().read_decision(token(&leave), Timestamp(0)), Err(BadLink::Unknown));
        assert_eq!(links().read_reader(&token(&leave).replacen('l', "c", 1), Timestamp(0)), Err(BadLink::Unknown));
    }
}
