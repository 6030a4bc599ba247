//! What must not be guessed: ids, tokens and keys.

use ardoise_model::CommentId;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

use crate::{Key, StoreError};

/// 50 random bits.
pub(crate) fn draw_id() -> Result<CommentId, StoreError> {
    let alphabet = CommentId::ALPHABET.as_bytes();
    let text: String = random::<{ CommentId::LENGTH }>()?.iter().map(|byte| char::from(alphabet[usize::from(byte % 32)])).collect();
    text.parse().map_err(|error: ardoise_model::InvalidId| StoreError::Unreadable(error.to_string()))
}

/// 160 random bits.
pub(crate) fn draw_token() -> Result<String, StoreError> {
    Ok(BASE32_NOPAD.encode(&random::<20>()?).to_ascii_lowercase())
}

/// 128 random bits.
pub(crate) fn draw_challenge() -> Result<String, StoreError> {
    Ok(HEXLOWER.encode(&random::<16>()?))
}

/// 80 random bits: what a published tree calls its database.
pub(crate) fn draw_database_id() -> Result<String, StoreError> {
    Ok(BASE32_NOPAD.encode(&random::<10>()?).to_ascii_lowercase())
}

/// 80 random bits: what a database calls its published tree.
pub fn draw_tree_id() -> Result<String, StoreError> {
    draw_database_id()
}

/// 40 random bits: two epochs of one site do not meet.
pub(crate) fn draw_epoch() -> Result<String, StoreError> {
    Ok(BASE32_NOPAD.encode(&random::<5>()?).to_ascii_lowercase())
}

/// 256 random bits.
pub(crate) fn draw_key() -> Result<Key, StoreError> {
    random()
}

/// What is kept of a token: enough to know it again, not enough to use it.
pub(crate) fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// Whether a token is the one whose hash was kept. Takes as long whatever is wrong with it.
pub(crate) fn is_hash_of(kept: &str, token: &str) -> bool {
    let given = hash(token);
    let differs = kept.bytes().zip(given.bytes()).fold(0, |differs, (one, other)| differs | (one ^ other));
    kept.len() == given.len() && differs == 0
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Unavailable(format!("the system has no random numbers: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_token_fits_a_hash() {
        let kept = hash("token");
        assert!(is_hash_of(&kept, "token"));
        for other in ["", "tokens", "Token", kept.as_str()] {
            assert!(!is_hash_of(&kept, other) && !is_hash_of("", other) && !is_hash_of(&kept[1..], other), "{other}");
        }
        assert!(!is_hash_of(&kept[..63], "token"));
    }
}
