use crate::Rule;
use crate::fields::at_most;

/// The maximum length of an address (RFC 5321).
const MAX_LENGTH: usize = 254;

/// Checks an address, which may be empty. This only catches typing errors. An address is proved by the answer to a mail.
pub(crate) fn check(typed: &str) -> Result<Option<String>, Rule> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    at_most(typed, MAX_LENGTH)?;
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\"\\".contains(c);
    let well_formed = match typed.rsplit_once('@') {
        Some((local, domain)) => {
            !local.is_empty() && !local.contains('@') && !domain.is_empty() && !domain.starts_with('.') && !domain.ends_with('.')
        }
        None => false,
    };
    if well_formed && !typed.contains(forbidden) { Ok(Some(typed.to_owned())) } else { Err(Rule::NotAnEmail) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(check(" "), Ok(None));
        for good in ["a@b.example", "jean+blog@café.example", "root@localhost"] {
            assert_eq!(check(good), Ok(Some(good.to_owned())));
        }
        for bad in ["a", "@b", "a@", "a@@b", "a b@c", "a@b\r\nBcc: all@c", "Ada <a@b>"] {
            assert_eq!(check(bad), Err(Rule::NotAnEmail), "{bad:?}");
        }
    }
}
