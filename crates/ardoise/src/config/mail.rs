use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ardoise_notify::{Login, MailServer, MailTiming, Mailbox, Secret, Tls};
use ardoise_store::{FileUse, PermissionProblem};
use serde::Deserialize;

/// `[mail]`: the mail server. Without this section no mail is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "RawSettings")]
pub(crate) struct Settings {
    server: MailServer,
    user: String,
    password: Password,
    /// The delays of mail.
    pub(crate) timing: MailTiming,
    /// Whether readers may subscribe to replies.
    pub(crate) replies: bool,
}

#[derive(Debug, Clone)]
enum Password {
    None,
    Inline(Secret),
    File(PathBuf),
}

/// The section as it is written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    server: String,
    tls: String,
    from: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    password_file: PathBuf,
    #[serde(default = "default_gather", deserialize_with = "super::number::number::<_, _, 0, 86_400>")]
    gather: u32,
    #[serde(default = "yes")]
    replies: bool,
    #[serde(default = "default_replies_every", deserialize_with = "super::number::number::<_, _, 0, 2_592_000>")]
    replies_every: u32,
}

fn default_gather() -> u32 {
    10
}

fn default_replies_every() -> u32 {
    15 * 60
}

fn yes() -> bool {
    true
}

impl TryFrom<RawSettings> for Settings {
    type Error = String;

    fn try_from(raw: RawSettings) -> Result<Self, String> {
        let tls = match raw.tls.as_str() {
            "tls" => Tls::Tls,
            "starttls" => Tls::StartTls,
            "none" => Tls::None,
            other => return Err(format!("[mail] tls = {other:?}: write \"starttls\", \"tls\" or \"none\"")),
        };
        let (host, port) = host_and_port(&raw.server, tls)?;
        if tls == Tls::None && !is_local(&host) {
            return Err(format!(
                "[mail] tls = \"none\" is for a server on this machine; {host} is not, and everybody on the way could read along: write \"starttls\" or \"tls\""
            ));
        }
        let from: Mailbox = raw
            .from
            .parse()
            .map_err(|_| format!("[mail] from = {:?} is no address such as \"Comments <comments@example.org>\"", raw.from))?;
        let password = match (raw.password.is_empty(), raw.password_file.as_os_str().is_empty()) {
            (false, false) => return Err("[mail] has both password and password_file; leave one out".to_owned()),
            (false, true) => Password::Inline(Secret(raw.password)),
            (true, false) => Password::File(raw.password_file),
            (true, true) => Password::None,
        };
        if raw.user.is_empty() != matches!(password, Password::None) {
            return Err("[mail] user and password belong together; give both, or neither where the server asks for none".to_owned());
        }
        let timing = MailTiming { gather: i64::from(raw.gather) * 1000, replies_every: i64::from(raw.replies_every) * 1000 };
        let server = MailServer { host, port, tls, login: None, from };
        Ok(Self { server, user: raw.user, password, timing, replies: raw.replies })
    }
}

impl Settings {
    /// Returns the server without its password, which is enough to know who is notified.
    pub(crate) fn server(&self) -> MailServer {
        self.server.clone()
    }

    /// Returns whether the settings contain the password itself.
    pub(crate) fn holds_password(&self) -> bool {
        matches!(self.password, Password::Inline(_))
    }

    /// Returns the file with the password, if there is one.
    pub(crate) fn password_file(&self, folder: &Path) -> Option<PathBuf> {
        if let Password::File(file) = &self.password { Some(folder.join(file)) } else { None }
    }

    /// Returns the server with its password. Reads the password file, which not every user may read.
    pub(crate) fn server_with_login(&self, folder: &Path) -> anyhow::Result<MailServer> {
        let password = match &self.password {
            Password::None => return Ok(self.server()),
            Password::Inline(password) => password.clone(),
            Password::File(file) => {
                let file = folder.join(file);
                let text = std::fs::read_to_string(&file)
                    .map_err(|error| match PermissionProblem::find(&file, FileUse::Read) {
                        Some(obstacle) => anyhow::anyhow!("{obstacle}"),
                        None => error.into(),
                    })
                    .with_context(|| format!("[mail] password_file = \"{}\"", file.display()))?;
                let password = text.trim_end_matches(['\r', '\n']).to_owned();
                if password.is_empty() {
                    bail!("[mail] password_file = \"{}\" is empty", file.display());
                }
                Secret(password)
            }
        };
        Ok(MailServer { login: Some(Login { user: self.user.clone(), password }), ..self.server() })
    }
}

/// Parses `smtp.example.org:587` or `[::1]:25`. Without a port, the usual one for `tls` is taken.
fn host_and_port(server: &str, tls: Tls) -> Result<(String, u16), String> {
    let wrong = || format!("[mail] server = {server:?} is no name and port such as \"smtp.example.org:587\"");
    let default_port = match tls {
        Tls::Tls => 465,
        Tls::StartTls => 587,
        Tls::None => 25,
    };
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| wrong())?),
        _ => (server, default_port),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_host_character = |c: char| c.is_alphanumeric() || "-.:_".contains(c);
    if host.is_empty() || !host.chars().all(is_host_character) { Err(wrong()) } else { Ok((host.to_owned(), port)) }
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &str) -> Result<Settings, String> {
        toml::from_str::<Settings>(lines).map_err(|error| error.to_string())
    }

    const SERVER: &str = "server = \"smtp.example.org\"\ntls = \"starttls\"\nfrom = \"Comments <c@example.org>\"\n";

    #[test]
    fn missing_keys_have_defaults() {
        let settings = read(SERVER).expect("read");
        assert_eq!((settings.server.host.as_str(), settings.server.port, settings.replies), ("smtp.example.org", 587, true));
        assert_eq!(settings.timing, MailTiming { gather: 10_000, replies_every: 900_000 });
        let here = read("server = \"[::1]:2525\"\ntls = \"none\"\nfrom = \"c@example.org\"").expect("read");
        assert_eq!((here.server.host.as_str(), here.server.port), ("::1", 2525));
    }

    #[test]
    fn an_error_says_how_to_mend_it() {
        for (lines, mend) in [
            ("server = \"smtp.example.org\"\ntls = \"none\"\nfrom = \"c@example.org\"", "write \"starttls\" or \"tls\""),
            ("server = \"smtp.example.org\"\ntls = \"ssl\"\nfrom = \"c@example.org\"", "write \"starttls\", \"tls\" or \"none\""),
            ("server = \"smtp.example.org:x\"\ntls = \"tls\"\nfrom = \"c@example.org\"", "such as \"smtp.example.org:587\""),
            ("server = \"https://a\"\ntls = \"tls\"\nfrom = \"c@example.org\"", "such as \"smtp.example.org:587\""),
            ("server = \"a\"\ntls = \"tls\"\nfrom = \"nobody\"", "such as \"Comments <comments@example.org>\""),
            (&format!("{SERVER}user = \"me\""), "give both, or neither"),
            (&format!("{SERVER}user = \"me\"\npassword = \"a\"\npassword_file = \"b\""), "leave one out"),
            (&format!("{SERVER}pasword = \"a\""), "unknown field"),
        ] {
            let message = read(lines).expect_err("refused");
            assert!(message.contains(mend), "{message}");
        }
    }

    #[test]
    fn debug_output_hides_the_password() {
        let settings = read(&format!("{SERVER}user = \"me\"\npassword = \"hunter2\"")).expect("read");
        let server = settings.server_with_login(Path::new("/")).expect("a password");
        assert_eq!(server.login.as_ref().map(|login| login.password.0.as_str()), Some("hunter2"));
        assert!(!format!("{settings:?} {server:?}").contains("hunter2"));
        let folder = tempfile::tempdir().expect("a folder");
        let settings = read(&format!("{SERVER}user = \"me\"\npassword_file = \"p\"")).expect("read");
        assert!(format!("{:#}", settings.server_with_login(folder.path()).expect_err("no file")).contains("password_file"));
        std::fs::write(folder.path().join("p"), "hunter2\n").expect("written");
        assert_eq!(settings.server_with_login(folder.path()).expect("read").login.expect("a login").password.0, "hunter2");
    }
}
