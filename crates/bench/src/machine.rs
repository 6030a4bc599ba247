//! Describes the machine and the software of a run.

use std::path::Path;
use std::process::Command;

use xtask::commands::output_of;

use crate::context::Bench;
use crate::tools::source;

/// Returns the description, a line per item.
pub(crate) fn describe(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown").trim_start_matches(['\t', ' ', ':']);
    let cores = std::thread::available_parallelism()?;
    let memory = read("/proc/meminfo");
    let kilobytes = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    let file_system = output_of(Command::new("findmnt").args(["--noheadings", "--output=FSTYPE", "--target"]).arg(&bench.folder))?;
    let system = read("/etc/os-release");
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("an unknown system").trim_matches('"');
    let load = read("/proc/loadavg");
    Ok(vec![
        format!("{model}, {cores} cores, {:.0} GiB of memory", kilobytes.unwrap_or_default() / 1_048_576.0),
        format!("{system}, Linux {}, {}", read("/proc/sys/kernel/osrelease").trim(), file_system.trim()),
        format!(
            "{}, built with {}",
            first_line_of_version(&bench.ardoise, "--version"),
            first_line_of_version(Path::new("rustc"), "--version")
        ),
        format!(
            "{}; wrk {}; {}",
            first_line_of_version(&bench.tools.nginx, "-v"),
            wrk(bench),
            first_line_of_version(&bench.tools.openssl, "version")
        ),
        format!("{}; {}; {}", bench.tools.go.version()?, python(bench)?, listed("peers.txt", &["flask", "gunicorn", "sanic"])?),
        listed("isso.txt", &["isso", "gunicorn"])?,
        format!(
            "measured on {} within one run; load of the machine at the end: {}",
            output_of(Command::new("date").args(["--utc", "+%F"]))?.trim(),
            load.split(' ').take(3).collect::<Vec<_>>().join(" ")
        ),
    ])
}

/// Returns the first line of a program's version output. Some programs print it to standard error.
fn first_line_of_version(program: &Path, argument: &str) -> String {
    let Ok(output) = Command::new(program).arg(argument).output() else { return format!("{} (unknown)", program.display()) };
    let printed = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&printed).lines().next().unwrap_or_default().trim_start_matches("nginx version: ").to_owned()
}

/// Parses `wrk debian/4.1.0-3+b2 [epoll] Copyright …`.
fn wrk(bench: &Bench) -> String {
    first_line_of_version(&bench.tools.wrk, "-v")
        .split(' ')
        .nth(1)
        .unwrap_or("of an unknown version")
        .trim_start_matches("debian/")
        .to_owned()
}

fn python(bench: &Bench) -> anyhow::Result<String> {
    let script = "import platform, sqlite3; print(f'Python {platform.python_version()} with SQLite {sqlite3.sqlite_version}')";
    Ok(output_of(bench.tools.peers.command().args(["-c", script]))?.trim().to_owned())
}

/// Returns some packages of a requirements file with their versions.
fn listed(list: &str, names: &[&str]) -> anyhow::Result<String> {
    let list = std::fs::read_to_string(source(list))?;
    let version = |name: &&str| list.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("==")).unwrap_or("unknown").to_owned();
    Ok(names.iter().map(|name| format!("{name} {}", version(name))).collect::<Vec<_>>().join(", "))
}
