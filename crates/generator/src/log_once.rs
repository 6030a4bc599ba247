/// Remembers the last logged message, so that a repeated one is logged only once.
#[derive(Default)]
pub(crate) struct LogOnce(String);

impl LogOnce {
    /// Calls `log` with `message`, unless it is the same as the last time.
    pub(crate) fn log(&mut self, message: String, log: impl FnOnce(&str)) {
        if self.0 != message {
            log(&message);
            self.0 = message;
        }
    }

    /// Forgets the last message, so that it is logged when it comes again.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
