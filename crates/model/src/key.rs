//! The secret that an author's browser keeps. Only the secret links comments to each other; what the author types does not.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The allowed lengths. A shorter secret could be guessed.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=128;

/// Returns a hash of the secret, which identifies the browser but cannot be used in place of the secret. `None` if the secret is invalid.
pub(crate) fn hash(sent: &str) -> Option<String> {
    let key = sent.trim();
    let well_formed = LENGTHS.contains(&key.len()) && key.bytes().all(|c| c.is_ascii_graphic());
    well_formed.then(|| HEXLOWER.encode(&Sha256::digest(format!("author key\n{key}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_is_not_a_key() {
        let key = hash(" 0123456789abcdef ").expect("a key");
        assert_eq!((key.len(), hash("0123456789abcdef")), (64, Some(key)));
        for sent in ["", "0123456789abcde", &"a".repeat(129), "0123456789abc\0def", "0123456789 abcdef", "clé-clé-clé-clé-clé"] {
            assert_eq!(hash(sent), None, "{sent}");
        }
    }
}
