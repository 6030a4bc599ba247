//! Everything that must pass, in the order in which it fails soonest.

use std::process::Command;
use std::time::Instant;

use anyhow::Context;

use crate::programs::{root, run, target_folder};
use crate::tools::Tools;
use crate::{blog, postgres, tidy, torture};

pub(crate) fn all() -> anyhow::Result<()> {
    let tools = step("set-up", Tools::set_up)?;
    step("format", format)?;
    step("tidy", || tidy::check(&root()))?;
    // Advisories need the network's database, so they are a recipe of their own: `just advisories`.
    step("dependencies", || run(Command::new(&tools.cargo_deny).args(["check", "bans", "licenses", "sources"]).current_dir(root())))?;
    step("lints", || run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"])))?;
    step("example blog", || blog::compare(&tools))?;
    step("tests", || tests(&tools))?;
    step("torture", torture::short)?;
    step("browser", || browser(&tools, None))?;
    println!("\nAll passed; nothing was skipped. Advisories of the dependencies are not part of this: `just advisories`.");
    Ok(())
}

fn format() -> anyhow::Result<()> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    // A workspace of its own, and with the width of the house: rustfmt reads the nearest settings above a file.
    run(&mut cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

/// The tests of the crates, on both databases.
fn tests(tools: &Tools) -> anyhow::Result<()> {
    let servers = postgres::for_tests(tools.postgres.as_ref())?;
    let mut tests = cargo(&["test", "--workspace", "--quiet"]);
    run(tests.envs(servers.iter().map(|(variable, server)| (variable, server.url("postgres")))))
}

/// The tests that need Hugo, nginx and Chromium.
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
    anyhow::ensure!(!files.is_empty(), "no file in {} is named so", folder.display());
    // One file at a time: a browser takes a core for itself.
    node(tools, |node| node.args(["--test", "--test-concurrency=1", "--test-timeout=180000", "--test-reporter=spec"]).args(&files))
}

pub(crate) fn screenshots(tools: &Tools) -> anyhow::Result<()> {
    node(tools, |node| node.arg(root().join("crates/xtask/browser/screenshots.mjs")))
}

fn node(tools: &Tools, arguments: impl FnOnce(&mut Command) -> &mut Command) -> anyhow::Result<()> {
    run(&mut cargo(&["build", "--quiet", "--package", "ardoise"]))?;
    let node = crate::programs::find(&["node"]).context("node is missing; install it: sudo apt-get install nodejs npm")?;
    let mut node = Command::new(node);
    node.env("ARDOISE", target_folder().join("debug/ardoise")).env("HUGO", &tools.hugo).env("OLD_HUGO", &tools.old_hugo);
    node.env("NGINX", &tools.nginx)
        .env("CADDY", &tools.caddy)
        .env("RUBY", &tools.ruby)
        .env("RSYNC", &tools.rsync)
        .env("CHROMIUM", &tools.chromium)
        .env("TOOLS", &tools.folder)
        .envs(tools.aiosmtpd.iter().flat_map(|python| [("PYTHON", python.program()), ("AIOSMTPD", python.packages())]))
        .current_dir(root());
    run(arguments(&mut node))
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root());
    command
}

fn step<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    println!("── {name}");
    let begun = Instant::now();
    let done = work().with_context(|| format!("{name} failed"))?;
    println!("   {name} passed in {} s", begun.elapsed().as_secs());
    Ok(done)
}
