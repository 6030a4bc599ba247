//! Whose a file is, who this process runs as, and what it may not do: for messages that say how to mend it.

use std::fmt;
use std::path::{Path, PathBuf};

/// A user of this machine. It shows itself by its name; where no name is known, as `user 997`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account(u32);

impl Account {
    /// The superuser, whom permissions do not hold back.
    pub const ROOT: Self = Self(0);

    /// The user that this process runs as.
    pub fn current() -> Self {
        Self(system::user())
    }

    /// The owner of a file or folder; a link is followed. `None`: it is not there, or may not be looked at.
    pub fn owner(path: &Path) -> Option<Self> {
        Some(Self(system::owner(&path.metadata().ok()?)))
    }

    /// As `chown` takes it: a name, or a number.
    pub fn for_chown(self) -> String {
        self.name().unwrap_or_else(|| self.0.to_string())
    }

    fn name(self) -> Option<String> {
        named("/etc/passwd", self.0)
    }
}

/// The name that a list of users or groups has for a number.
fn named(list: &str, number: u32) -> Option<String> {
    let (list, number) = (std::fs::read_to_string(list).ok()?, number.to_string());
    list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    })
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(&name),
            None => write!(f, "user {}", self.0),
        }
    }
}

/// What is to be done with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileUse {
    /// Read a file, or list a folder.
    Read,
    /// Read a file and write to it.
    Write,
    /// Make files in a folder, and remove them.
    Fill,
}

/// Why this process may not do what it needs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionProblem {
    /// The file or folder that is in the way: the path itself, or a folder above it.
    pub path: PathBuf,
    owner: Account,
    verb: &'static str,
    mode: u32,
    read_only: bool,
}

impl PermissionProblem {
    /// What keeps this process from `need` at `path`. `None`: nothing does, or nothing is there.
    pub fn find(path: &Path, need: FileUse) -> Option<Self> {
        let path = std::path::absolute(path).ok()?;
        let above: Vec<_> = path.ancestors().skip(1).collect();
        let closed = above.into_iter().rev().find_map(|folder| Self::at(folder, system::ENTER, "enter"));
        closed.or_else(|| match need {
            FileUse::Read if path.is_dir() => Self::at(&path, system::LIST, "read"),
            FileUse::Read => Self::at(&path, system::READ, "read"),
            FileUse::Write => Self::at(&path, system::WRITE, "read and write"),
            FileUse::Fill => Self::at(&path, system::FILL, "make files in"),
        })
    }

    fn at(path: &Path, access: system::Wanted, verb: &'static str) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        let read_only = system::refused(path, access)?;
        Some(Self { path: path.to_owned(), owner: Account(system::owner(&metadata)), verb, mode: system::mode(&metadata), read_only })
    }

    /// The command that mends it, for this path and others that are in the way like it.
    fn mend(&self, others: &[&Path]) -> String {
        let us = Account::current();
        let paths = std::iter::once(self.path.as_path()).chain(others.iter().copied()).map(quoted).collect::<Vec<_>>().join(" ");
        if self.read_only {
            return "its file system is mounted read-only: mount it writable (in a systemd unit, name the folder in ReadWritePaths=)"
                .into();
        }
        if self.owner == us {
            let mode = if self.path.is_dir() { "u+rwx" } else { "u+rw" };
            return format!("chmod {mode} {paths}");
        }
        if self.verb == "enter" {
            return format!("sudo chmod o+x {}", quoted(&self.path));
        }
        // Who only reads need not own it.
        if self.verb == "read" && !self.path.is_dir() {
            return format!("sudo chgrp {} {paths} && sudo chmod g+r {paths}", system::group_name());
        }
        let chown = format!("sudo chown {} {paths}", us.for_chown());
        // What root has made by mistake is given away; what another user owns may well be theirs, and this the wrong user.
        if self.owner == Account::ROOT { chown } else { format!("run this as {} (sudo -u {0}), or: {chown}", self.owner.for_chown()) }
    }

    /// The sentence, with a command that mends `others` too.
    pub fn with(&self, others: &[&Path]) -> String {
        let Self { path, owner, verb, mode, .. } = self;
        let (us, mend) = (Account::current(), self.mend(others));
        let may_not = if self.read_only { String::new() } else { format!(" (mode {mode:04o})") };
        format!("{} belongs to {owner}{may_not}, and this runs as {us}, who may not {verb} it; mend it: {mend}", path.display())
    }
}

impl fmt::Display for PermissionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with(&[]))
    }
}

/// What keeps this process from using a `SQLite` database: its file, the files that `SQLite` keeps beside it, or their folder, in which
/// it makes and removes them. `None`: rights are not what is wrong.
pub fn database_obstacle(file: &Path) -> Option<String> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = ["", "-wal", "-shm", "-journal"].map(|ending| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    });
    let mut found: Vec<_> = beside.iter().filter_map(|file| PermissionProblem::find(file, FileUse::Write)).collect();
    let of_folder = PermissionProblem::find(folder, FileUse::Fill);
    let own_folder = std::path::absolute(folder).is_ok_and(|folder| of_folder.as_ref().is_some_and(|found| found.path == folder));
    if let (true, Some(obstacle)) = (own_folder && found.is_empty() && !of_folder.as_ref()?.read_only, &of_folder) {
        return Some(folder_sentence(file, obstacle));
    }
    found.extend(of_folder);
    let (first, others) = found.split_first()?;
    let others: Vec<_> = others.iter().map(|one| one.path.as_path()).filter(|path| *path != first.path).collect();
    Some(first.with(&others))
}

/// The database itself is fine, and lies in a folder of somebody else's, such as one for copies.
fn folder_sentence(file: &Path, obstacle: &PermissionProblem) -> String {
    let us = Account::current();
    let folder = &obstacle.path;
    let why = "SQLite makes files beside the database, so it needs the right to write to its folder";
    // A folder that the system came with is nobody's to give away.
    let of_the_system = folder.components().count() <= if folder.starts_with("/var") { 3 } else { 2 };
    let own = folder.join("ardoise");
    let mend = if of_the_system && obstacle.owner != us {
        let (own, file) = (quoted(&own), quoted(file));
        format!("sudo install -d -m 700 -o {} {own} && sudo mv {file} {own}/, and name that place in [store] url", us.for_chown())
    } else {
        obstacle.mend(&[])
    };
    format!(
        "{}: its folder {} belongs to {}, and this runs as {us}; {why}; mend it: {mend}",
        file.display(),
        folder.display(),
        obstacle.owner
    )
}

/// Gives a file or folder that was just made to the owner of `folder`, if this runs as root and that is another user: what one
/// command makes as root, the service must be able to write to. Takes the open file, for a name may lead elsewhere by now.
pub fn give_to_owner_of(folder: &Path, made: &std::fs::File) -> std::io::Result<()> {
    if Account::current() != Account::ROOT {
        return Ok(());
    }
    system::give(&folder.metadata()?, made)
}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:".contains(c) || !c.is_ascii();
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(unix)]
mod system {
    use std::fs::Metadata;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::{Access, AtFlags, CWD};
    use rustix::io::Errno;

    pub(super) type Wanted = Access;
    pub(super) const ENTER: Access = Access::EXEC_OK;
    pub(super) const READ: Access = Access::READ_OK;
    pub(super) const LIST: Access = Access::READ_OK.union(Access::EXEC_OK);
    pub(super) const WRITE: Access = Access::READ_OK.union(Access::WRITE_OK);
    pub(super) const FILL: Access = Access::READ_OK.union(Access::WRITE_OK).union(Access::EXEC_OK);

    pub(super) fn user() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// The group that this process runs as, as `chgrp` takes it.
    pub(super) fn group_name() -> String {
        let group = rustix::process::getegid().as_raw();
        super::named("/etc/group", group).unwrap_or_else(|| group.to_string())
    }

    pub(super) fn owner(metadata: &Metadata) -> u32 {
        metadata.uid()
    }

    pub(super) fn mode(metadata: &Metadata) -> u32 {
        metadata.mode() & 0o7777
    }

    pub(super) fn give(owner: &Metadata, made: &std::fs::File) -> std::io::Result<()> {
        if owner.uid() == 0 {
            return Ok(());
        }
        let (user, group) = (rustix::fs::Uid::from_raw(owner.uid()), rustix::fs::Gid::from_raw(owner.gid()));
        Ok(rustix::fs::fchown(made, Some(user), Some(group))?)
    }

    /// `None`: it is allowed. True: by a file system that takes no writes.
    pub(super) fn refused(path: &Path, wanted: Access) -> Option<bool> {
        match rustix::fs::accessat(CWD, path, wanted, AtFlags::EACCESS) {
            Err(Errno::ROFS) => Some(true),
            Err(Errno::ACCESS | Errno::PERM) => Some(false),
            _ => None,
        }
    }
}

/// Where users are not numbers, nothing is known of them.
#[cfg(not(unix))]
mod system {
    use std::fs::Metadata;
    use std::path::Path;

    pub(super) type Wanted = ();
    pub(super) const ENTER: () = ();
    pub(super) const READ: () = ();
    pub(super) const LIST: () = ();
    pub(super) const WRITE: () = ();
    pub(super) const FILL: () = ();

    pub(super) fn user() -> u32 {
        u32::MAX
    }

    pub(super) fn group_name() -> String {
        String::new()
    }

    pub(super) fn owner(_: &Metadata) -> u32 {
        u32::MAX
    }

    pub(super) fn mode(_: &Metadata) -> u32 {
        0
    }

    pub(super) fn give(_: &Metadata, _: &std::fs::File) -> std::io::Result<()> {
        Ok(())
    }

    pub(super) fn refused(_: &Path, (): Wanted) -> Option<bool> {
        None
    }
}
