use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use xtask::commands::output_of;
use xtask::tools::debian;

/// Debian's Go, unpacked, with a SQLite library.
pub(crate) struct Go {
    place: PathBuf,
    /// The value of GOROOT, such as `usr/lib/go-1.19`.
    root: PathBuf,
}

pub(crate) fn find(folder: &Path) -> anyhow::Result<Go> {
    let mend = "install it by hand: sudo apt-get install golang-go golang-github-mattn-go-sqlite3-dev libsqlite3-dev";
    let place = folder.join("debian-go");
    if !place.join(".unpacked").exists() {
        let [go, source] = packages().context(mend)?;
        debian::unpack(folder, "debian-go", &[&go, &source, "golang-github-mattn-go-sqlite3-dev", "libsqlite3-dev"])?;
    }
    let root = std::fs::read_dir(place.join("usr/lib"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|found| found.join("bin/go").is_file())
        .with_context(|| format!("no Go in {}; {mend}", place.display()))?;
    Ok(Go { place, root })
}

/// Returns the versioned package on which the empty package `golang-go` depends.
fn packages() -> anyhow::Result<[String; 2]> {
    let output = output_of(Command::new("apt-cache").args(["depends", "golang-go"]))?;
    let go = output.lines().filter_map(|line| line.trim().strip_prefix("Depends: ")).find(|name| name.ends_with("-go"));
    let go = go.with_context(|| format!("apt-cache names no version of Go: {output:?}"))?;
    Ok([go.to_owned(), format!("{}-src", go.trim_end_matches("-go"))])
}

impl Go {
    /// Compiles one file.
    pub(crate) fn build(&self, source: &Path, to: &Path) -> anyhow::Result<()> {
        let mut go = Command::new(self.root.join("bin/go"));
        go.env("GOROOT", &self.root).env("GOPATH", self.place.join("usr/share/gocode")).env("GO111MODULE", "off");
        go.env("GOCACHE", self.place.join("cache")).env("GOFLAGS", "").env("CGO_ENABLED", "1");
        let include = format!("-I{}", self.place.join("usr/include").display());
        // The shared library is in a package that was not unpacked, so link statically; then the program needs no library path.
        let libraries = debian::libraries(&self.place).map(|folder| format!("-L{}", folder.display())).join(" ");
        go.env("CGO_CFLAGS", format!("-O2 {include}")).env("CGO_LDFLAGS", format!("{libraries} -lm"));
        let built = output_of(go.args(["build", "-tags", "libsqlite3", "-o"]).arg(to).arg(source));
        built.map(drop).context("it needs a C compiler: sudo apt-get install build-essential")
    }

    /// Returns the version, such as `go1.19.8`.
    pub(crate) fn version(&self) -> anyhow::Result<String> {
        let file = self.root.join("VERSION");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}
