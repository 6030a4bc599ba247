use std::path::Path;
use std::process::{Command, Stdio};

use ardoise_model::counted;
use ardoise_store::{Backlog, FileUse, ON_CHANGE_QUEUE, PermissionProblem, QueueFilter};

use super::context::CheckContext;
use super::finding::Finding;

/// Checks whether the owner's command can be run, and whether its last run failed. It is not run.
pub(super) fn check(context: &CheckContext) -> Finding {
    let command = context.config.publish.on_change.trim();
    if command.is_empty() {
        return Finding::Fine("none".to_owned());
    }
    let folder = context.config.folder();
    let missing = syntax(command).or_else(|| programs(command).into_iter().find_map(|program| missing(&program, &folder)));
    let backlog = backlog(context);
    match (missing, backlog.error, backlog.jobs) {
        (Some(wrong), ..) => Finding::Wrong(wrong),
        (None, Some(error), _) => Finding::Wrong(format!("{error}; `ardoise serve` runs it again until it succeeds")),
        (None, None, 0) => Finding::Fine(command.split_whitespace().collect::<Vec<_>>().join(" ")),
        (None, None, jobs) => Finding::Fine(format!("{} wait for a run by `ardoise serve`", counted(jobs, "change", "changes"))),
    }
}

/// Returns the changes for which the command has not succeeded. An unusable database is reported by its own check.
fn backlog(context: &CheckContext) -> Backlog {
    let store = context.store().as_ref().and_then(|store| store.as_ref().ok());
    store.and_then(|store| store.backlog(QueueFilter::Only(ON_CHANGE_QUEUE)).ok()).unwrap_or_default()
}

/// Checks the syntax with `sh -n`, which does not run the command.
fn syntax(command: &str) -> Option<String> {
    let shell = Command::new("sh").args(["-n", "-c", command]).stdin(Stdio::null()).output();
    let output = match shell {
        Ok(output) => output,
        Err(error) => return Some(format!("[publish] on_change is run by sh, which could not be started: {error}")),
    };
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    (!output.status.success()).then(|| format!("[publish] on_change is no command for a shell: {message}; correct it"))
}

fn missing(program: &str, folder: &Path) -> Option<String> {
    let mend = "correct [publish] on_change, or install it";
    if program.contains('/') {
        let file = folder.join(program);
        if !file.is_file() {
            return Some(format!("{program:?} is not there ({}); {mend}", file.display()));
        }
        return is_not_executable(&file).then(|| match PermissionProblem::find(&file, FileUse::Read) {
            Some(obstacle) => obstacle.to_string(),
            None => format!("{program:?} may not be executed; to fix it: chmod +x {}", file.display()),
        });
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).any(|file| file.is_file() && !is_not_executable(&file));
    (!found).then(|| format!("no program {program:?} is on the PATH ({}); {mend}, or give its whole path", path.to_string_lossy()))
}

#[cfg(unix)]
fn is_not_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o111 == 0)
}

#[cfg(not(unix))]
fn is_not_executable(_: &Path) -> bool {
    false
}

/// The builtins and keywords of the shell.
const SHELL_WORDS: &str = ". : [ alias bg break case cd command continue do done echo elif else esac eval exec exit export false fi fg for \
    function getopts hash if in jobs kill local printf pwd read readonly return set shift source test then times trap true type ulimit \
    umask unalias unset until wait while { } ! [[ time";

/// Returns the programs in a command, as far as they are known without running it: the first word of each simple command. Words that the
/// shell expands, its builtins, and relative paths after a `cd` are left out.
fn programs(command: &str) -> Vec<String> {
    let mut programs = Vec::new();
    let mut moved = false;
    for part in parts(command) {
        let is_name = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let assigns = |word: &&String| word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && is_name(name));
        let Some(first) = part.iter().find(|word| !assigns(word) && !matches!(word.as_str(), "then" | "do" | "else" | "{" | "!" | "exec"))
        else {
            continue;
        };
        moved |= first == "cd";
        let is_shell_word = SHELL_WORDS.split_whitespace().any(|own| own == first);
        // Brackets belong to patterns of `case` and to functions.
        let is_expanded = first.contains(['$', '`', '*', '?', '~', '(', ')', '<', '>']);
        let relative_to_another = moved && first.contains('/') && !first.starts_with('/');
        if !(is_shell_word || is_expanded || relative_to_another) {
            programs.push(first.clone());
        }
    }
    programs
}

/// Returns the words of each simple command, without quotes.
fn parts(command: &str) -> Vec<Vec<String>> {
    let (mut parts, mut words, mut word) = (Vec::new(), Vec::new(), None::<String>);
    let mut characters = command.chars().peekable();
    let mut quote = None;
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some('"') | None, '\\') => match characters.next() {
                None | Some('\n') => {}
                Some(escaped) => word.get_or_insert_default().push(escaped),
            },
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => while characters.next_if(|c| *c != '\n').is_some() {},
            (None, ' ' | '\t') => words.extend(word.take()),
            (None, ';' | '&' | '|' | '\n' | '(') => {
                // The `&` in `2>&1` is no separator.
                if c == '&' && word.as_ref().is_some_and(|word| word.ends_with(['>', '<'])) {
                    word.get_or_insert_default().push(c);
                    continue;
                }
                words.extend(word.take());
                parts.push(std::mem::take(&mut words));
            }
            (Some(_) | None, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    parts.push(words);
    parts
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    #[test]
    fn the_programs_of_a_command_are_found() {
        for (command, programs) in [
            ("hugo", vec!["hugo"]),
            ("hugo --quiet &&\nrsync -a --exclude='.ardoise*' public web:/srv/", vec!["hugo", "rsync"]),
            ("tar -c . | ssh web 'cd /srv && rm -rf next; nosuch'", vec!["tar", "ssh"]),
            ("PATH=/opt:$PATH LANG=C build.sh >/dev/null 2>&1 || echo failed", vec!["build.sh"]),
            ("cd /srv && ./build && /usr/bin/make", vec!["/usr/bin/make"]),
            ("./build --now # not this", vec!["./build"]),
            ("if test -f a; then hugo; else make; fi", vec!["hugo", "make"]),
            ("$HOME/bin/build; \"my program\" a", vec!["my program"]),
            ("cat > list; (sleep 1; touch done) & wait", vec!["cat", "sleep", "touch"]),
        ] {
            assert_eq!(super::programs(command), programs, "{command}");
        }
    }
}
