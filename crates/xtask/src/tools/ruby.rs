use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::commands::{self, output_of};
use crate::tools::debian;

/// Finds the installed Ruby, or unpacks Debian's. Its standard library validates Atom feeds.
pub(crate) fn find(folder: &Path) -> anyhow::Result<PathBuf> {
    let validates = |ruby: &Path| output_of(Command::new(ruby).args(["-r", "rss/atom", "-e", ""])).map(drop);
    if let Some(ruby) = commands::find(&["ruby"]).filter(|ruby| validates(ruby).is_ok()) {
        return Ok(ruby);
    }
    let version = version()?;
    let place = debian::unpack(folder, "debian-ruby", &[&format!("libruby{version}"), &format!("ruby{version}")])?;
    let wrapper = place.join("ruby");
    std::fs::write(&wrapper, script(&place, &version))?;
    #[cfg(unix)]
    std::fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    validates(&wrapper)?;
    Ok(wrapper)
}

/// Returns the version of this distribution's Ruby: `libruby` depends on `libruby3.1`.
fn version() -> anyhow::Result<String> {
    let ask = || output_of(Command::new("apt-cache").args(["depends", "libruby"])).ok().as_deref().and_then(named);
    if let Some(version) = ask() {
        return Ok(version);
    }
    // A fresh machine has no package lists yet.
    debian::update()?;
    ask().context("install it by hand: sudo apt-get install ruby")
}

fn named(depends: &str) -> Option<String> {
    let version = |line: &str| line.trim().strip_prefix("Depends: libruby").map(str::to_owned);
    depends.lines().find_map(version)
}

/// Sets the library paths: Debian's Ruby expects its library in the system's folders.
fn script(place: &Path, version: &str) -> String {
    let place = place.display();
    format!(
        "#!/bin/sh\nfor folder in {place}/usr/lib/ruby/{version}.0 {place}/usr/lib/*/ruby/{version}.0 \
         {place}/usr/lib/ruby/gems/*/gems/rss-*/lib {place}/usr/lib/ruby/gems/*/gems/rexml-*/lib; do\n  RUBYLIB=$folder:$RUBYLIB\ndone\n\
         for folder in {place}/usr/lib/*-linux-gnu; do\n  LD_LIBRARY_PATH=$folder:$LD_LIBRARY_PATH\ndone\n\
         export RUBYLIB LD_LIBRARY_PATH\nexec {place}/usr/bin/ruby{version} --disable-gems \"$@\"\n"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_read() {
        assert_eq!(super::named("libruby\n  Depends: libruby3.1\n").as_deref(), Some("3.1"));
        assert_eq!(super::named("libruby\n"), None);
    }
}
