//! Two places for a running `serve`, and a keeper that starts it again when it has gone, as systemd would.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::programs::quietly;
use crate::torture::clock::Clock;
use crate::torture::log::Log;
use crate::torture::program::Program;
use crate::torture::random::Random;
use crate::torture::weather::Weather;

/// How soon the keeper looks again; systemd's own default is as short.
const TICK: Duration = Duration::from_millis(20);
const RESTART_AFTER: Duration = Duration::from_millis(100);
const SIGTERM: i32 = 15;
/// A start that says nothing for so long hangs.
const LONGEST_START: Duration = Duration::from_secs(60);
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
    /// The keeper is to see that it runs.
    wanted: AtomicBool,
    running: Mutex<Option<Running>>,
}

struct Running {
    child: Child,
    log: PathBuf,
    url: Option<String>,
    since: Instant,
    condemned: Condemned,
}

/// Which signal that ends it was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Condemned {
    No,
    /// It must end in success.
    Term,
    /// SIGTERM before it said that it listens: nobody has a handler in his very first moments.
    TermAtStart,
    Kill,
}

impl<'a> Services<'a> {
    pub(crate) fn new(program: &'a Program, log: &'a Log, logs: PathBuf, clock: Option<&'a Clock>) -> Self {
        Self { program, log, logs, clock, slots: Default::default() }
    }

    pub(crate) fn want(&self, slot: usize, wanted: bool) {
        self.slots[slot].wanted.store(wanted, Ordering::Relaxed);
    }

    pub(crate) fn is_wanted(&self, slot: usize) -> bool {
        self.slots[slot].wanted.load(Ordering::Relaxed)
    }

    /// Where it takes comments in; None while it does not.
    pub(crate) fn url(&self, slot: usize) -> Option<String> {
        self.lock(slot).as_ref().and_then(|running| running.url.clone())
    }

    /// One of those that run just now.
    pub(crate) fn one(&self, random: &mut Random) -> Option<usize> {
        let running: Vec<_> = (0..NAMES.len()).filter(|slot| self.lock(*slot).is_some()).collect();
        random.pick(&running).copied()
    }

    /// `kill -9`. False: there was none.
    pub(crate) fn kill(&self, slot: usize) -> anyhow::Result<bool> {
        match &mut *self.lock(slot) {
            Some(running) => {
                running.condemned = Condemned::Kill;
                running.url = None;
                running.child.kill()?;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// SIGSTOP, SIGCONT and the like.
    pub(crate) fn signal(&self, slot: usize, signal: &str) -> anyhow::Result<bool> {
        match &mut *self.lock(slot) {
            Some(running) => {
                if signal == "-TERM" && running.condemned == Condemned::No {
                    running.condemned = if running.url.is_some() { Condemned::Term } else { Condemned::TermAtStart };
                    running.url = None;
                }
                quietly(Command::new("kill").args([signal, &running.child.id().to_string()])).map(|_| true)
            }
            None => Ok(false),
        }
    }

    /// Waits until each that is wanted takes comments in, and the others have ended. Says what is missing after that time.
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
            thread::sleep(TICK);
        }
    }

    /// Keeps them running until `over`.
    pub(crate) fn keep(&self, weather: &Weather, over: &AtomicBool) -> anyhow::Result<()> {
        let mut number = 0;
        let mut pause_until = [Instant::now(); 2];
        while !over.load(Ordering::Relaxed) {
            for (slot, pause_until) in pause_until.iter_mut().enumerate() {
                if self.look_after(slot, weather)? {
                    *pause_until = Instant::now() + RESTART_AFTER;
                }
                if self.is_wanted(slot) && self.lock(slot).is_none() && Instant::now() >= *pause_until {
                    self.start(slot, number)?;
                    number += 1;
                }
            }
            thread::sleep(TICK);
        }
        for slot in 0..NAMES.len() {
            self.kill(slot)?;
            self.look_after(slot, weather)?;
        }
        Ok(())
    }

    fn start(&self, slot: usize, number: u32) -> anyhow::Result<()> {
        let log = self.logs.join(format!("serve-{}-{number}.log", NAMES[slot]));
        let mut command = self.program.command("ardoise.toml");
        command.arg("serve").stdout(Stdio::null()).stderr(File::create(&log)?);
        // One of the two lives by a clock that we can turn.
        if let (1, Some(clock)) = (slot, self.clock) {
            clock.wind(&mut command);
        }
        let child = command.spawn().with_context(|| format!("{command:?} could not be started"))?;
        self.program.processes.add(child.id(), &format!("serve {}", NAMES[slot]));
        *self.lock(slot) = Some(Running { child, log, url: None, since: Instant::now(), condemned: Condemned::No });
        self.log.add("serve started", 1);
        Ok(())
    }

    /// Finds its address in its log; takes note of its end. True: it has ended.
    fn look_after(&self, slot: usize, weather: &Weather) -> anyhow::Result<bool> {
        let mut place = self.lock(slot);
        let Some(running) = place.as_mut() else { return Ok(false) };
        if running.url.is_none() && running.condemned == Condemned::No {
            running.url = address(&running.log)?;
        }
        let name = NAMES[slot];
        let Some(status) = running.child.try_wait()? else {
            if running.url.is_none() && running.condemned == Condemned::No && running.since.elapsed() > LONGEST_START {
                self.log.finding(format!("serve {name} neither listens nor ends; killed after {} s", LONGEST_START.as_secs()));
                running.condemned = Condemned::Kill;
                running.child.kill()?;
            }
            return Ok(false);
        };
        self.program.processes.remove(running.child.id());
        let log = running.log.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match running.condemned {
            Condemned::Kill => {}
            Condemned::Term if status.success() => {}
            Condemned::TermAtStart if status.success() || status.signal() == Some(SIGTERM) => {}
            Condemned::Term | Condemned::TermAtStart => {
                self.log.finding(format!("serve {name} did not end in success after SIGTERM, {status}; see {log}"));
            }
            Condemned::No if running.url.is_some() => self.log.finding(format!("serve {name} ended by itself, {status}; see {log}")),
            Condemned::No => {
                self.log.add("serve could not start", 1);
                if weather.was_calm_since(running.since) {
                    self.log.finding(format!("serve {name} could not start though nothing was wrong, {status}; see {log}"));
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
    let said = std::fs::read_to_string(log)?;
    let line = said.lines().find_map(|line| line.split_once("taking comments in on "));
    // A line that is half written has no port yet.
    Ok(line.filter(|_| said.ends_with('\n')).map(|(_, url)| url.trim().to_owned()))
}
