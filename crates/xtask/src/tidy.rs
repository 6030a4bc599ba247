//! The rules of the house that the compiler does not know. docs/architecture.md says why; this keeps it true.

#[allow(dead_code, reason = "`check` calls it as soon as the last circle is untied")]
mod circles;

use std::path::Path;

use anyhow::bail;

/// Which of our crates a crate may import.
const IMPORTS: [(&str, &[&str]); 7] = [
    ("ardoise-model", &[]),
    ("ardoise-store", &["ardoise-model"]),
    ("ardoise-notify", &["ardoise-model", "ardoise-store"]),
    ("ardoise-generator", &["ardoise-model", "ardoise-store"]),
    ("ardoise-service", &["ardoise-model", "ardoise-store", "ardoise-notify"]),
    ("ardoise", &["ardoise-model", "ardoise-store", "ardoise-notify", "ardoise-generator", "ardoise-service"]),
    ("xtask", &["ardoise-model", "ardoise-store"]),
];

/// Dependencies that are a contact with the world, and who alone may have it.
const CONTACTS: [(&str, &[&str]); 17] = [
    ("diesel", &["ardoise-store"]),
    ("libsqlite3-sys", &["ardoise-store"]),
    ("pq-sys", &["ardoise-store"]),
    ("openssl-sys", &["ardoise-store"]),
    ("r2d2", &["ardoise-store"]),
    ("getrandom", &["ardoise-store"]),
    ("actix", &["ardoise-service"]),
    ("lettre", &["ardoise-notify"]),
    ("ureq", &["ardoise-notify", "xtask"]),
    ("notify", &["ardoise-generator", "ardoise-store"]),
    ("walkdir", &["ardoise-generator", "xtask"]),
    ("fs-err", &["ardoise-generator"]),
    ("rustix", &["ardoise-generator", "ardoise-store", "ardoise"]),
    ("tempfile", &["ardoise-generator", "ardoise"]),
    ("anyhow", &["ardoise", "xtask"]),
    ("clap", &["ardoise", "xtask"]),
    ("tokio", &["ardoise-service"]),
];

/// Words in code that touch the world, and the only files in which they may stand. xtask ships nowhere and may do what it likes.
const WORDS: [(&str, &[&str]); 12] = [
    ("fs::write", &["generator/src/disk.rs"]),
    ("File::create", &["generator/src/disk.rs"]),
    ("OpenOptions", &["generator/src/disk.rs", "generator/src/disk/lock.rs", "store/src/engine/file.rs"]),
    ("create_dir", &["generator/src/disk.rs", "generator/src/disk/lock.rs"]),
    ("remove_file", &["generator/src/disk.rs"]),
    ("remove_dir", &["generator/src/disk.rs"]),
    ("fs::rename", &["generator/src/disk.rs"]),
    ("Timestamp::now", &["ardoise/src/wire.rs"]),
    ("SystemTime::now", &[]),
    ("env::var", &["ardoise/src/editor.rs", "ardoise/src/logging.rs", "ardoise/src/commands/check/on_change.rs"]),
    ("env::args", &["ardoise/src/commands/dev.rs"]),
    ("Command::new", &["ardoise/src/editor.rs", "ardoise/src/commands/check/on_change.rs", "generator/src/on_change/command.rs"]),
];

/// Names of rooms in which everything ends up.
const ROOMS_WITHOUT_A_PURPOSE: [&str; 6] = ["common", "core", "helpers", "misc", "util", "utils"];

const LONGEST_FILE: usize = 400;
/// Half of the files are shorter.
const MEDIAN_FILE: usize = 90;

pub(crate) fn check(root: &Path) -> anyhow::Result<()> {
    let mut faults = Vec::new();
    let mut lengths = Vec::new();
    for entry in walkdir::WalkDir::new(root.join("crates")).sort_by_file_name() {
        let entry = entry?;
        let name = entry.path().strip_prefix(root.join("crates"))?.to_string_lossy().replace('\\', "/");
        let stem = entry.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if ROOMS_WITHOUT_A_PURPOSE.contains(&stem.as_str()) {
            faults.push(format!("crates/{name}: a room is named after what it is for"));
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
            faults.extend(manifest(&text)?);
        } else {
            faults.extend(source(&name, &text));
            lengths.push(text.lines().count());
        }
    }
    faults.extend(crate::forwarded::check(root)?);
    lengths.sort_unstable();
    if lengths.get(lengths.len() / 2).is_none_or(|&median| median > MEDIAN_FILE) {
        faults.push(format!("half of the files should have at most {MEDIAN_FILE} lines"));
    }
    if faults.is_empty() { Ok(()) } else { bail!("the house is not tidy:\n{}", faults.join("\n")) }
}

/// Who a crate imports, and which contacts with the world it has. What only its tests need is not looked at.
fn manifest(text: &str) -> anyhow::Result<Vec<String>> {
    let manifest: toml::Table = text.parse()?;
    let name = manifest["package"]["name"].as_str().unwrap_or_default().to_owned();
    let Some((_, may_import)) = IMPORTS.iter().find(|(crate_name, _)| *crate_name == name) else {
        return Ok(vec![format!("{name}: a new crate; say in tidy.rs and docs/architecture.md what it may import and touch")]);
    };
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    let fault = |dependency: &String| {
        let ours = IMPORTS.iter().any(|(crate_name, _)| crate_name == dependency);
        let contact =
            CONTACTS.iter().find(|(contact, _)| dependency == contact || (*contact == "actix" && dependency.starts_with("actix")));
        match contact {
            _ if ours && !may_import.contains(&dependency.as_str()) => {
                Some(format!("{name} may not import {dependency}: data flows the other way"))
            }
            Some((_, alone)) if !alone.contains(&name.as_str()) => {
                Some(format!("{name} may not depend on {dependency}; {alone:?} alone may"))
            }
            _ => None,
        }
    };
    Ok(dependencies.keys().filter_map(fault).collect())
}

fn source(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        faults.push(format!("crates/{name}: {lines} lines; a file is read in one sitting, {LONGEST_FILE} at most"));
    }
    let crate_root = name.ends_with("/src/lib.rs") || name.ends_with("/src/main.rs");
    if crate_root && !text.starts_with("#![doc = include_str!(\"../README.md\")]") {
        faults.push(format!("crates/{name}: a crate opens with its README: one text, two readers"));
    }
    let is_test = name.contains("/tests/") || name.ends_with("_tests.rs") || name.starts_with("xtask/") || name.ends_with("build.rs");
    if !is_test {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let touches = |(word, places): &(&str, &[&str])| code.contains(word) && !places.contains(&name);
        let found = WORDS.iter().filter(|word| touches(word));
        faults.extend(found.map(|(word, places)| format!("crates/{name}: {word} belongs in {places:?}")));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        check(&crate::programs::root()).expect("tidy");
    }

    #[test]
    fn what_is_not_tidy_is_found() {
        let faults = |text: &str| manifest(text).expect("TOML").len();
        assert_eq!(faults("[package]\nname = \"ardoise-model\"\n[dependencies]\nardoise-store.workspace = true\n"), 1);
        assert_eq!(faults("[package]\nname = \"ardoise-generator\"\n[dependencies]\nactix-files = \"1\"\ndiesel = \"2\"\n"), 2);
        assert_eq!(faults("[package]\nname = \"ardoise-common\"\n"), 1);
        assert_eq!(
            faults("[package]\nname = \"ardoise-store\"\n[dependencies]\ndiesel = \"2\"\n[dev-dependencies]\ntempfile = \"3\"\n"),
            0
        );
        assert_eq!(source("store/src/a.rs", "fn a() { std::fs::write(1, 2); }").len(), 1);
        assert_eq!(source("store/src/a.rs", "#[cfg(test)] fn a() { std::fs::write(1, 2); }").len(), 0);
        assert_eq!(source("store/src/a.rs", &"\n".repeat(401)).len(), 1);
        assert_eq!(source("store/src/lib.rs", "mod a;").len(), 1);
    }
}
