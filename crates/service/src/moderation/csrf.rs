//! Whether a form is one of ours: it carries what only the session's owner can know, and browsers say where it comes from.

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::call::Call;
use super::state::ModerationState;

/// What the session's secret, which is in no page, is asked to sign.
const MESSAGE: &[u8] = b"ardoise moderation form";

/// What the forms of a session carry.
pub(crate) fn token(cookie: &str) -> String {
    HEXLOWER.encode(&signed(cookie).finalize().into_bytes())
}

/// Whether a form carries it. Takes as long whatever is wrong with it.
pub(crate) fn is_ours(cookie: &str, given: &str) -> bool {
    HEXLOWER.decode(given.as_bytes()).is_ok_and(|given| signed(cookie).verify_slice(&given).is_ok())
}

fn signed(cookie: &str) -> Hmac<Sha256> {
    keyed(cookie).chain_update(MESSAGE)
}

/// What shows that an address was made for this session; its key is what the session's forms carry.
pub(crate) fn seal(csrf: &str, text: &str) -> String {
    HEXLOWER.encode(&keyed(csrf).chain_update(text).finalize().into_bytes())
}

pub(crate) fn is_sealed(csrf: &str, text: &str, seal: &str) -> bool {
    HEXLOWER.decode(seal.as_bytes()).is_ok_and(|seal| keyed(csrf).chain_update(text).verify_slice(&seal).is_ok())
}

fn keyed(key: &str) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    let Ok(mac) = mac else { unreachable!("HMAC takes keys of any length") };
    mac
}

/// Whether a browser says that another site sends this. One that says nothing is old, or no browser.
pub(crate) fn is_foreign(state: &ModerationState, call: &Call) -> bool {
    if let Some(site) = &call.fetch_site {
        return !matches!(site.as_str(), "same-origin" | "none");
    }
    // By a tunnel, the address is another than the one in the settings, and the request names it as its host.
    let host = |origin: &str| origin.split_once("://").is_some_and(|(_, host)| host == call.host);
    call.origin.as_deref().is_some_and(|origin| origin != state.origin && !host(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sessions_own_forms_are_its_own() {
        let ours = token("cookie");
        assert!(is_ours("cookie", &ours));
        for other in ["", "00", &ours[..62], &ours.to_uppercase(), &token("cookies")] {
            assert!(!is_ours("cookie", other), "{other}");
        }
    }
}
