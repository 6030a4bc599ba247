use std::io::{BufRead, IsTerminal};

use anyhow::Context;
use ardoise_model::Decision;
use console::Term;

/// The meaning of a key.
pub(super) enum Key {
    Decide(Decision),
    Ban,
    Edit,
    Next,
    Undo,
    Quit,
    Unknown,
}

pub(super) const HELP: &str = "a approve  r reject  s spam  d delete  b ban its sender  e edit  n next  u undo  q quit";

/// The source of keys: those pressed in a terminal; elsewhere the first letter of each line.
pub(super) enum Keys {
    Terminal(Term),
    Lines,
}

impl Keys {
    pub(super) fn of_stdin() -> Self {
        if std::io::stdin().is_terminal() { Self::Terminal(Term::stdout()) } else { Self::Lines }
    }

    /// Returns the next key; `Quit` at the end of the input and at Ctrl-C.
    pub(super) fn next(&mut self) -> anyhow::Result<Key> {
        let letter = match self {
            Self::Terminal(terminal) => match terminal.read_char() {
                Ok(letter) => Some(letter),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => None,
                Err(error) => return Err(error).context("the terminal"),
            },
            Self::Lines => {
                let mut line = String::new();
                let read = std::io::stdin().lock().read_line(&mut line).context("standard input")?;
                (read > 0).then(|| line.trim().chars().next().unwrap_or(' '))
            }
        };
        Ok(letter.map_or(Key::Quit, key))
    }
}

fn key(letter: char) -> Key {
    match letter.to_ascii_lowercase() {
        'a' => Key::Decide(Decision::Approve),
        'r' => Key::Decide(Decision::Reject),
        's' => Key::Decide(Decision::Spam),
        'd' => Key::Decide(Decision::Delete),
        'b' => Key::Ban,
        'e' => Key::Edit,
        'n' => Key::Next,
        'u' => Key::Undo,
        // Ctrl-C and Ctrl-D, if the terminal passes them on.
        'q' | '\u{3}' | '\u{4}' => Key::Quit,
        _ => Key::Unknown,
    }
}
