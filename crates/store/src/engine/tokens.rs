//! Random ids, tokens and keys, and the hashes of tokens.

use ardoise_model::CommentId;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// A secret key of this site: 256 random bits.
pub type Key = [u8; 32];

/// Returns a random comment id: 50 bits.
pub(crate) fn random_id() -> Result<CommentId, StoreError> {
    let alphabet = CommentId::ALPHABET.as_bytes();
    let text: String = random::<{ CommentId::LENGTH }>()?.iter().map(|byte| char::from(alphabet[usize::from(byte % 32)])).collect();
    text.parse().map_err(|error: ardoise_model::InvalidId| StoreError::Unreadable(error.to_string()))
}

/// Returns a random token: 160 bits.
pub(crate) fn random_token() -> Result<String, StoreError> {
    random_base32::<20>()
}

/// Returns a random challenge for a proof of work: 128 bits.
pub(crate) fn random_challenge() -> Result<String, StoreError> {
    Ok(HEXLOWER.encode(&random::<16>()?))
}

/// Returns a random id by which a published tree names its database: 80 bits.
pub(crate) fn random_database_id() -> Result<String, StoreError> {
    random_base32::<10>()
}

/// Returns a random id by which a database names its published tree: 80 bits.
pub fn random_tree_id() -> Result<String, StoreError> {
    random_base32::<10>()
}

/// Returns a random name of an epoch: 40 bits, enough to tell the epochs of one site apart.
pub(crate) fn random_epoch() -> Result<String, StoreError> {
    random_base32::<5>()
}

/// Returns a random key.
pub(crate) fn random_key() -> Result<Key, StoreError> {
    random()
}

/// Returns the hash of a token. It is stored instead of the token: it verifies the token and cannot be used in its place.
pub(crate) fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// Whether `stored` is the hash of `token`. The time that this takes does not depend on where the two differ.
pub(crate) fn is_hash_of(stored: &str, token: &str) -> bool {
    let given = hash(token);
    let difference = stored.bytes().zip(given.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b));
    stored.len() == given.len() && difference == 0
}

fn random_base32<const N: usize>() -> Result<String, StoreError> {
    Ok(BASE32_NOPAD.encode(&random::<N>()?).to_ascii_lowercase())
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Unavailable(format!("the operating system provides no random numbers: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_its_own_token_only() {
        let stored = hash("token");
        assert!(is_hash_of(&stored, "token"));
        for other in ["", "tokens", "Token", stored.as_str()] {
            assert!(!is_hash_of(&stored, other) && !is_hash_of("", other) && !is_hash_of(&stored[1..], other), "{other}");
        }
        assert!(!is_hash_of(&stored[..63], "token"));
    }
}
