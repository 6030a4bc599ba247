//! What a parser says of the settings, as sentences that say what to write. No value of the file is repeated: it may be a secret.

/// The settings that `ardoise init` writes: an example for every key, some of them commented out.
const TEMPLATE: &str = include_str!("../assets/ardoise.toml");
/// Sections of which there may be several.
const SEVERAL: [&str; 2] = ["moderator", "webhook"];

/// A parser's error, with the place that it names, and a sentence in place of its message where there is one.
pub(super) fn explained(text: &str, error: &toml::de::Error) -> String {
    let (said, message) = (error.to_string(), error.message());
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    match sentence(message, &Place::of(text, at)) {
        Some(sentence) => said.replacen(message, &sentence, 1).trim_end().to_owned(),
        None => said.trim_end().to_owned(),
    }
}

/// Where in the settings something is wrong.
struct Place<'a> {
    /// The name in the section's brackets; empty above the first section.
    section: &'a str,
    /// Whether the section's brackets are double.
    double: bool,
    /// The key on the line, or on the nearest line above that has one. Empty: it is the section itself.
    key: &'a str,
}

impl<'a> Place<'a> {
    fn of(text: &'a str, at: usize) -> Self {
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = text[at..].find('\n').map_or(text.len(), |line| at + line);
        let mut place = Self { section: "", double: false, key: "" };
        for line in text[..end].lines().rev() {
            if let Some((section, double)) = header(line) {
                return Self { section, double, ..place };
            }
            if let (true, Some((key, _))) = (place.key.is_empty(), line.split_once('=')) {
                place.key = key.trim();
            }
        }
        place
    }

    /// The section as it should be written.
    fn heading(&self) -> String {
        heading(self.section)
    }

    /// What to write for `key` here.
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
    if SEVERAL.contains(&section) { format!("[[{section}]]") } else { format!("[{section}]") }
}

fn sentence(message: &str, place: &Place<'_>) -> Option<String> {
    if let Some(field) = quoted(message, "missing field ") {
        return Some(missing(field, place));
    }
    if let Some(field) = quoted(message, "unknown field ") {
        return misplaced(field, message, place).map(|hint| format!("{message}; {hint}"));
    }
    if let Some((_, expected)) = message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected ")) {
        return Some(other_type(expected, place));
    }
    let Place { key, .. } = place;
    let heading = place.heading();
    Some(match message.split(',').next()? {
        "duplicate key" if key.is_empty() => format!("{heading} stands here a second time; put its keys below the first one"),
        "duplicate key" => format!("{key} stands in {heading} a second time; leave one of them out"),
        "string values must be quoted" => format!("a text stands in double quotes{}", place.example(key)),
        "key with no value" => "a key and its value are joined by an equals sign: key = value".to_owned(),
        "invalid basic string" => "the text on this line has no closing quote".to_owned(),
        "unclosed table" => "the closing bracket of this section is missing".to_owned(),
        _ => return None,
    })
}

/// The name in backticks behind the beginning of a message.
fn quoted<'a>(message: &'a str, beginning: &str) -> Option<&'a str> {
    message.strip_prefix(beginning)?.strip_prefix('`')?.split('`').next()
}

fn missing(field: &str, place: &Place<'_>) -> String {
    if is_section(field) {
        let line = example(field, "origin").unwrap_or_default();
        return format!("the section {} is missing; write:\n\n{}\n{line}", heading(field), heading(field));
    }
    let line = example(place.section, field).unwrap_or_else(|| format!("{field} = \"…\""));
    format!("{} lacks the key {field}; add a line below it: {line}", place.heading())
}

/// Where an unknown key belongs, or which one was meant.
fn misplaced(field: &str, message: &str, place: &Place<'_>) -> Option<String> {
    if is_section(field) && !place.section.is_empty() {
        return Some(format!("{field} is a section: write {} on a line of its own", heading(field)));
    }
    let known = message.split('`').skip(3).step_by(2);
    if let Some(meant) = known.filter(|known| distance(known, field) <= 2).min_by_key(|known| distance(known, field)) {
        return Some(format!("did you mean {meant}?"));
    }
    let home = sections().find(|section| *section != place.section && example(section, field).is_some())?;
    Some(format!("{field} belongs below {}", heading(home)))
}

fn other_type(expected: &str, place: &Place<'_>) -> String {
    let Place { section, double, key } = place;
    if key.is_empty() && !double && SEVERAL.contains(section) {
        return format!("there may be several of these: write [[{section}]], with two brackets on each side");
    }
    if key.is_empty() && *double && !SEVERAL.contains(section) {
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
    format!("{name} must be {kind}{}", place.example(key))
}

/// The template's lines, without the sign that comments them out, each with its section.
fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut section = "";
    TEMPLATE.lines().filter_map(move |line| {
        let line = line.strip_prefix("# ").unwrap_or(line).trim();
        // Sentences in comments may have brackets too.
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

/// The line of the template that sets `key`.
fn example(section: &str, key: &str) -> Option<String> {
    let mut lines = lines().filter(|(of, _)| *of == section);
    let (_, line) =
        lines.find(|(_, line)| line.strip_prefix(key).is_some_and(|rest| !key.is_empty() && rest.trim_start().starts_with('=')))?;
    Some(line.replace("{origin}", "https://blog.example.org").replace("{path}", "/"))
}

/// How many letters are to be added, taken away or changed to make one word the other.
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
