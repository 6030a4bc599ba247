//! Runs other programs, with errors that name the program and its output.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Returns the root folder of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Returns Cargo's target folder.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Returns Hugo's cache folder, inside the target folder. Its default is shared by all users of a machine.
pub fn hugo_cache() -> anyhow::Result<PathBuf> {
    let folder = std::path::absolute(target_folder().join("hugo-cache"))?;
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// Runs a command and passes its output through.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{command:?} could not be started"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} failed: {status}") }
}

/// Runs a command and returns its standard output. The error contains what it printed.
pub fn output_of(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("{command:?} could not be started"))?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(printed);
    }
    bail!("{command:?} failed: {}\n{printed}{}", output.status, String::from_utf8_lossy(&output.stderr))
}

/// Runs a command that uses the network: prints a line first, and kills the command after `limit`, because some programs wait for ever
/// without a network.
pub(crate) fn fetch(what: &str, from: &str, limit: Duration, command: &mut Command) -> anyhow::Result<String> {
    println!("   fetching {what} from {from}; for {} minutes at most", limit.as_secs().div_ceil(60));
    let (status, printed) = within(limit, command)?;
    match status {
        Some(status) if status.success() => Ok(printed),
        Some(status) => bail!("{command:?} failed: {status}; is {from} reachable?\n{printed}"),
        None => bail!("{command:?} was killed after {} s; is {from} reachable?\n{printed}", limit.as_secs()),
    }
}

/// Returns how a command ended and what it printed. `None` means that it did not end in time; it was killed with all its descendants.
fn within(limit: Duration, command: &mut Command) -> anyhow::Result<(Option<ExitStatus>, String)> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("{command:?} could not be started"))?;
    let streams: [Option<Box<dyn Read + Send>>; 2] =
        [child.stdout.take().map(|out| Box::new(out) as _), child.stderr.take().map(|err| Box::new(err) as _)];
    let readers = streams.map(|stream| {
        thread::spawn(move || {
            let mut output = Vec::new();
            let _ = stream.map(|mut stream| stream.read_to_end(&mut output));
            String::from_utf8_lossy(&output).into_owned()
        })
    });
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if begun.elapsed() >= limit {
            // Its children have the pipes open, and may be what hangs.
            let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
            let _ = child.kill();
            child.wait()?;
            break None;
        }
        thread::sleep(Duration::from_millis(50));
    };
    let output = readers.map(|reader| reader.join().unwrap_or_default()).concat();
    Ok((status, output))
}

/// Finds a program on the PATH, or in the folders of Debian's system programs.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hanging_command_is_killed_with_its_descendants() {
        let mut hangs = Command::new("sh");
        hangs.args(["-c", "echo here; sleep 1000 & sleep 1000"]);
        let error = fetch("a tool", "nowhere", Duration::from_millis(300), &mut hangs).expect_err("it hangs").to_string();
        assert!(error.contains("is nowhere reachable?") && error.contains("here"), "{error}");
        assert_eq!(fetch("a tool", "here", Duration::from_secs(60), Command::new("echo").arg("fine")).expect("fetched"), "fine\n");
    }
}
