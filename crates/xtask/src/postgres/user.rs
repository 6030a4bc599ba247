use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::programs::{find, quietly};

/// Whom the server runs as: us, or, since it refuses to be root, somebody without rights.
pub(super) struct User {
    other: Option<Other>,
}

struct Other {
    setpriv: PathBuf,
    user: String,
    group: String,
}

impl User {
    pub(super) fn of_the_server() -> anyhow::Result<Self> {
        if quietly(Command::new("id").arg("-u"))?.trim() != "0" {
            return Ok(Self { other: None });
        }
        let setpriv = find(&["setpriv"])
            .context("PostgreSQL refuses to run as root, and setpriv is missing; install it: apt-get install util-linux")?;
        for name in ["postgres", "nobody"] {
            let id = |what: &str| quietly(Command::new("id").args([what, name])).map(|id| id.trim().to_owned());
            if let (Ok(user), Ok(group)) = (id("-u"), id("-g")) {
                return Ok(Self { other: Some(Other { setpriv, user, group }) });
            }
        }
        bail!("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`; run this as an ordinary user")
    }

    /// A command of this user. The program itself takes the place of the one that changes the user, so its process is the child.
    pub(super) fn command(&self, program: &Path) -> Command {
        let Some(Other { setpriv, user, group }) = &self.other else { return Command::new(program) };
        let mut command = Command::new(setpriv);
        command.args(["--reuid", user, "--regid", group, "--clear-groups", "--"]).arg(program);
        command
    }

    pub(super) fn may_run(&self, program: &Path) -> bool {
        quietly(self.command(Path::new("test")).arg("-x").arg(program)).is_ok()
    }

    /// A new folder of this user, which nobody else reads. Short, for a socket's path has at most 107 bytes; and not in the checkout,
    /// which may be hidden from him.
    pub(super) fn temporary_folder(&self, on_a_disk: bool) -> anyhow::Result<PathBuf> {
        let (named, tmp, disk) = (std::env::temp_dir(), PathBuf::from("/tmp"), PathBuf::from("/var/tmp"));
        let places = if on_a_disk { [disk, named, tmp] } else { [named, tmp, disk] };
        let mut refused = Vec::new();
        for place in places.iter().filter(|place| place.as_os_str().len() < 60) {
            match quietly(self.command(Path::new("mktemp")).arg("-d").arg(place.join("ardoise-postgres.XXXXXX"))) {
                Ok(folder) => return Ok(PathBuf::from(folder.trim())),
                Err(error) => refused.push(format!("{error:#}")),
            }
        }
        bail!("PostgreSQL's user may make a folder in none of {places:?}: {}", refused.join("; "))
    }

    /// Gives him a file of ours.
    pub(super) fn owns(&self, file: &Path) -> anyhow::Result<()> {
        let Some(Other { user, group, .. }) = &self.other else { return Ok(()) };
        quietly(Command::new("chown").arg(format!("{user}:{group}")).arg(file)).map(drop)
    }
}
