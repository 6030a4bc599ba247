//! Runs the fuzz targets in `fuzz/` one after the other. Their findings become test cases.

mod corpus;
mod log;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use xtask::commands::{output_of, root, run, target_folder};
use xtask::tools;

use log::Log;

/// The targets, and the maximum length of a useful input, in bytes.
const TARGETS: [Target; 5] = [
    Target { name: "article", max_len: 5_000 },
    Target { name: "html", max_len: 10_000 },
    Target { name: "body", max_len: 10_000 },
    Target { name: "multipart", max_len: 10_000 },
    Target { name: "settings", max_len: 4_000 },
];

#[derive(Debug)]
struct Target {
    name: &'static str,
    max_len: u32,
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only this target
    #[arg(value_parser = TARGETS.map(|target| target.name))]
    target: Option<String>,
    /// How long each target runs, in minutes
    #[arg(long, default_value = "20")]
    minutes: f64,
    /// Afterwards, replace the committed corpus by the few dozen small inputs that reach most code
    #[arg(long)]
    keep: bool,
}

pub(crate) fn all(options: &Options) -> anyhow::Result<()> {
    let fuzzer = Fuzzer::build()?;
    let chosen = TARGETS.iter().filter(|target| options.target.as_ref().is_none_or(|name| name == target.name));
    let mut findings = Vec::new();
    for target in chosen {
        findings.extend(fuzzer.run(target, options.minutes)?);
        if options.keep {
            fuzzer.keep(target)?;
        }
    }
    let names: Vec<_> = findings.iter().map(|file| file.display().to_string()).collect();
    ensure!(
        names.is_empty(),
        "{} findings. Each one is now a failing test of `cargo xtask test`. Commit it with the fix:\n{}",
        names.len(),
        names.join("\n")
    );
    println!("No findings.");
    Ok(())
}

struct Fuzzer {
    /// The folder of the built targets.
    binaries: PathBuf,
    /// The folder of the logs and of the inputs found on this machine, which later runs reuse.
    work: PathBuf,
}

impl Fuzzer {
    fn build() -> anyhow::Result<Self> {
        let work = target_folder().join("fuzz");
        let mut build = Command::new(tools::fuzz::find(&xtask::tools::folder()?)?);
        // A release build; the package's manifest enables additional checks.
        build.args(["build", "--release", "--fuzz-dir"]).arg(folder("")).current_dir(root());
        // The flags of the instrumentation are limited to nightly compilers, but every compiler implements them.
        run(build.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", &work))?;
        let compiler = output_of(Command::new("rustc").arg("-vV"))?;
        let host = compiler.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV prints no host")?;
        Ok(Self { binaries: work.join(host).join("release"), work })
    }

    /// Runs one target and returns the files of its findings.
    fn run(&self, target: &Target, minutes: f64) -> anyhow::Result<Vec<PathBuf>> {
        let (seen, found) = (self.work.join("seen").join(target.name), folder("findings").join(target.name));
        for folder in [&seen, &found] {
            std::fs::create_dir_all(folder)?;
        }
        let before = files(&found)?;
        let log = Log::new(&self.work, target.name)?;
        println!("── {}: {minutes} minutes; its log is {}", target.name, log.file().display());
        let mut fuzz = self.target(target);
        fuzz.arg(format!("-max_total_time={:.0}", minutes * 60.0)).args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]);
        fuzz.arg(format!("-artifact_prefix={}/", found.display()));
        fuzz.arg(format!("-dict={}.dict", folder("dictionaries").join(target.name).display()));
        // The fuzzer adds new inputs to the first folder.
        fuzz.arg(&seen).arg(folder("corpus").join(target.name)).arg(&found);
        let status = fuzz.stdout(log.open()?).stderr(log.open()?).status().with_context(|| format!("{fuzz:?} could not be started"))?;
        println!("{}", log.summary()?);
        let findings: Vec<_> = files(&found)?.into_iter().filter(|file| !before.contains(file)).collect();
        ensure!(
            status.success() || !findings.is_empty(),
            "{} ended with {status}, but left no input behind; its log: {}",
            target.name,
            log.file().display()
        );
        // Git does not store empty folders.
        if files(&found)?.is_empty() {
            std::fs::remove_dir(&found)?;
        }
        Ok(findings)
    }

    fn target(&self, target: &Target) -> Command {
        let mut command = Command::new(self.binaries.join(target.name));
        command.arg(format!("-max_len={}", target.max_len)).current_dir(&self.work);
        command
    }

    fn keep(&self, target: &Target) -> anyhow::Result<()> {
        let (seen, committed) = (self.work.join("seen").join(target.name), folder("corpus").join(target.name));
        corpus::rebuild(self.target(target), &seen, &committed, &self.work.join("merge"))
    }
}

fn folder(name: &str) -> PathBuf {
    root().join("fuzz").join(name)
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}
