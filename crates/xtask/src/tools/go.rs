use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::programs::quietly;
use crate::tools::debian;

/// Debian's Go, unpacked, with SQLite for it.
pub(crate) struct Go {
    place: PathBuf,
    /// Where `go` expects itself, such as `usr/lib/go-1.19`.
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

/// The package `golang-go` is an empty one that depends on a version's.
fn packages() -> anyhow::Result<[String; 2]> {
    let said = quietly(Command::new("apt-cache").args(["depends", "golang-go"]))?;
    let go = said.lines().filter_map(|line| line.trim().strip_prefix("Depends: ")).find(|name| name.ends_with("-go"));
    let go = go.with_context(|| format!("apt-cache names no version of Go: {said:?}"))?;
    Ok([go.to_owned(), format!("{}-src", go.trim_end_matches("-go"))])
}

impl Go {
    /// Compiles one file.
    pub(crate) fn build(&self, source: &Path, to: &Path) -> anyhow::Result<()> {
        let mut go = Command::new(self.root.join("bin/go"));
        go.env("GOROOT", &self.root).env("GOPATH", self.place.join("usr/share/gocode")).env("GO111MODULE", "off");
        go.env("GOCACHE", self.place.join("cache")).env("GOFLAGS", "").env("CGO_ENABLED", "1");
        let include = format!("-I{}", self.place.join("usr/include").display());
        // The library's own file is in a package that was not unpacked, so the linker takes the archive: no path is needed to run it.
        let libraries = debian::libraries(&self.place).map(|folder| format!("-L{}", folder.display())).join(" ");
        go.env("CGO_CFLAGS", format!("-O2 {include}")).env("CGO_LDFLAGS", format!("{libraries} -lm"));
        let built = quietly(go.args(["build", "-tags", "libsqlite3", "-o"]).arg(to).arg(source));
        built.map(drop).context("it needs a C compiler: sudo apt-get install build-essential")
    }

    /// Such as `go1.19.8`.
    pub(crate) fn version(&self) -> anyhow::Result<String> {
        let file = self.root.join("VERSION");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}
