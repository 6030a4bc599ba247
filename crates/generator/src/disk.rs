//! The one place that writes to the site's folders.

mod lock;
mod room;

use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ardoise_store::give_to_owner_of;
use fs_err as fs;

use crate::compress;

/// The endings of files that the generator writes, and so may remove.
const ENDINGS: [&str; 2] = [".json", ".xml"];
/// Temporary files begin like this; one that is left over belonged to a generator that was killed.
pub(crate) const TEMPORARY: &str = ".ardoise-";

pub(crate) use self::lock::{Lock, Presence, fingerprint};
pub use self::room::{room, writable};

/// More files than this are flushed all at once.
///
/// Each flush of its own costs a small one a third of a millisecond here, a third of a minute for 100 000; the flush of a whole file
/// system costs little more than one, but waits for whatever other programs have written there.
const FEW: usize = 16;

/// A file's new bytes, lying beside its place. When this is dropped, they are removed.
#[derive(Debug)]
pub(crate) struct Written {
    file: tempfile::TempPath,
    /// Whether its folder was made for it.
    pub(crate) in_new_folder: bool,
}

/// A folder below `root` in which files can be written.
pub(crate) struct Folder {
    path: PathBuf,
    is_new: bool,
    root: PathBuf,
}

impl Folder {
    /// Makes the folder of `file`, where there is none. A link or a file of the generator's that stands in its way is removed.
    pub(crate) fn prepare(file: &Path, root: &Path) -> io::Result<Self> {
        let path = file.parent().unwrap_or(root).to_owned();
        clear_the_way(file, root)?;
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

/// Writes `bytes` beside `file`, in a file that nobody reads. What stands in the place of `file` itself is removed, if it is the
/// generator's.
pub(crate) fn write_beside(file: &Path, folder: &Folder, bytes: &[u8]) -> io::Result<Written> {
    let old = if folder.is_new { None } else { file.symlink_metadata().ok() };
    if old.as_ref().is_some_and(Metadata::is_dir) {
        remove_own(file)?;
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).suffix(".tmp");
    // A temporary file is its owner's alone by default; the web server is somebody else. The umask still applies.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut temporary = builder.tempfile_in(&folder.path)?;
    give_to_owner_of(&folder.root, temporary.as_file())?;
    temporary.write_all(bytes)?;
    if let Some(old) = old {
        be_told_from(&old, temporary.as_file())?;
    }
    // Closed: a batch has more files than a process may hold open.
    Ok(Written { file: temporary.into_temp_path(), in_new_folder: folder.is_new })
}

/// Web servers make an `ETag` of a file's length and of its time in whole seconds, and rsync compares no more than these. A file is a
/// second younger at least than the one whose place it takes, or some reader would keep one of them for the other.
fn be_told_from(old: &Metadata, new: &File) -> io::Result<()> {
    let (before, now) = (old.modified()?, new.metadata()?.modified()?);
    if seconds(now) <= seconds(before) {
        new.set_modified(before + Duration::from_secs(1))?;
    }
    Ok(())
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Written {
    /// Puts it in the place of `file`, whole: whoever reads at that moment gets the old file or the new one.
    pub(crate) fn persist(self, file: &Path) -> io::Result<()> {
        self.file.persist(file).map_err(|error| io::Error::new(error.error.kind(), format!("{}: {}", file.display(), error.error)))
    }
}

/// Makes what was written survive a power cut.
pub(crate) fn flush<'a>(root: &Path, written: impl Iterator<Item = &'a Written>) -> io::Result<()> {
    let written: Vec<_> = written.collect();
    if written.len() > FEW && sync_file_system(root)? {
        return Ok(());
    }
    written.iter().try_for_each(|written| fs::File::open(&written.file)?.sync_all())
}

/// Whether this system can flush a whole file system.
#[cfg(target_os = "linux")]
fn sync_file_system(root: &Path) -> io::Result<bool> {
    match fs::File::open(root) {
        Ok(root) => rustix::fs::syncfs(root.file()).map(|()| true).map_err(Into::into),
        // Somebody has removed it meanwhile; that is seen elsewhere.
        Err(_) => Ok(false),
    }
}

#[cfg(not(target_os = "linux"))]
fn sync_file_system(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Folders in which something was renamed or removed.
#[derive(Default)]
pub(crate) struct Folders(BTreeSet<PathBuf>);

impl Folders {
    /// Something was renamed or removed in the folder of `file`.
    pub(crate) fn touch(&mut self, file: &Path, root: &Path) {
        self.0.insert(file.parent().unwrap_or(root).to_owned());
    }

    /// The same, and folders above may be new or gone: those are entries in the ones above them, which must reach the disk too.
    pub(crate) fn touch_all(&mut self, file: &Path, root: &Path) {
        for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(root)) {
            self.0.insert(folder.to_owned());
        }
    }

    /// Makes renames and removals survive a power cut.
    pub(crate) fn sync(self) -> io::Result<()> {
        if let (true, Some(root)) = (self.0.len() > FEW, self.0.first())
            && sync_file_system(root)?
        {
            return Ok(());
        }
        self.0.iter().try_for_each(|folder| sync_folder(folder))
    }
}

/// Who may do what with a new file, before the umask takes away from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Everybody may read it.
    All,
    /// Its owner and its group may.
    Group,
}

impl Readers {
    #[cfg(unix)]
    fn set(self, options: &mut fs::OpenOptions) {
        use fs_err::os::unix::fs::OpenOptionsExt;
        options.mode(match self {
            Self::All => 0o666,
            Self::Group => 0o640,
        });
    }

    #[cfg(not(unix))]
    fn set(self, _: &mut fs::OpenOptions) {}
}

/// Writes a file, whole, over what is there.
pub(crate) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let root = file.parent().unwrap_or(Path::new("")).to_owned();
    write_beside(file, &Folder { path: root.clone(), is_new: false, root }, bytes)?.persist(file)
}

/// Makes a folder, with those above it; false where there is one.
pub(crate) fn make(folder: &Path) -> io::Result<bool> {
    let new = !folder.exists();
    fs::create_dir_all(folder).map(|()| new)
}

/// Writes a file that does not exist yet; false where there is one.
pub(crate) fn create(file: &Path, bytes: &[u8], readers: Readers) -> io::Result<bool> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    readers.set(options.write(true).create_new(true));
    match options.open(file) {
        Ok(mut new) => new.write_all(bytes).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes renames and removals in a folder survive a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match fs::File::open(folder) {
        Ok(open) => open.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes links and files of the generator's where folders must be. A link could lead out of the tree.
fn clear_the_way(file: &Path, root: &Path) -> io::Result<()> {
    for above in file.ancestors().skip(1).take_while(|above| *above != root) {
        match above.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() || (metadata.is_file() && is_own(above)) => fs::remove_file(above)?,
            Ok(metadata) if !metadata.is_dir() => return Err(in_the_way(above, "a folder has to be there")),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a file may be the generator's, by its name: JSON, XML, their precompressed forms, and temporary files.
pub(crate) fn is_own(file: &Path) -> bool {
    let Some(name) = file.file_name().and_then(std::ffi::OsStr::to_str) else { return false };
    let readable = compress::FORMS.iter().find_map(|(ending, _)| name.strip_suffix(&format!(".{ending}"))).unwrap_or(name);
    name.starts_with(TEMPORARY) || ENDINGS.iter().any(|ending| readable.ends_with(ending))
}

/// Removes a folder in which there is nothing but empty folders and files of the generator's.
fn remove_own(folder: &Path) -> io::Result<()> {
    for found in walkdir::WalkDir::new(folder) {
        let found = found.map_err(io::Error::from)?;
        if !found.file_type().is_dir() && !is_own(found.path()) {
            return Err(in_the_way(found.path(), &format!("{} has to be a file", folder.display())));
        }
    }
    fs::remove_dir_all(folder)
}

fn in_the_way(file: &Path, wanted: &str) -> io::Error {
    let message = format!("{} is not a file that Ardoise wrote, so it is not removed, but {wanted}; move it away", file.display());
    io::Error::new(io::ErrorKind::AlreadyExists, message)
}

/// Whether there is a file, and no link leads to it out of the tree.
pub(crate) fn is_inside(file: &Path, root: &Path) -> bool {
    let mut above = file.ancestors().skip(1).take_while(|above| *above != root);
    let real = above.all(|above| above.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()));
    real && file.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir())
}

/// Removes a file if it is there, and then each folder above it that has become empty, up to `root`.
pub(crate) fn remove(file: &Path, root: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Err(error),
        _ => remove_empty_above(file, root),
    }
    Ok(())
}

/// Removes the folders above `file` that are empty, up to `root`.
pub(crate) fn remove_empty_above(file: &Path, root: &Path) {
    let inside = file.ancestors().skip(1).take_while(|folder| *folder != root);
    for folder in inside {
        // It is not empty: that is how one knows where to stop.
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// Whether nothing is in `folder`, or it is not there.
pub(crate) fn is_empty(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Removes a folder with all that is in it, and makes it anew. The caller knows that all of it is its own.
pub(crate) fn empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
}
