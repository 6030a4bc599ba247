//! Checks the rules of the code base that the compiler does not know. docs/architecture.md has the reasons.

mod circles;
mod docs;

use std::path::Path;

use anyhow::bail;

/// The workspace crates that each crate may import.
const IMPORTS: [(&str, &[&str]); 10] = [
    ("ardoise-model", &[]),
    ("ardoise-store", &["ardoise-model"]),
    ("ardoise-notify", &["ardoise-model", "ardoise-store"]),
    ("ardoise-generator", &["ardoise-model", "ardoise-store"]),
    ("ardoise-service", &["ardoise-model", "ardoise-store", "ardoise-notify"]),
    ("ardoise", &["ardoise-model", "ardoise-store", "ardoise-notify", "ardoise-generator", "ardoise-service"]),
    ("xtask", &[]),
    ("ardoise-torture", &["xtask"]),
    ("ardoise-bench", &["ardoise-model", "ardoise-store", "xtask"]),
    ("ardoise-spam-eval", &["ardoise-model", "xtask"]),
];

/// Dependencies that do I/O, and the only crates that may have them.
const IO_DEPENDENCIES: [(&str, &[&str]); 17] = [
    ("diesel", &["ardoise-store"]),
    ("libsqlite3-sys", &["ardoise-store"]),
    ("pq-sys", &["ardoise-store"]),
    ("openssl-sys", &["ardoise-store"]),
    ("r2d2", &["ardoise-store"]),
    ("getrandom", &["ardoise-store"]),
    ("actix", &["ardoise-service"]),
    ("lettre", &["ardoise-notify"]),
    ("ureq", &["ardoise-notify", "ardoise-torture"]),
    ("notify", &["ardoise-generator", "ardoise-store"]),
    ("walkdir", &["ardoise-generator", "xtask", "ardoise-torture", "ardoise-bench"]),
    ("fs-err", &["ardoise-generator"]),
    ("rustix", &["ardoise-generator", "ardoise-store", "ardoise"]),
    ("tempfile", &["ardoise-generator", "ardoise"]),
    ("anyhow", &["ardoise", "xtask", "ardoise-torture", "ardoise-bench", "ardoise-spam-eval"]),
    ("clap", &["ardoise", "xtask", "ardoise-torture", "ardoise-bench", "ardoise-spam-eval"]),
    ("tokio", &["ardoise-service"]),
];

/// The folders of the crates that developers run. They are not shipped, and may do any I/O.
const UNSHIPPED: [&str; 4] = ["xtask/", "torture/", "bench/", "spam-eval/"];

/// Words in code that do I/O, and the only files of shipped crates that may contain them.
const IO_WORDS: [(&str, &[&str]); 12] = [
    ("fs::write", &["generator/src/disk.rs"]),
    ("File::create", &["generator/src/disk.rs"]),
    ("OpenOptions", &["generator/src/disk.rs", "generator/src/disk/lock.rs", "store/src/engine/file.rs"]),
    ("create_dir", &["generator/src/disk.rs", "generator/src/disk/lock.rs"]),
    ("remove_file", &["generator/src/disk.rs"]),
    ("remove_dir", &["generator/src/disk.rs"]),
    ("fs::rename", &["generator/src/disk.rs"]),
    ("Timestamp::now", &["ardoise/src/clock.rs"]),
    ("SystemTime::now", &[]),
    ("env::var", &["ardoise/src/editor.rs", "ardoise/src/logging.rs", "ardoise/src/commands/check/on_change.rs"]),
    ("env::args", &["ardoise/src/commands/dev.rs"]),
    ("Command::new", &["ardoise/src/editor.rs", "ardoise/src/commands/check/on_change.rs", "generator/src/on_change/command.rs"]),
];

/// Module names without a purpose.
const VAGUE_MODULE_NAMES: [&str; 6] = ["common", "core", "helpers", "misc", "util", "utils"];

const MAX_FILE_LINES: usize = 400;
/// The maximum of the median length of all files, in lines.
const MAX_MEDIAN_LINES: usize = 90;

pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let mut violations = Vec::new();
    let mut lengths = Vec::new();
    for entry in walkdir::WalkDir::new(root.join("crates")).sort_by_file_name() {
        let entry = entry?;
        let name = entry.path().strip_prefix(root.join("crates"))?.to_string_lossy().replace('\\', "/");
        let stem = entry.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if VAGUE_MODULE_NAMES.contains(&stem.as_str()) {
            violations.push(format!("crates/{name}: a module is named after its purpose"));
        }
        if !entry.file_type().is_file() {
            continue;
        }
        let is_manifest = name.ends_with("Cargo.toml");
        if !is_manifest && entry.path().extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path())?;
        if is_manifest {
            violations.extend(manifest(&text)?);
        } else {
            violations.extend(source(&name, &text));
            lengths.push(text.lines().count());
        }
    }
    violations.extend(crate::proxy_headers::check(root)?);
    violations.extend(circles::check(root)?);
    violations.extend(docs::check(root)?);
    lengths.sort_unstable();
    if lengths.get(lengths.len() / 2).is_none_or(|&median| median > MAX_MEDIAN_LINES) {
        violations.push(format!("half of the files must have at most {MAX_MEDIAN_LINES} lines"));
    }
    if violations.is_empty() { Ok(()) } else { bail!("the code base breaks its rules:\n{}", violations.join("\n")) }
}

/// Checks the imports of a crate and its I/O dependencies. Dependencies of tests are not checked.
fn manifest(text: &str) -> anyhow::Result<Vec<String>> {
    let manifest: toml::Table = text.parse()?;
    let name = manifest["package"]["name"].as_str().unwrap_or_default().to_owned();
    let Some((_, may_import)) = IMPORTS.iter().find(|(crate_name, _)| *crate_name == name) else {
        return Ok(vec![format!("{name}: a new crate; say in tidy.rs and docs/architecture.md what it may import and touch")]);
    };
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    let violation = |dependency: &String| {
        let ours = IMPORTS.iter().any(|(crate_name, _)| crate_name == dependency);
        let contact =
            IO_DEPENDENCIES.iter().find(|(contact, _)| dependency == contact || (*contact == "actix" && dependency.starts_with("actix")));
        match contact {
            _ if ours && !may_import.contains(&dependency.as_str()) => {
                Some(format!("{name} may not import {dependency}: imports run the other way"))
            }
            Some((_, alone)) if !alone.contains(&name.as_str()) => {
                Some(format!("{name} may not depend on {dependency}; {alone:?} alone may"))
            }
            _ => None,
        }
    };
    Ok(dependencies.keys().filter_map(violation).collect())
}

fn source(name: &str, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_FILE_LINES {
        violations.push(format!("crates/{name}: {lines} lines; the maximum is {MAX_FILE_LINES}"));
    }
    let crate_root = name.ends_with("/src/lib.rs") || name.ends_with("/src/main.rs");
    if crate_root && !text.starts_with("#![doc = include_str!(\"../README.md\")]") {
        violations.push(format!("crates/{name}: a crate's documentation is its README"));
    }
    let is_unshipped = UNSHIPPED.iter().any(|folder| name.starts_with(folder));
    let is_test = name.contains("/tests/") || name.ends_with("_tests.rs") || name.ends_with("build.rs");
    if !is_unshipped && !is_test {
        let code = without_tests(text);
        let touches = |(word, places): &(&str, &[&str])| code.contains(word) && !places.contains(&name);
        let found = IO_WORDS.iter().filter(|word| touches(word));
        violations.extend(found.map(|(word, places)| format!("crates/{name}: {word} belongs in {places:?}")));
    }
    violations
}

/// Returns a file's text without the items that are compiled for tests only.
fn without_tests(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(mut item) = line.trim_start().strip_prefix("#[cfg(test)]") else {
            code.extend([line, "\n"]);
            continue;
        };
        let mut open_braces = 0;
        loop {
            open_braces += item.matches('{').count();
            open_braces = open_braces.saturating_sub(item.matches('}').count());
            if open_braces == 0 && item.trim_end().ends_with([';', '}']) {
                break;
            }
            let Some(next) = lines.next() else { break };
            item = next;
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_base_keeps_its_rules() {
        check(&xtask::commands::root()).expect("tidy");
    }

    #[test]
    fn violations_are_found() {
        let violations = |text: &str| manifest(text).expect("TOML").len();
        assert_eq!(violations("[package]\nname = \"ardoise-model\"\n[dependencies]\nardoise-store.workspace = true\n"), 1);
        assert_eq!(violations("[package]\nname = \"ardoise-generator\"\n[dependencies]\nactix-files = \"1\"\ndiesel = \"2\"\n"), 2);
        assert_eq!(violations("[package]\nname = \"ardoise-common\"\n"), 1);
        assert_eq!(
            violations("[package]\nname = \"ardoise-store\"\n[dependencies]\ndiesel = \"2\"\n[dev-dependencies]\ntempfile = \"3\"\n"),
            0
        );
        assert_eq!(source("store/src/a.rs", "fn a() { std::fs::write(1, 2); }").len(), 1);
        assert_eq!(source("bench/src/a.rs", "fn a() { std::fs::write(1, 2); }").len(), 0);
        assert_eq!(source("store/src/a.rs", "#[cfg(test)] fn a() { std::fs::write(1, 2); }").len(), 0);
        let after_test_items = "#[cfg(test)]\nuse a::b;\n#[cfg(test)]\nmod c {\n    fn d() {}\n}\nfn e() { std::fs::write(1, 2); }";
        assert_eq!(source("store/src/a.rs", after_test_items).len(), 1);
        assert_eq!(source("store/src/a.rs", &"\n".repeat(401)).len(), 1);
        assert_eq!(source("store/src/lib.rs", "mod a;").len(), 1);
    }
}
