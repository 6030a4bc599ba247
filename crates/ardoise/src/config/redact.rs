/// Replaces by asterisks what may be a password, in every line that looks as if it had one. Lines keep their length, because error messages
/// point at columns.
pub(super) fn without_passwords(text: &str) -> String {
    let redact = |line: &str| {
        let has_secret = line.contains(['@', '\\']) || ["password", "secret", "hook", "/bot"].iter().any(|word| line.contains(word));
        let start = line.find("//").or_else(|| line.find(':')).or_else(|| line.find('=')).filter(|_| has_secret).unwrap_or(line.len());
        line.char_indices()
            .map(|(at, c)| if at <= start || c == '\n' { c.to_string() } else { "*".repeat(c.len_utf8()) })
            .collect::<String>()
    };
    text.split_inclusive('\n').map(redact).collect()
}
