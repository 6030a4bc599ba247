/// Suppresses a message that repeats the one before it, so that a lasting failure is logged once.
#[derive(Debug, Default)]
pub struct LogOnce(Option<String>);

impl LogOnce {
    /// Returns whether `message` differs from the one before, and remembers it.
    pub fn is_new(&mut self, message: &str) -> bool {
        let is_new = self.0.as_deref() != Some(message);
        if is_new {
            self.0 = Some(message.to_owned());
        }
        is_new
    }

    /// Forgets the last message: the next one is new.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::LogOnce;

    #[test]
    fn a_repeated_message_is_not_new() {
        let mut log_once = LogOnce::default();
        assert_eq!(["a", "a", "b", "a"].map(|message| log_once.is_new(message)), [true, false, true, true]);
        log_once.clear();
        assert!(log_once.is_new("a"));
    }
}
