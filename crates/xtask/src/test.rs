//! Runs all tests, those that fail soonest first.

use std::process::Command;

use anyhow::Context;
use xtask::commands::{hugo_cache, root, run, target_folder};
use xtask::postgres;
use xtask::tools::{MissingTools, Tools};

use crate::steps::Steps;
use crate::{blog, task_crates, tidy};

pub(crate) fn all() -> anyhow::Result<()> {
    println!("Runs all tests. The first run fetches tools and compiles for a quarter of an hour; the tests take as long again.");
    let mut steps = Steps::default();
    let mut found = None;
    steps.run("set-up", || {
        let (_, missing) = found.insert(Tools::find_all()?);
        missing.ensure_none()
    });
    let Some((tools, missing)) = found else { return steps.finish() };
    steps.run("format", format);
    steps.run("tidy", || tidy::check(&root()));
    // Advisories need a database from the network, so they are a separate recipe: `just advisories`.
    let deny = || run(Command::new(&tools.cargo_deny).args(["check", "bans", "licenses", "sources"]).current_dir(root()));
    step_with_tools(&mut steps, &missing, "dependencies", &["cargo-deny"], deny);
    // Not --quiet: compiling takes minutes, so its progress is shown.
    steps.run("lints", lints);
    step_with_tools(&mut steps, &missing, "example blog", &["Hugo"], || blog::compare(&tools));
    step_with_tools(&mut steps, &missing, "tests", &["PostgreSQL"], || tests(&tools));
    for skipped in step_with_tools(&mut steps, &missing, "torture", &["PostgreSQL"], torture).into_iter().flatten() {
        steps.skip(skipped);
    }
    step_with_tools(&mut steps, &missing, "browser", &BROWSER, || browser(&tools, None));
    println!("\nAdvisories of the dependencies are not part of this: `just advisories`.");
    steps.finish()
}

/// The tools of the browser tests.
const BROWSER: [&str; 9] = ["Hugo", "Debian's Hugo", "nginx", "Caddy", "Chromium", "rsync", "Ruby", "aiosmtpd", "packages from npm"];

/// Runs a step, or skips it if a tool that it needs is missing.
fn step_with_tools<T>(
    steps: &mut Steps,
    missing: &MissingTools,
    name: &str,
    needs: &[&str],
    work: impl FnOnce() -> anyhow::Result<T>,
) -> Option<T> {
    let lacks: Vec<_> = needs.iter().filter(|tool| missing.has(tool)).copied().collect();
    if lacks.is_empty() {
        return steps.run(name, work);
    }
    println!("── {name}");
    steps.skip(format!("{name}: missing {} (see set-up)", lacks.join(", ")));
    None
}

/// Runs a short torture on both databases, until the first finding. Returns the faults that this machine cannot inject.
fn torture() -> anyhow::Result<Vec<String>> {
    let file = target_folder().join(format!("torture-left-out-{}", std::process::id()));
    std::fs::write(&file, "")?;
    let done = run(task_crates::command("ardoise-torture")
        .args(["--store", "both", "--first", "--minutes", "0.4"])
        .env(xtask::SKIPPED_FILE_VARIABLE, &file));
    let skipped = std::fs::read_to_string(&file)?;
    std::fs::remove_file(&file)?;
    done.map(|()| skipped.lines().map(str::to_owned).collect())
}

fn format() -> anyhow::Result<()> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    // The fuzz targets are a separate workspace. rustfmt finds the same settings, because it reads the nearest file above.
    run(&mut cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

/// Runs clippy on everything; then on the program without PostgreSQL, and on the store's tests without it.
fn lints() -> anyhow::Result<()> {
    run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    run(&mut cargo(&["clippy", "--package", "ardoise", "--no-default-features", "--", "--deny", "warnings"]))?;
    run(&mut cargo(&["clippy", "--package", "ardoise-store", "--no-default-features", "--tests", "--", "--deny", "warnings"]))
}

/// Runs the tests of the crates on both databases, and those of the store's files without PostgreSQL.
fn tests(tools: &Tools) -> anyhow::Result<()> {
    run(&mut cargo(&["test", "--package", "ardoise-store", "--no-default-features", "--lib", "--quiet"]))?;
    // A separate command, because it shows its progress.
    run(&mut cargo(&["test", "--workspace", "--no-run"]))?;
    let servers = postgres::for_tests(tools.postgres.as_ref())?;
    let mut tests = cargo(&["test", "--workspace", "--quiet", "--no-fail-fast"]);
    run(tests.envs(servers.iter().map(|(variable, server)| (variable, server.url("postgres")))))
}

/// Runs the tests that need Hugo, nginx and Chromium.
pub(crate) fn browser(tools: &Tools, name: Option<&str>) -> anyhow::Result<()> {
    let folder = root().join("crates/xtask/browser");
    let mut files = Vec::new();
    for file in std::fs::read_dir(&folder)? {
        let file = file?.path();
        let test = file.to_string_lossy().ends_with(".test.mjs");
        if test && name.is_none_or(|name| file.to_string_lossy().contains(name)) {
            files.push(file);
        }
    }
    files.sort();
    anyhow::ensure!(!files.is_empty(), "no file in {} has such a name", folder.display());
    // One file at a time: a browser keeps a core busy.
    node(tools, |node| node.args(["--test", "--test-concurrency=1", "--test-timeout=600000", "--test-reporter=spec"]).args(&files))
}

pub(crate) fn screenshots(tools: &Tools) -> anyhow::Result<()> {
    node(tools, |node| node.arg(root().join("crates/xtask/browser/screenshots.mjs")))
}

fn node(tools: &Tools, arguments: impl FnOnce(&mut Command) -> &mut Command) -> anyhow::Result<()> {
    run(&mut cargo(&["build", "--quiet", "--package", "ardoise"]))?;
    let node = xtask::commands::find(&["node"]).context("node is missing; install it: sudo apt-get install nodejs npm")?;
    let mut node = Command::new(node);
    node.env("ARDOISE", target_folder().join("debug/ardoise")).env("HUGO", &tools.hugo).env("OLD_HUGO", &tools.old_hugo);
    node.env("NGINX", &tools.nginx)
        .env("CADDY", &tools.caddy)
        .env("RUBY", &tools.ruby)
        .env("RSYNC", &tools.rsync)
        .env("CHROMIUM", &tools.chromium)
        .env("TOOLS", &tools.folder)
        .env("HUGO_CACHEDIR", hugo_cache()?)
        .envs(tools.aiosmtpd.iter().flat_map(|python| [("PYTHON", python.program()), ("AIOSMTPD", python.packages())]))
        .current_dir(root());
    run(arguments(&mut node))
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root());
    command
}
