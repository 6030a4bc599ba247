//! Explains the TOML parser's errors in sentences that say what to write. No value of the file is repeated, because it may be a secret.

/// The settings that `ardoise init` writes. They have an example for every key, some of them commented out.
const TEMPLATE: &str = include_str!("../assets/ardoise.toml");
/// Sections that may occur several times.
const REPEATABLE: [&str; 2] = ["moderator", "webhook"];

/// Returns the parser's error with its location, and with a sentence in place of its message where there is one.
pub(super) fn explained(text: &str, error: &toml::de::Error) -> String {
    let (full, message) = (error.to_string(), error.message());
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    match sentence(message, &Location::of(text, at)) {
        Some(sentence) => full.replacen(message, &sentence, 1).trim_end().to_owned(),
        None => full.trim_end().to_owned(),
    }
}

/// The location of an error in the settings.
struct Location<'a> {
    /// The section's name; empty above the first section.
    section: &'a str,
    /// Whether the section's name is in double brackets.
    is_repeated: bool,
    /// The key on the line, or on the nearest line above that has one. Empty: the error is about the section itself.
    key: &'a str,
}

impl<'a> Location<'a> {
    fn of(text: &'a str, at: usize) -> Self {
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = text[at..].find('\n').map_or(text.len(), |line| at + line);
        let mut location = Self { section: "", is_repeated: false, key: "" };
        for line in text[..end].lines().rev() {
            if let Some((section, is_repeated)) = header(line) {
                return Self { section, is_repeated, ..location };
            }
            if let (true, Some((key, _))) = (location.key.is_empty(), line.split_once('=')) {
                location.key = key.trim();
            }
        }
        location
    }

    /// Returns the section's header line.
    fn heading(&self) -> String {
        heading(self.section)
    }

    /// Returns an example for `key`, as the end of a sentence.
    fn example(&self, key: &str) -> String {
        example(self.section, key).map_or_else(String::new, |line| format!(", such as: {line}"))
    }
}

fn header(line: &str) -> Option<(&str, bool)> {
    let inner = line.trim().strip_prefix('[')?;
    let double = inner.starts_with('[');
    let name = inner.trim_start_matches('[').split([']', '#']).next()?.trim();
    Some((name, double))
}

fn heading(section: &str) -> String {
    if REPEATABLE.contains(&section) { format!("[[{section}]]") } else { format!("[{section}]") }
}

fn sentence(message: &str, location: &Location<'_>) -> Option<String> {
    if let Some(field) = quoted(message, "missing field ") {
        return Some(missing(field, location));
    }
    if let Some(field) = quoted(message, "unknown field ") {
        return misplaced(field, message, location).map(|hint| format!("{message}; {hint}"));
    }
    if let Some((_, expected)) = message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected ")) {
        return Some(other_type(expected, location));
    }
    let Location { key, .. } = location;
    let heading = location.heading();
    Some(match message.split(',').next()? {
        "duplicate key" if key.is_empty() => format!("{heading} stands here a second time; put its keys below the first one"),
        "duplicate key" => format!("{key} stands in {heading} a second time; leave one of them out"),
        "string values must be quoted" => format!("a text stands in double quotes{}", location.example(key)),
        "key with no value" => "a key and its value are joined by an equals sign: key = value".to_owned(),
        "invalid basic string" => "the text on this line has no closing quote".to_owned(),
        "unclosed table" => "the closing bracket of this section is missing".to_owned(),
        _ => return None,
    })
}

/// Returns the name in backticks that follows `beginning` in a message.
fn quoted<'a>(message: &'a str, beginning: &str) -> Option<&'a str> {
    message.strip_prefix(beginning)?.strip_prefix('`')?.split('`').next()
}

fn missing(field: &str, location: &Location<'_>) -> String {
    if is_section(field) {
        let line = example(field, "origin").unwrap_or_default();
        return format!("the section {} is missing; write:\n\n{}\n{line}", heading(field), heading(field));
    }
    let line = example(location.section, field).unwrap_or_else(|| format!("{field} = \"…\""));
    format!("{} lacks the key {field}; add a line below it: {line}", location.heading())
}

/// Returns a hint to an unknown key: the section it belongs to, or the known key with a similar name.
fn misplaced(field: &str, message: &str, location: &Location<'_>) -> Option<String> {
    if is_section(field) && !location.section.is_empty() {
        return Some(format!("{field} is a section: write {} on a line of its own", heading(field)));
    }
    let known = message.split('`').skip(3).step_by(2);
    if let Some(meant) = known.filter(|known| distance(known, field) <= 2).min_by_key(|known| distance(known, field)) {
        return Some(format!("did you mean {meant}?"));
    }
    let home = sections().find(|section| *section != location.section && example(section, field).is_some())?;
    Some(format!("{field} belongs below {}", heading(home)))
}

fn other_type(expected: &str, location: &Location<'_>) -> String {
    let Location { section, is_repeated, key } = location;
    if key.is_empty() && !is_repeated && REPEATABLE.contains(section) {
        return format!("there may be several of these: write [[{section}]], with two brackets on each side");
    }
    if key.is_empty() && *is_repeated && !REPEATABLE.contains(section) {
        return format!("there is one of these alone: write [{section}], with one bracket on each side");
    }
    let name = if key.is_empty() { section } else { key };
    if is_section(name) {
        return format!("{name} is a section: write {} on a line of its own, and its keys below", heading(name));
    }
    let kind = match expected {
        "a boolean" => "true or false, without quotes",
        "a sequence" => "a list in brackets",
        "a string" | "path string" => "a text in double quotes",
        "f64" | "f32" => "a number such as 0.5, without quotes",
        number if number.starts_with(['u', 'i']) => "a whole number, without quotes",
        _ => "something else",
    };
    format!("{name} must be {kind}{}", location.example(key))
}

/// Returns the template's lines with their sections; lines that are commented out are included without the comment sign.
fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut section = "";
    TEMPLATE.lines().filter_map(move |line| {
        let line = line.strip_prefix("# ").unwrap_or(line).trim();
        // Sentences in comments may have brackets too; a header has no spaces.
        match header(line).filter(|_| line.ends_with(']') && !line.contains(' ')) {
            Some((name, _)) => {
                section = name;
                None
            }
            None => Some((section, line)),
        }
    })
}

fn sections() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    lines().map(|(section, _)| section).filter(move |section| std::mem::replace(&mut last, section) != *section && !section.is_empty())
}

fn is_section(name: &str) -> bool {
    sections().any(|section| section == name)
}

/// Returns the template's line that sets `key`.
fn example(section: &str, key: &str) -> Option<String> {
    let mut lines = lines().filter(|(of, _)| *of == section);
    let (_, line) =
        lines.find(|(_, line)| line.strip_prefix(key).is_some_and(|rest| !key.is_empty() && rest.trim_start().starts_with('=')))?;
    Some(line.replace("{origin}", "https://blog.example.org").replace("{path}", "/"))
}

/// Returns the Levenshtein distance of two words.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (n, a) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], n + 1);
        for (m, b) in other.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[m + 1];
            row[m + 1] = changed.min(row[m] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}
