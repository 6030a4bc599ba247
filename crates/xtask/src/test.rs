//! Everything that must pass, in the order in which it fails soonest.

use std::process::Command;

use anyhow::Context;

use crate::parts::Parts;
use crate::programs::{hugo_cache, root, run, target_folder};
use crate::tools::{Missing, Tools};
use crate::{blog, load, postgres, tidy};

pub(crate) fn all() -> anyhow::Result<()> {
    println!("Everything that must pass. The first time, this fetches tools and compiles for a quarter of an hour; then it takes as long.");
    let mut parts = Parts::default();
    let mut found = None;
    parts.part("set-up", || {
        let (_, missing) = found.insert(Tools::find_all()?);
        missing.none()
    });
    let Some((tools, missing)) = found else { return parts.end() };
    parts.part("format", format);
    parts.part("tidy", || tidy::check(&root()));
    // Advisories need the network's database, so they are a recipe of their own: `just advisories`.
    let deny = || run(Command::new(&tools.cargo_deny).args(["check", "bans", "licenses", "sources"]).current_dir(root()));
    with(&mut parts, &missing, "dependencies", &["cargo-deny"], deny);
    // Not --quiet: compiling takes minutes, and says so.
    parts.part("lints", || run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"])));
    with(&mut parts, &missing, "example blog", &["Hugo"], || blog::compare(&tools));
    with(&mut parts, &missing, "tests", &["PostgreSQL"], || tests(&tools));
    for left_out in with(&mut parts, &missing, "torture", &["PostgreSQL"], torture).into_iter().flatten() {
        parts.left_out(left_out);
    }
    with(&mut parts, &missing, "browser", &BROWSER, || browser(&tools, None));
    println!("\nAdvisories of the dependencies are not part of this: `just advisories`.");
    parts.end()
}

/// What the tests in a browser need.
const BROWSER: [&str; 9] = ["Hugo", "Debian's Hugo", "nginx", "Caddy", "Chromium", "rsync", "Ruby", "aiosmtpd", "packages from npm"];

/// A part that is left out where a tool that it needs is missing.
fn with<T>(parts: &mut Parts, missing: &Missing, name: &str, needs: &[&str], work: impl FnOnce() -> anyhow::Result<T>) -> Option<T> {
    let lacks: Vec<_> = needs.iter().filter(|tool| missing.has(tool)).copied().collect();
    if lacks.is_empty() {
        return parts.part(name, work);
    }
    println!("── {name}");
    parts.left_out(format!("{name}, all of it, for want of {} (see set-up)", lacks.join(", ")));
    None
}

/// A short torture, on both databases. It ends with the first finding. What this machine does not let us do, as sentences.
fn torture() -> anyhow::Result<Vec<String>> {
    let file = target_folder().join(format!("torture-left-out-{}", std::process::id()));
    std::fs::write(&file, "")?;
    let done = run(load::command("torture").args(["--store", "both", "--first", "--minutes", "0.4"]).env(load::LEFT_OUT, &file));
    let said = std::fs::read_to_string(&file)?;
    std::fs::remove_file(&file)?;
    done.map(|()| said.lines().map(str::to_owned).collect())
}

fn format() -> anyhow::Result<()> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    // A workspace of its own, and with the width of the house: rustfmt reads the nearest settings above a file.
    run(&mut cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
}

/// The tests of the crates, on both databases.
fn tests(tools: &Tools) -> anyhow::Result<()> {
    // By itself, for it says what it compiles.
    run(&mut cargo(&["test", "--workspace", "--no-run"]))?;
    let servers = postgres::for_tests(tools.postgres.as_ref())?;
    let mut tests = cargo(&["test", "--workspace", "--quiet", "--no-fail-fast"]);
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
    node(tools, |node| node.args(["--test", "--test-concurrency=1", "--test-timeout=600000", "--test-reporter=spec"]).args(&files))
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
