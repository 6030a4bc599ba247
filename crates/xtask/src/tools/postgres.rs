//! PostgreSQL's programs.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::commands::{self, output_of};
use crate::tools::debian;

const HINT: &str =
    "install PostgreSQL (sudo apt-get install postgresql), or name a server: ARDOISE_TEST_POSTGRES=postgres://user:password@host/postgres";

/// A server that tests need, and the environment variable that names it. A URL that is set already is used as it is.
pub(crate) struct TestServer {
    pub(crate) variable: &'static str,
    /// It refuses connections without TLS.
    pub(crate) tls: bool,
    /// It is behind a pooler.
    pub(crate) pooled: bool,
}

pub(crate) const TEST_SERVERS: [TestServer; 3] = [
    TestServer { variable: "ARDOISE_TEST_POSTGRES", tls: false, pooled: false },
    TestServer { variable: "ARDOISE_TEST_POSTGRES_TLS", tls: true, pooled: false },
    TestServer { variable: "ARDOISE_TEST_POSTGRES_POOLED", tls: false, pooled: true },
];

impl TestServer {
    /// Whether the environment names a server of this kind, so that none has to be started.
    pub(crate) fn is_named(&self) -> bool {
        std::env::var_os(self.variable).is_some_and(|url| !url.is_empty())
    }
}

/// PostgreSQL's own programs, all in one folder.
#[derive(Clone)]
pub struct Programs {
    bin: PathBuf,
    /// The folder of the unpacked packages. It is copied where PostgreSQL's user cannot access the checkout.
    unpacked: Option<PathBuf>,
}

impl Programs {
    /// Returns `None` if the environment names all servers that tests need.
    pub(super) fn find_if_needed(folder: &Path) -> anyhow::Result<Option<Self>> {
        if TEST_SERVERS.iter().all(TestServer::is_named) { Ok(None) } else { Self::find(folder).map(Some) }
    }

    /// Finds the installed programs, or unpacks Debian's.
    pub fn find(folder: &Path) -> anyhow::Result<Self> {
        installed().map_or_else(|| Self::unpacked(folder), Ok)
    }

    /// Unpacks Debian's programs, even where PostgreSQL is installed.
    pub(crate) fn unpacked(folder: &Path) -> anyhow::Result<Self> {
        let server = versioned().context(HINT)?;
        let client = server.replacen("postgresql-", "postgresql-client-", 1);
        let name = format!("debian-{server}");
        let place = debian::unpack(folder, &name, &[&server, &client, "libpq5"]).context(HINT)?;
        let version = server.trim_start_matches("postgresql-");
        let programs = Self { bin: place.join("usr/lib/postgresql").join(version).join("bin"), unpacked: Some(place) };
        if !programs.missing_libraries()?.is_empty() {
            let libraries = libraries(&[&server, &client])?;
            let libraries: Vec<_> = libraries.iter().map(String::as_str).collect();
            debian::unpack(folder, &format!("{name}/libraries"), &libraries).context(HINT)?;
        }
        let missing_libraries = programs.missing_libraries()?;
        ensure!(missing_libraries.is_empty(), "{} lacks {missing_libraries:?}; {HINT}", programs.bin.display());
        output_of(programs.command("postgres", |program| Command::new(program)).arg("--version"))?;
        Ok(programs)
    }

    /// The folder of the programs.
    pub(crate) fn bin(&self) -> &Path {
        &self.bin
    }

    /// Returns a command for one of the programs, built by `command`, with the unpacked libraries and without the caller's PG variables.
    pub(crate) fn command(&self, name: &str, command: impl FnOnce(&Path) -> Command) -> Command {
        let mut command = command(&self.bin.join(name));
        for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(variable);
        }
        if let Some(place) = &self.unpacked {
            command.env("LD_LIBRARY_PATH", library_path(place));
        }
        command.env("LC_ALL", "C");
        command
    }

    /// Copies unpacked programs to another folder. Installed ones are accessible to every user and stay.
    pub(crate) fn copied_to(&self, folder: &Path) -> anyhow::Result<Self> {
        let Some(place) = &self.unpacked else { return Ok(self.clone()) };
        output_of(Command::new("cp").arg("-a").arg(place).arg(folder))?;
        output_of(Command::new("chmod").args(["-R", "a+rX"]).arg(folder))?;
        Ok(Self { bin: folder.join(self.bin.strip_prefix(place)?), unpacked: Some(folder.to_owned()) })
    }

    /// Returns the libraries that are missing in the system and in the unpacked packages.
    fn missing_libraries(&self) -> anyhow::Result<BTreeSet<String>> {
        let mut missing_libraries = BTreeSet::new();
        for name in ["postgres", "initdb", "psql", "createdb", "pg_isready"] {
            let output = output_of(&mut self.command(name, |program| {
                let mut ldd = Command::new("ldd");
                ldd.arg(program);
                ldd
            }))?;
            missing_libraries.extend(
                output
                    .lines()
                    .filter(|line| line.ends_with("not found"))
                    .filter_map(|line| Some(line.split_whitespace().next()?.to_owned())),
            );
        }
        Ok(missing_libraries)
    }
}

fn installed() -> Option<Programs> {
    let named = commands::find(&["pg_config"]).and_then(|config| output_of(Command::new(config).arg("--bindir")).ok());
    let mut folders: Vec<_> = named.map(|folder| PathBuf::from(folder.trim())).into_iter().collect();
    let mut debian: Vec<_> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path()).collect();
    debian.sort_by_key(|folder| folder.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    folders.extend(debian.into_iter().rev().map(|folder| folder.join("bin")));
    folders.extend(commands::find(&["initdb"]).and_then(|initdb| Some(initdb.parent()?.to_owned())));
    // The client's package creates this folder too, without a server in it.
    let whole = |folder: &PathBuf| ["initdb", "postgres", "psql", "createdb", "pg_isready"].iter().all(|name| folder.join(name).is_file());
    folders.into_iter().find(whole).map(|bin| Programs { bin, unpacked: None })
}

/// Returns the versioned package on which `postgresql` depends, such as `postgresql-15`.
fn versioned() -> anyhow::Result<String> {
    let ask = || output_of(Command::new("apt-cache").args(["depends", "postgresql"]));
    let named = |output: &str| output.split_whitespace().find(|word| is_server(word)).map(str::to_owned);
    if let Some(name) = ask().ok().as_deref().and_then(named) {
        return Ok(name);
    }
    debian::update()?;
    named(&ask()?).context("apt-cache knows no package that `postgresql` depends on")
}

fn is_server(package: &str) -> bool {
    package.strip_prefix("postgresql-").is_some_and(|version| version.parse::<u32>().is_ok())
}

/// Returns all libraries that these packages depend on, except for the C library, which is installed, and LLVM, which only the disabled
/// just-in-time compiler needs.
fn libraries(packages: &[&str]) -> anyhow::Result<Vec<String>> {
    let mut ask = Command::new("apt-cache");
    ask.args([
        "depends",
        "--recurse",
        "--no-recommends",
        "--no-suggests",
        "--no-conflicts",
        "--no-breaks",
        "--no-replaces",
        "--no-enhances",
    ]);
    let output = output_of(ask.args(packages))?;
    let left_out = ["libc6", "libc-", "libllvm", "libperl", "libdb5", "libdebconf"];
    // Package names are at the beginning of a line. Dependencies are indented, and virtual packages are in brackets.
    let library = |line: &&str| line.starts_with("lib") && !left_out.iter().any(|name| line.starts_with(name));
    Ok(output.lines().filter(library).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect())
}

fn library_path(place: &Path) -> OsString {
    let mut folders = Vec::new();
    for top in [place.to_owned(), place.join("libraries")] {
        for machine in ["x86_64-linux-gnu", "aarch64-linux-gnu"] {
            folders.extend([top.join("usr/lib").join(machine), top.join("lib").join(machine)]);
        }
    }
    std::env::join_paths(folders.iter().filter(|folder| folder.is_dir())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn extensions_are_no_servers() {
        assert!(super::is_server("postgresql-15"));
        assert!(!super::is_server("postgresql-doc"));
        assert!(!super::is_server("postgresql-15-cron"));
    }
}
