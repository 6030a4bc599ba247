//! File permissions: the owner of a file, the user of this process, and what that user may not do. For messages that name the command which
//! solves the problem.

#[cfg(not(unix))]
#[path = "permissions/other.rs"]
mod system;
#[cfg(unix)]
#[path = "permissions/unix.rs"]
mod system;

use std::fmt;
use std::path::{Path, PathBuf};

use system::Denial;

/// A user of this machine. `Display` writes the user's name; without a known name, `user 997`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account(u32);

impl Account {
    /// The superuser, to whom permissions do not apply.
    pub const ROOT: Self = Self(0);

    /// Returns the user that this process runs as.
    pub fn current() -> Self {
        Self(system::current_user())
    }

    /// Returns the owner of a file or folder. Links are followed. `None` if the path does not exist or is not accessible.
    pub fn owner(path: &Path) -> Option<Self> {
        Some(Self(system::owner(&path.metadata().ok()?)))
    }

    /// Returns the name or number, as `chown` takes it.
    pub fn for_chown(self) -> String {
        self.name().unwrap_or_else(|| self.0.to_string())
    }

    fn name(self) -> Option<String> {
        account_name("/etc/passwd", self.0)
    }
}

/// Looks up the name of a number in a list of users or groups.
fn account_name(list: &str, number: u32) -> Option<String> {
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

/// The intended use of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileUse {
    /// Reading a file, or listing a folder.
    Read,
    /// Reading and writing a file.
    Write,
    /// Creating and removing files in a folder.
    CreateFilesIn,
}

/// Why this process may not use a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionProblem {
    /// The file or folder that denies access: the path itself, or a folder above it.
    pub path: PathBuf,
    owner: Account,
    verb: &'static str,
    mode: u32,
    is_read_only: bool,
}

impl PermissionProblem {
    /// Returns what denies this process the use of `path`; `None` if nothing does, or if the path does not exist.
    pub fn find(path: &Path, need: FileUse) -> Option<Self> {
        let path = std::path::absolute(path).ok()?;
        let above: Vec<_> = path.ancestors().skip(1).collect();
        let closed = above.into_iter().rev().find_map(|folder| Self::at(folder, system::ENTER, "enter"));
        closed.or_else(|| match need {
            FileUse::Read if path.is_dir() => Self::at(&path, system::LIST, "read"),
            FileUse::Read => Self::at(&path, system::READ, "read"),
            FileUse::Write => Self::at(&path, system::WRITE, "read and write"),
            FileUse::CreateFilesIn => Self::at(&path, system::FILL, "make files in"),
        })
    }

    fn at(path: &Path, access: system::AccessMode, verb: &'static str) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        let is_read_only = system::denial(path, access)? == Denial::ReadOnlyFileSystem;
        let (owner, mode) = (Account(system::owner(&metadata)), system::mode(&metadata));
        Some(Self { path: path.to_owned(), owner, verb, mode, is_read_only })
    }

    /// Returns the command that solves the problem for this path, and for others with the same problem.
    fn remedy(&self, others: &[&Path]) -> String {
        let user = Account::current();
        let paths = std::iter::once(self.path.as_path()).chain(others.iter().copied()).map(shell_quoted).collect::<Vec<_>>().join(" ");
        if self.is_read_only {
            return "its file system is mounted read-only: mount it writable (in a systemd unit, name the folder in ReadWritePaths=)"
                .into();
        }
        if self.owner == user {
            let mode = if self.path.is_dir() { "u+rwx" } else { "u+rw" };
            return format!("chmod {mode} {paths}");
        }
        if self.verb == "enter" {
            return format!("sudo chmod o+x {}", shell_quoted(&self.path));
        }
        // Reading a file does not require to own it.
        if self.verb == "read" && !self.path.is_dir() {
            let group = system::current_group();
            let group = account_name("/etc/group", group).unwrap_or_else(|| group.to_string());
            return format!("sudo chgrp {group} {paths} && sudo chmod g+r {paths}");
        }
        let chown = format!("sudo chown {} {paths}", user.for_chown());
        // A file of root's was probably created by mistake. A file of another user's may be right, and this process the one that is wrong.
        if self.owner == Account::ROOT { chown } else { format!("run this as {} (sudo -u {0}), or: {chown}", self.owner.for_chown()) }
    }

    /// Returns the message, with a command that also solves the problem for `others`.
    pub fn with(&self, others: &[&Path]) -> String {
        let Self { path, owner, verb, mode, .. } = self;
        let (user, remedy) = (Account::current(), self.remedy(others));
        let mode = if self.is_read_only { String::new() } else { format!(" (mode {mode:04o})") };
        format!("{} belongs to {owner}{mode}, and this runs as {user}, who may not {verb} it; to fix it: {remedy}", path.display())
    }
}

impl fmt::Display for PermissionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with(&[]))
    }
}

/// Returns what denies this process the use of a SQLite database: its file, the files that SQLite keeps beside it, or their folder, in
/// which SQLite creates and removes them. Also a folder in the place of the file. `None` if nothing of this is the problem.
pub fn database_obstacle(file: &Path) -> Option<String> {
    if file.is_dir() {
        let inside = file.join("ardoise.db");
        return Some(format!("{} is a folder; name a file, such as \"sqlite:{}\"", file.display(), inside.display()));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let files = ["", "-wal", "-shm", "-journal"].map(|suffix| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    });
    let mut found: Vec<_> = files.iter().filter_map(|file| PermissionProblem::find(file, FileUse::Write)).collect();
    let of_folder = PermissionProblem::find(folder, FileUse::CreateFilesIn);
    let is_folder_itself = std::path::absolute(folder).is_ok_and(|folder| of_folder.as_ref().is_some_and(|found| found.path == folder));
    if let (true, Some(problem)) = (is_folder_itself && found.is_empty() && !of_folder.as_ref()?.is_read_only, &of_folder) {
        return Some(folder_message(file, problem));
    }
    found.extend(of_folder);
    let (first, others) = found.split_first()?;
    let others: Vec<_> = others.iter().map(|other| other.path.as_path()).filter(|path| *path != first.path).collect();
    Some(first.with(&others))
}

/// The message for a database whose file is accessible, in a folder of another user's, such as one for backups.
fn folder_message(file: &Path, problem: &PermissionProblem) -> String {
    let user = Account::current();
    let folder = &problem.path;
    let reason = "SQLite makes files beside the database, so it needs the right to write to its folder";
    // The owner of a folder of the operating system should not be changed.
    let is_system_folder = folder.components().count() <= if folder.starts_with("/var") { 3 } else { 2 };
    let own_folder = folder.join("ardoise");
    let remedy = if is_system_folder && problem.owner != user {
        let (own, file) = (shell_quoted(&own_folder), shell_quoted(file));
        format!("sudo install -d -m 700 -o {} {own} && sudo mv {file} {own}/, and name that place in [store] url", user.for_chown())
    } else {
        problem.remedy(&[])
    };
    format!(
        "{}: its folder {} belongs to {}, and this runs as {user}; {reason}; to fix it: {remedy}",
        file.display(),
        folder.display(),
        problem.owner
    )
}

/// Gives a file or folder that was just created to the owner of `folder`, if this process runs as root and that owner is another user: the
/// service must be able to write to what a command creates as root. Takes an open file, because the path may lead elsewhere by now.
pub fn give_to_owner_of(folder: &Path, created: &std::fs::File) -> std::io::Result<()> {
    if Account::current() != Account::ROOT {
        return Ok(());
    }
    system::give_to_owner_of(&folder.metadata()?, created)
}

/// Quotes a path for a shell if necessary.
fn shell_quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:".contains(c) || !c.is_ascii();
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
