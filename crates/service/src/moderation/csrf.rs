//! Protection against forged forms: each carries a token that only the session's pages know, and browsers say which site sends it.
//!
//! It is written here because sessions are rows of the store, which the command line lists and ends too. A middleware for actix would
//! bring its own sessions and cookies.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::request::PageRequest;
use super::state::ModerationState;

/// The message that the session's cookie signs. The cookie itself is in no page.
const MESSAGE: &[u8] = b"ardoise moderation form";

/// Returns the token that the forms of a session carry.
pub(crate) fn token(cookie: &str) -> String {
    HEXLOWER.encode(&token_mac(cookie).finalize().into_bytes())
}

/// Whether a form's token belongs to the session. The comparison takes constant time.
pub(crate) fn is_valid(cookie: &str, token: &str) -> bool {
    HEXLOWER.decode(token.as_bytes()).is_ok_and(|token| token_mac(cookie).verify_slice(&token).is_ok())
}

fn token_mac(cookie: &str) -> Hmac<Sha256> {
    keyed(cookie).chain_update(MESSAGE)
}

/// Signs a text for a session. The key is the session's token.
pub(crate) fn sign(token: &str, text: &str) -> String {
    HEXLOWER.encode(&keyed(token).chain_update(text).finalize().into_bytes())
}

/// Whether [`sign`] made this signature for the session.
pub(crate) fn is_signed(token: &str, text: &str, signature: &str) -> bool {
    HEXLOWER.decode(signature.as_bytes()).is_ok_and(|signature| keyed(token).chain_update(text).verify_slice(&signature).is_ok())
}

fn keyed(key: &str) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    let Ok(mac) = mac else { unreachable!("HMAC takes keys of any length") };
    mac
}

/// Whether the browser says that another site sends the request. Old browsers and other programs say nothing.
pub(crate) fn is_cross_site(state: &ModerationState, request: &PageRequest) -> bool {
    if let Some(site) = &request.fetch_site {
        return !matches!(site.as_str(), "same-origin" | "none");
    }
    // Through a tunnel, the URL differs from the one in the settings; the origin's host is then the request's.
    let is_host = |origin: &str| origin.split_once("://").is_some_and(|(_, host)| host == request.host);
    request.origin.as_deref().is_some_and(|origin| origin != state.origin && !is_host(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sessions_own_token_is_valid() {
        let valid = token("cookie");
        assert!(is_valid("cookie", &valid));
        for other in ["", "00", &valid[..62], &valid.to_uppercase(), &token("cookies")] {
            assert!(!is_valid("cookie", other), "{other}");
        }
    }
}
