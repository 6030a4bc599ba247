//! The parts that send mail and call webhooks: a thread for each receiver.

use std::io;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ardoise_generator::StopSignal;
use ardoise_notify::{DeliveryQueue, Dispatcher, ExternalCall};
use ardoise_store::{Listener, Store};

use crate::supervisor::Supervisor;

/// How often [`Notifier::finish`] looks whether the threads have ended.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How long a thread may take at the stop outside of a call to its receiver: no call to the store takes longer.
const STORE_DEADLINE: Duration = Duration::from_secs(5);

/// The threads, and the listener that wakes them for new messages.
pub(crate) struct Notifier {
    workers: Vec<QueueWorker>,
    _listener: Option<Listener>,
}

/// The thread of one receiver.
struct QueueWorker {
    thread: JoinHandle<()>,
    call: ExternalCall,
    stop: StopSignal,
}

impl Notifier {
    /// Starts a thread for each receiver. `dispatcher` is `None` if no one is notified.
    pub(crate) fn start(dispatcher: Option<Dispatcher>, store: &Store, supervisor: &Supervisor) -> io::Result<Self> {
        let queues = dispatcher.map_or_else(Vec::new, Dispatcher::queues);
        let workers = queues.into_iter().map(|queue| QueueWorker::start(queue, supervisor)).collect::<io::Result<Vec<_>>>()?;
        let signals: Vec<StopSignal> = workers.iter().map(|worker| worker.stop.clone()).collect();
        let listener = if signals.is_empty() { None } else { listen(store, signals) };
        Ok(Self { workers, _listener: listener })
    }

    /// Sets the stop signal of all threads; returns at once.
    pub(crate) fn stop(&self) {
        self.workers.iter().for_each(|worker| worker.stop.set());
    }

    /// Waits until the threads have ended. After `deadline`, those that wait for their receiver are abandoned. What they send may arrive;
    /// it is sent again at the next start, under the same identity.
    pub(crate) fn finish(mut self, deadline: Duration) {
        let begun = Instant::now();
        while !self.workers.is_empty() && begun.elapsed() < deadline + STORE_DEADLINE {
            let is_late = begun.elapsed() >= deadline;
            self.workers.retain(|worker| !(worker.thread.is_finished() || is_late && worker.abandon()));
            thread::sleep(POLL_INTERVAL);
        }
    }
}

impl QueueWorker {
    fn start(queue: DeliveryQueue, supervisor: &Supervisor) -> io::Result<Self> {
        let (stop, call, name) = (StopSignal::default(), queue.external_call(), queue.name().to_owned());
        let signal = stop.clone();
        let work = move || {
            queue.run(|time| {
                signal.wait_for_wake(time);
                signal.is_set()
            });
        };
        Ok(Self { thread: supervisor.spawn_detached(name, stop.clone(), work)?, call, stop })
    }

    /// Abandons the thread if it waits for its receiver; returns whether it did.
    fn abandon(&self) -> bool {
        let is_abandoned = self.call.abandon();
        if is_abandoned {
            tracing::warn!(
                "stopping: a mail server or webhook has not answered in time; its last messages are sent again after the next start"
            );
        }
        is_abandoned
    }
}

/// Wakes the threads when the store has new messages. Without it they poll.
fn listen(store: &Store, signals: Vec<StopSignal>) -> Option<Listener> {
    let wake = move || signals.iter().for_each(StopSignal::wake);
    store.listen(wake).inspect_err(|error| tracing::warn!("{error}; mail may go out half a minute late")).ok()
}
