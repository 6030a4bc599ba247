use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::commands::{find, output_of};

/// The user of the server: the current one or, because PostgreSQL refuses to run as root, an unprivileged one.
pub(super) struct User {
    unprivileged: Option<Unprivileged>,
}

struct Unprivileged {
    setpriv: PathBuf,
    user: String,
    group: String,
}

impl User {
    pub(super) fn for_server() -> anyhow::Result<Self> {
        if output_of(Command::new("id").arg("-u"))?.trim() != "0" {
            return Ok(Self { unprivileged: None });
        }
        let setpriv = find(&["setpriv"])
            .context("PostgreSQL refuses to run as root, and setpriv is missing; install it: apt-get install util-linux")?;
        for name in ["postgres", "nobody"] {
            let id = |what: &str| output_of(Command::new("id").args([what, name])).map(|id| id.trim().to_owned());
            if let (Ok(user), Ok(group)) = (id("-u"), id("-g")) {
                return Ok(Self { unprivileged: Some(Unprivileged { setpriv, user, group }) });
            }
        }
        bail!("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`; run this as an ordinary user")
    }

    /// Returns a command that runs as this user. The program replaces `setpriv`, so it is the child process itself.
    pub(super) fn command(&self, program: &Path) -> Command {
        let Some(Unprivileged { setpriv, user, group }) = &self.unprivileged else { return Command::new(program) };
        let mut command = Command::new(setpriv);
        command.args(["--reuid", user, "--regid", group, "--clear-groups", "--"]).arg(program);
        command
    }

    pub(super) fn can_run(&self, program: &Path) -> bool {
        output_of(self.command(Path::new("test")).arg("-x").arg(program)).is_ok()
    }

    /// Creates a folder that only this user can read. The path is short, because a socket's path has at most 107 bytes, and outside the
    /// checkout, which may be inaccessible to the user.
    pub(super) fn temporary_folder(&self, needs_disk: bool) -> anyhow::Result<PathBuf> {
        let (named, tmp, disk) = (std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp"));
        let places = if needs_disk { [disk, named, tmp] } else { [named, tmp, disk] };
        let mut refused = Vec::new();
        for place in places.iter().filter(|place| place.as_os_str().len() < 60) {
            match output_of(self.command(Path::new("mktemp")).arg("-d").arg(place.join("ardoise-postgres.XXXXXX"))) {
                Ok(folder) => return Ok(PathBuf::from(folder.trim())),
                Err(error) => refused.push(format!("{error:#}")),
            }
        }
        bail!("PostgreSQL's user cannot create a folder in any of {places:?}: {}", refused.join("; "))
    }

    /// Makes this user the owner of a file.
    pub(super) fn set_owner(&self, file: &Path) -> anyhow::Result<()> {
        let Some(Unprivileged { user, group, .. }) = &self.unprivileged else { return Ok(()) };
        output_of(Command::new("chown").arg(format!("{user}:{group}")).arg(file)).map(drop)
    }
}
