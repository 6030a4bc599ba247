//! The proof of work that a reader's browser computes before it sends a comment. docs/spam.md describes the protocol.

use sha2::{Digest, Sha256};

/// The maximum length of each part.
const MAX_LENGTH: usize = 64;

/// A proof of work for a challenge, bound to an article and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    challenge: String,
    sent: String,
    bits: u32,
}

impl Proof {
    /// Parses the proof that was sent with a draft of `text` on `article`. The amount of work is computed from the hash.
    pub(crate) fn parse(sent: &str, article: &str, text: &str) -> Option<Self> {
        let sent = sent.trim();
        let (challenge, nonce) = sent.split_once('.')?;
        let fits = |part: &str| (1..=MAX_LENGTH).contains(&part.len());
        let well_formed = fits(challenge)
            && fits(nonce)
            && challenge.bytes().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase())
            && nonce.bytes().all(|c| c.is_ascii_digit());
        if !well_formed {
            return None;
        }
        let hash = Sha256::digest(format!("{challenge}\n{article}\n{text}\n{nonce}"));
        Some(Self { challenge: challenge.to_owned(), sent: sent.to_owned(), bits: leading_zeros(&hash) })
    }

    /// The challenge that the work was done for.
    pub fn challenge(&self) -> &str {
        &self.challenge
    }

    /// The proof as sent. Each proof counts once.
    pub fn as_str(&self) -> &str {
        &self.sent
    }

    /// The number of leading zero bits of the hash.
    pub fn bits(&self) -> u32 {
        self.bits
    }
}

fn leading_zeros(bytes: &[u8]) -> u32 {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    u32::try_from(zeros).unwrap_or_default() * 8 + bytes.get(zeros).map_or(0, |byte| byte.leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(article: &str, text: &str, proof: &str) -> Option<Proof> {
        Proof::parse(proof, article, text)
    }

    /// docs/spam.md shows it too, and so does the test of the script.
    const CHALLENGE: &str = "00112233445566778899aabbccddeeff";

    #[test]
    fn invalid_input_is_rejected() {
        for sent in [
            "",
            ".",
            "ab",
            "ab.",
            ".1",
            "xy.1",
            "AB.1",
            "ab.-1",
            "ab.1a",
            "ab.1.2",
            &format!("{}.1", "a".repeat(65)),
            &format!("a.{}", "1".repeat(65)),
        ] {
            assert_eq!(proof("/a/", "Hello", sent), None, "{sent}");
        }
    }

    #[test]
    fn bits_are_counted() {
        for (bytes, zeros) in [(&[0x80, 0][..], 0), (&[0, 0x10], 11), (&[0, 0], 16), (&[], 0), (&[1], 7)] {
            assert_eq!(leading_zeros(bytes), zeros);
        }
        let bits = |text: &str, nonce: u32| proof("/été/", text, &format!("{CHALLENGE}.{nonce}")).map_or(0, |proof| proof.bits());
        assert_eq!((bits("Ça va ?\nOui 🎉", 925), bits("Ça va ?\nOui 🎉", 924) < 12), (13, true));
        let text = bits("Ça va ?\nNon 🎉", 925);
        assert!(text < 12, "bound to the text");
    }
}
