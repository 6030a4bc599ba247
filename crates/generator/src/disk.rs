//! All writing to the site's folders.

mod lock;
mod space;

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ardoise_store::give_to_owner_of;
use fs_err as fs;

use crate::compress;

/// The extensions of files that the generator writes and may remove.
const EXTENSIONS: [&str; 2] = [".json", ".xml"];
/// The prefix of temporary files. Stale ones are left by a generator that was killed.
pub(crate) const TEMPORARY_PREFIX: &str = ".ardoise-";

pub(crate) use self::lock::{Lock, LockedPaths, fingerprint};
pub use self::space::{check_writable, free_space};

/// The maximum number of files that are flushed one by one. Above it, the whole file system is flushed.
///
/// One flush of a small file takes a third of a millisecond, and so half a minute for 100 000 files. A flush of the whole file system costs
/// little more than one of them, but also waits for data of other programs.
const MAX_SINGLE_FLUSHES: usize = 16;

/// A temporary file with the new bytes of a file, beside its place. It is removed on drop.
#[derive(Debug)]
pub(crate) struct TemporaryFile {
    file: tempfile::TempPath,
    /// Whether its folder was created for it.
    pub(crate) in_new_folder: bool,
}

/// A folder at or below `root` in which files can be written.
pub(crate) struct TargetFolder {
    path: PathBuf,
    is_new: bool,
    root: PathBuf,
}

impl TargetFolder {
    /// Creates the folder of `file` if it is missing. Removes symbolic links, and files of the generator's, that stand in place of folders.
    pub(crate) fn prepare(file: &Path, root: &Path) -> io::Result<Self> {
        let path = file.parent().unwrap_or(root).to_owned();
        remove_obstacles(file, root)?;
        let is_new = !path.is_dir();
        if is_new {
            let above: Vec<_> = path.ancestors().take_while(|above| *above != root && !above.exists()).map(Path::to_owned).collect();
            fs::create_dir_all(&path)?;
            for made in above {
                give_to_owner_of(root, fs::File::open(made)?.file())?;
            }
        }
        Ok(Self { path, is_new, root: root.to_owned() })
    }
}

/// Writes `bytes` to a temporary file beside `file`. If `file` is a folder with nothing but the generator's files, removes it.
pub(crate) fn write_beside(file: &Path, folder: &TargetFolder, bytes: &[u8]) -> io::Result<TemporaryFile> {
    let old = if folder.is_new { None } else { file.symlink_metadata().ok() };
    if old.as_ref().is_some_and(Metadata::is_dir) {
        remove_own(file)?;
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX).suffix(".tmp");
    // A temporary file is private by default, but the web server runs as another user. The umask still applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(&folder.path)?;
    give_to_owner_of(&folder.root, temporary.as_file())?;
    temporary.write_all(bytes)?;
    if let Some(old) = old {
        make_newer_than(&old, temporary.as_file())?;
    }
    // The handle is closed: a batch has more files than a process may open.
    Ok(TemporaryFile { file: temporary.into_temp_path(), in_new_folder: folder.is_new })
}

/// Makes the new file's modification time at least a second later than the old one's. Web servers compute an `ETag` from the length and the
/// modification time in whole seconds, and rsync compares only these. Otherwise a cache could keep the old file.
fn make_newer_than(old: &Metadata, new: &File) -> io::Result<()> {
    let (before, now) = (old.modified()?, new.metadata()?.modified()?);
    if seconds(now) <= seconds(before) {
        new.set_modified(before + Duration::from_secs(1))?;
    }
    Ok(())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl TemporaryFile {
    /// Renames the temporary file to `file`. A concurrent reader gets the whole old file or the whole new one.
    pub(crate) fn persist(self, file: &Path) -> io::Result<()> {
        self.file.persist(file).map_err(|error| io::Error::new(error.error.kind(), format!("{}: {}", file.display(), error.error)))
    }
}

/// Flushes temporary files to disk, so that they survive a power failure.
pub(crate) fn flush<'a>(root: &Path, written: impl Iterator<Item = &'a TemporaryFile>) -> io::Result<()> {
    let written: Vec<_> = written.collect();
    if written.len() > MAX_SINGLE_FLUSHES && sync_file_system(root)? {
        return Ok(());
    }
    written.iter().try_for_each(|written| fs::File::open(&written.file)?.sync_all())
}

/// Flushes the whole file system of `root`. Returns false if the system cannot do that.
#[cfg(target_os = "linux")]
fn sync_file_system(root: &Path) -> io::Result<bool> {
    match fs::File::open(root) {
        Ok(root) => rustix::fs::syncfs(root.file()).map(|()| true).map_err(Into::into),
        // The folder was removed in the meantime. The caller's next check of the tree finds that out.
        Err(_) => Ok(false),
    }
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Folders in which entries were renamed or removed.
#[derive(Default)]
pub(crate) struct DirtyFolders(BTreeSet<PathBuf>);

impl DirtyFolders {
    /// Adds the folder of `file`.
    pub(crate) fn add(&mut self, file: &Path, root: &Path) {
        self.0.insert(file.parent().unwrap_or(root).to_owned());
    }

    /// Adds the folder of `file` and all folders above it up to `root`. They may have been created or removed, which changes the entries of
    /// their parents.
    pub(crate) fn add_with_parents(&mut self, file: &Path, root: &Path) {
        for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(root)) {
            self.0.insert(folder.to_owned());
        }
    }

    /// Flushes the folders, so that renames and removals survive a power failure.
    pub(crate) fn sync(self) -> io::Result<()> {
        if let (true, Some(root)) = (self.0.len() > MAX_SINGLE_FLUSHES, self.0.first())
            && sync_file_system(root)?
        {
            return Ok(());
        }
        self.0.iter().try_for_each(|folder| sync_folder(folder))
    }
}

/// Access to a new file, before the umask is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileAccess {
    /// Everyone may read the file.
    All,
    /// Only the file's owner and group may read it.
    Group,
}

impl FileAccess {
    #[cfg(unix)]
    fn apply(self, options: &mut fs::OpenOptions) {
        use fs_err::os::unix::fs::OpenOptionsExt;
        options.mode(match self {
            Self::All => 0o666,
            Self::Group => 0o640,
        });
    }

    #[cfg(not(unix))]
    fn apply(self, _: &mut fs::OpenOptions) {}
}

/// Replaces the content of a file atomically.
pub(crate) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let root = file.parent().unwrap_or(Path::new("")).to_owned();
    write_beside(file, &TargetFolder { path: root.clone(), is_new: false, root }, bytes)?.persist(file)
}

/// Creates a folder and its parents. Returns false if it exists.
pub(crate) fn create_folder(folder: &Path) -> io::Result<bool> {
    let new = !folder.exists();
    fs::create_dir_all(folder).map(|()| new)
}

/// Creates a file. Returns false if it exists.
pub(crate) fn create_file(file: &Path, bytes: &[u8], access: FileAccess) -> io::Result<bool> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    access.apply(options.write(true).create_new(true));
    match options.open(file) {
        Ok(mut new) => new.write_all(bytes).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Flushes one folder. A missing folder is not an error.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match fs::File::open(folder) {
        Ok(open) => open.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes symbolic links, and files of the generator's, that stand in place of the folders above `file`. A link could lead out of the
/// tree.
fn remove_obstacles(file: &Path, root: &Path) -> io::Result<()> {
    for above in file.ancestors().skip(1).take_while(|above| *above != root) {
        match above.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() || (metadata.is_file() && is_own(above)) => fs::remove_file(above)?,
            Ok(metadata) if !metadata.is_dir() => return Err(foreign_file_error(above, "a folder has to be there")),
            _ => {}
        }
    }
    Ok(())
}

/// Returns whether a file may be the generator's, judged by its name: JSON, XML, their precompressed forms, and temporary files.
pub(crate) fn is_own(file: &Path) -> bool {
    let Some(name) = file.file_name().and_then(std::ffi::OsStr::to_str) else { return false };
    let readable = compress::FORMS.iter().find_map(|(ending, _)| name.strip_suffix(&format!(".{ending}"))).unwrap_or(name);
    name.starts_with(TEMPORARY_PREFIX) || EXTENSIONS.iter().any(|ending| readable.ends_with(ending))
}

/// Removes a folder that contains only empty folders and files of the generator's.
fn remove_own(folder: &Path) -> io::Result<()> {
    for found in walkdir::WalkDir::new(folder) {
        let found = found.map_err(io::Error::from)?;
        if !found.file_type().is_dir() && !is_own(found.path()) {
            return Err(foreign_file_error(found.path(), &format!("{} has to be a file", folder.display())));
        }
    }
    fs::remove_dir_all(folder)
}

fn foreign_file_error(file: &Path, wanted: &str) -> io::Error {
    let message = format!("{} is not a file that Ardoise wrote, so it is not removed, but {wanted}; move it away", file.display());
    io::Error::new(io::ErrorKind::AlreadyExists, message)
}

/// Returns whether `file` exists and no symbolic link on its path leads out of `root`.
pub(crate) fn is_inside(file: &Path, root: &Path) -> bool {
    let mut above = file.ancestors().skip(1).take_while(|above| *above != root);
    let real = above.all(|above| above.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()));
    real && file.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir())
}

/// Removes a file if it exists, and then each folder above it that is empty, up to `root`.
pub(crate) fn remove(file: &Path, root: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Err(error),
        _ => remove_empty_above(file, root),
    }
    Ok(())
}

/// Removes the empty folders above `file`, up to `root`.
pub(crate) fn remove_empty_above(file: &Path, root: &Path) {
    let inside = file.ancestors().skip(1).take_while(|folder| *folder != root);
    for folder in inside {
        // Removing a folder fails if it is not empty, and the folders above it are not empty either.
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// Returns whether `folder` is empty or missing.
pub(crate) fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Removes a folder with its content, and creates it anew. The caller must own all of the content.
pub(crate) fn recreate_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
}
