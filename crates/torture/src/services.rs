//! Two slots for a running `serve`, and a supervisor that restarts a process that has ended, as systemd does.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use xtask::commands::output_of;

use crate::clock::Clock;
use crate::health::Health;
use crate::log::Log;
use crate::program::Program;
use crate::random::Random;

/// How often the supervisor polls. The default restart delay of systemd is as short.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
const RESTART_AFTER: Duration = Duration::from_millis(100);
const SIGTERM: i32 = 15;
/// A process that neither listens nor ends within this time counts as hanging.
const START_TIMEOUT: Duration = Duration::from_secs(60);
pub(crate) const NAMES: [&str; 2] = ["a", "b"];

pub(crate) struct Services<'a> {
    program: &'a Program,
    log: &'a Log,
    logs: PathBuf,
    clock: Option<&'a Clock>,
    slots: [Slot; 2],
}

#[derive(Default)]
struct Slot {
    /// Whether the supervisor keeps it running.
    wanted: AtomicBool,
    running: Mutex<Option<Running>>,
}

struct Running {
    child: Child,
    log: PathBuf,
    url: Option<String>,
    since: Instant,
    fatal_signal: FatalSignal,
}

/// The terminating signal that was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FatalSignal {
    None,
    /// The process must exit with success.
    Term,
    /// SIGTERM before the process listened: it may not have installed its signal handler yet.
    TermDuringStart,
    Kill,
}

impl<'a> Services<'a> {
    pub(crate) fn new(program: &'a Program, log: &'a Log, logs: PathBuf, clock: Option<&'a Clock>) -> Self {
        Self { program, log, logs, clock, slots: Default::default() }
    }

    pub(crate) fn set_wanted(&self, slot: usize, wanted: bool) {
        self.slots[slot].wanted.store(wanted, Ordering::Relaxed);
    }

    pub(crate) fn is_wanted(&self, slot: usize) -> bool {
        self.slots[slot].wanted.load(Ordering::Relaxed)
    }

    /// Returns the base URL of a service, or `None` while it does not accept submissions.
    pub(crate) fn url(&self, slot: usize) -> Option<String> {
        self.lock(slot).as_ref().and_then(|running| running.url.clone())
    }

    /// Returns a random service that is running.
    pub(crate) fn any_running(&self, random: &mut Random) -> Option<usize> {
        let running: Vec<_> = (0..NAMES.len()).filter(|slot| self.lock(*slot).is_some()).collect();
        random.pick(&running).copied()
    }

    /// Sends SIGKILL. Returns false if the service was not running.
    pub(crate) fn kill(&self, slot: usize) -> anyhow::Result<bool> {
        match &mut *self.lock(slot) {
            Some(running) => {
                running.fatal_signal = FatalSignal::Kill;
                running.url = None;
                running.child.kill()?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Sends a signal such as SIGSTOP or SIGCONT.
    pub(crate) fn signal(&self, slot: usize, signal: &str) -> anyhow::Result<bool> {
        match &mut *self.lock(slot) {
            Some(running) => {
                if signal == "-TERM" && running.fatal_signal == FatalSignal::None {
                    running.fatal_signal = if running.url.is_some() { FatalSignal::Term } else { FatalSignal::TermDuringStart };
                    running.url = None;
                }
                output_of(Command::new("kill").args([signal, &running.child.id().to_string()])).map(|_| true)
            }
            None => Ok(false),
        }
    }

    /// Waits until every wanted service accepts submissions and every other one has ended. Returns what is missing after the timeout.
    pub(crate) fn wait(&self, patience: Duration) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let off =
                |slot: &usize| self.is_wanted(*slot) != self.url(*slot).is_some() || (!self.is_wanted(*slot) && self.lock(*slot).is_some());
            let Some(slot) = (0..NAMES.len()).find(off) else { return Ok(()) };
            if begun.elapsed() > patience {
                let what = if self.is_wanted(slot) { "does not listen" } else { "does not end after SIGTERM" };
                return Err(format!("serve {} {what}, {} s after it should", NAMES[slot], patience.as_secs()));
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Keeps the wanted services running until `over` is set.
    pub(crate) fn supervise(&self, health: &Health, ended: &AtomicBool) -> anyhow::Result<()> {
        let mut number = 0;
        let mut pause_until = [Instant::now(); 2];
        while !ended.load(Ordering::Relaxed) {
            for (slot, pause_until) in pause_until.iter_mut().enumerate() {
                if self.poll(slot, health)? {
                    *pause_until = Instant::now() + RESTART_AFTER;
                }
                if self.is_wanted(slot) && self.lock(slot).is_none() && Instant::now() >= *pause_until {
                    self.start(slot, number)?;
                    number += 1;
                }
            }
            thread::sleep(POLL_INTERVAL);
        }
        for slot in 0..NAMES.len() {
            self.kill(slot)?;
            self.poll(slot, health)?;
        }
        Ok(())
    }

    fn start(&self, slot: usize, number: u32) -> anyhow::Result<()> {
        let log = self.logs.join(format!("serve-{}-{number}.log", NAMES[slot]));
        let mut command = self.program.command("ardoise.toml");
        command.arg("serve").stdout(Stdio::null()).stderr(File::create(&log)?);
        // The second service uses the clock that can be changed.
        if let (1, Some(clock)) = (slot, self.clock) {
            clock.apply_to(&mut command);
        }
        let child = command.spawn().with_context(|| format!("{command:?} could not be started"))?;
        self.program.processes.add(child.id(), &format!("serve {}", NAMES[slot]));
        *self.lock(slot) = Some(Running { child, log, url: None, since: Instant::now(), fatal_signal: FatalSignal::None });
        self.log.add("serve started", 1);
        Ok(())
    }

    /// Reads the address from the service's log and checks its exit status. Returns true if the service has ended.
    fn poll(&self, slot: usize, health: &Health) -> anyhow::Result<bool> {
        let mut place = self.lock(slot);
        let Some(running) = place.as_mut() else { return Ok(false) };
        if running.url.is_none() && running.fatal_signal == FatalSignal::None {
            running.url = address(&running.log)?;
        }
        let name = NAMES[slot];
        let Some(status) = running.child.try_wait()? else {
            if running.url.is_none() && running.fatal_signal == FatalSignal::None && running.since.elapsed() > START_TIMEOUT {
                self.log.finding(format!("serve {name} neither listens nor ends; killed after {} s", START_TIMEOUT.as_secs()));
                running.fatal_signal = FatalSignal::Kill;
                running.child.kill()?;
            }
            return Ok(false);
        };
        self.program.processes.remove(running.child.id());
        let log = running.log.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match running.fatal_signal {
            FatalSignal::Kill => {}
            FatalSignal::Term if status.success() => {}
            FatalSignal::TermDuringStart if status.success() || status.signal() == Some(SIGTERM) => {}
            FatalSignal::Term | FatalSignal::TermDuringStart => {
                self.log.finding(format!("serve {name} did not end in success after SIGTERM, {status}; see {log}"));
            }
            FatalSignal::None if running.url.is_some() => self.log.finding(format!("serve {name} ended by itself, {status}; see {log}")),
            FatalSignal::None => {
                self.log.add("serve could not start", 1);
                if health.was_healthy_since(running.since) {
                    self.log.finding(format!("serve {name} could not start while no fault was active, {status}; see {log}"));
                }
            }
        }
        *place = None;
        Ok(true)
    }

    fn lock(&self, slot: usize) -> MutexGuard<'_, Option<Running>> {
        self.slots[slot].running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn address(log: &std::path::Path) -> anyhow::Result<Option<String>> {
    let text = std::fs::read_to_string(log)?;
    let line = text.lines().find_map(|line| line.split_once("taking comments in on "));
    // An incomplete line may lack the port.
    Ok(line.filter(|_| text.ends_with('\n')).map(|(_, url)| url.trim().to_owned()))
}
