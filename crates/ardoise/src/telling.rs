use ardoise_generator::Stop;
use ardoise_moderation::Sender;
use ardoise_store::{Listening, Store};

/// Sends what is to be told, until `bell` is set. What comes at the last moment waits for the next start: a mail server may take its time.
pub(crate) fn run(sender: Option<&Sender>, store: &Store, bell: &Stop) {
    let Some(sender) = sender else { return };
    let _listening = listen(store, bell);
    sender.run(|time| {
        bell.wait_for_ring(time);
        bell.is_set()
    });
}

fn listen(store: &Store, bell: &Stop) -> Option<Listening> {
    let bell = bell.clone();
    store.listen(move || bell.ring()).inspect_err(|error| tracing::warn!("{error}; mail may go out half a minute late")).ok()
}
