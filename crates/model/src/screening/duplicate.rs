//! Finds submissions whose words were sent a short time ago.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::Status;
use crate::screening::words::words;
use crate::screening::{CheckInput, Objection};

/// The minimum number of words. Shorter texts are often the same: thank you very much.
const MIN_WORDS: usize = 5;

/// Returns a hash that is equal for texts with the same words, however they are written. Empty if there are too few words.
pub fn fingerprint(text: &str) -> String {
    let words = words(text);
    if words.len() < MIN_WORDS {
        return String::new();
    }
    HEXLOWER.encode(&Sha256::digest(words.join(" "))[..16])
}

pub(super) fn check(input: &CheckInput<'_>) -> Option<Objection> {
    Some(match input.facts.same_before? {
        Status::Spam => Objection::Spam,
        _ => Objection::Hold,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_alone_count() {
        let print = fingerprint("I've read all of it, twice.");
        assert_eq!(print.len(), 32);
        assert_eq!(print, fingerprint("  Ive READ\u{200b} all of it…\n\ntwice!!!"));
        assert_ne!(print, fingerprint("I've read all of it, thrice."));
        assert_eq!(fingerprint("Thank you very much!"), "");
    }
}
