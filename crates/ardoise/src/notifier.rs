//! The threads that send mail and call webhooks, one for each receiver.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ardoise_generator::StopSignal;
use ardoise_notify::{DeliveryQueue, Dispatcher, ExternalCall};
use ardoise_store::{Listener, Store};

use crate::supervisor::Supervisor;

/// How often it is looked whether threads have ended.
const LOOK: Duration = Duration::from_millis(20);
/// How long a thread may take that is not in a conversation with its receiver: the store keeps nobody waiting for longer.
const AT_THE_STORE: Duration = Duration::from_secs(5);

/// The threads, and what wakes them.
pub(crate) struct Notifier {
    queues: Vec<(JoinHandle<()>, ExternalCall, StopSignal)>,
    _listening: Option<Listener>,
}

/// Begins to send what is to be told. None: nobody is told anything.
pub(crate) fn start(sender: Option<Dispatcher>, store: &Store, supervisor: &Supervisor) -> std::io::Result<Notifier> {
    let queues: std::io::Result<Vec<_>> =
        sender.map_or_else(Vec::new, Dispatcher::queues).into_iter().map(|lane| begin(lane, supervisor)).collect();
    let queues = queues?;
    let bells: Vec<StopSignal> = queues.iter().map(|(_, _, bell)| bell.clone()).collect();
    let listening = if bells.is_empty() { None } else { listen(store, bells) };
    Ok(Notifier { queues, _listening: listening })
}

/// On a thread that nobody has to wait for: its receiver may take longer than the process has.
fn begin(lane: DeliveryQueue, supervisor: &Supervisor) -> std::io::Result<(JoinHandle<()>, ExternalCall, StopSignal)> {
    let (bell, outside, supervisor) = (StopSignal::default(), lane.outside(), supervisor.clone());
    let work = {
        let bell = bell.clone();
        move || {
            supervisor.keep(lane.name(), &bell, || {
                lane.run(|time| {
                    bell.wait_for_wake(time);
                    bell.is_set()
                });
            });
        }
    };
    Ok((thread::Builder::new().name("telling".to_owned()).spawn(work)?, outside, bell))
}

impl Notifier {
    /// Asks all of them to stop, and returns at once.
    pub(crate) fn stop(&self) {
        self.queues.iter().for_each(|(_, _, bell)| bell.set());
    }

    /// Returns when they have stopped. Whoever waits for its receiver is left behind after `time`: what it sends may arrive, and is sent
    /// again at the next start, recognisable as the same.
    pub(crate) fn finish(mut self, time: Duration) {
        let begun = Instant::now();
        while !self.queues.is_empty() && begun.elapsed() < time + AT_THE_STORE {
            let is_late = begun.elapsed() >= time;
            self.queues.retain(|(thread, outside, _)| !(thread.is_finished() || is_late && left(outside)));
            thread::sleep(LOOK);
        }
    }
}

fn left(outside: &ExternalCall) -> bool {
    let left = outside.leave();
    if left {
        tracing::warn!("stopping: a receiver of mail or webhooks takes long; what it was sent just now is sent again after the next start");
    }
    left
}

fn listen(store: &Store, bells: Vec<StopSignal>) -> Option<Listener> {
    let wake = move || bells.iter().for_each(StopSignal::wake);
    store.listen(wake).inspect_err(|error| tracing::warn!("{error}; mail may go out half a minute late")).ok()
}
