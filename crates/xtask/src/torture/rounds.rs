//! Fault after fault, sometimes two at once, and after each the question whether everything works again.

use std::thread;
use std::time::{Duration, Instant};

use crate::torture::faults::{FAULTS, Fault};
use crate::torture::leg::Leg;
use crate::torture::random::Random;
use crate::torture::services::NAMES;
use crate::torture::weather::GRACE;
use crate::torture::{Plan, canary, checker};

/// The second `serve` is there in so many of a hundred rounds.
const SECOND_SERVE: u64 = 60;

pub(crate) fn go(plan: &Plan, leg: &Leg<'_>, mut random: Random, until: Instant) -> anyhow::Result<()> {
    start(leg)?;
    let possible = possible(plan, leg);
    anyhow::ensure!(!possible.is_empty(), "no fault is left to be made here; there are {}", names());
    for round in 1.. {
        // Now and then so long that nothing may be late any more.
        let pause = if round % 8 == 0 { GRACE * 2 } else { random.milliseconds(0, 1200) };
        thread::sleep(pause.min(until.saturating_duration_since(Instant::now())));
        let enough = plan.args.first && leg.log.findings() > 0;
        if Instant::now() >= until || leg.is_over() || enough {
            break;
        }
        leg.weather.storm();
        if leg.services.is_wanted(1) != random.percent(SECOND_SERVE) {
            change_second(leg)?;
        }
        let faults = draw(&possible, &mut random);
        let happened = make(leg, round, &faults, &mut random)?;
        leg.log.say(format!("round {round}: {happened}"));
        leg.log.add("rounds", 1);
        if !all_works(leg, &happened)? {
            break;
        }
    }
    Ok(())
}

/// Both at once, on a database that is not there yet. Nothing is wrong, so neither may fail.
pub(crate) fn start(leg: &Leg<'_>) -> anyhow::Result<()> {
    leg.weather.calm();
    for slot in 0..NAMES.len() {
        leg.services.want(slot, true);
    }
    anyhow::ensure!(all_works(leg, "the start")?, "nothing works even before the first fault");
    Ok(())
}

/// True: calm again.
pub(crate) fn all_works(leg: &Leg<'_>, after: &str) -> anyhow::Result<bool> {
    let works = match canary::sing(leg)? {
        Ok(took) => {
            // Load would cover up what was left undone: the next decision about an article writes its files anew.
            leg.hold_the_load();
            let right = checker::by_itself(leg)?;
            if right.is_ok() {
                leg.strangers.healed();
            }
            leg.let_the_load_go_on();
            right.map(|()| took)
        }
        Err(missing) => Err(missing),
    };
    match works {
        Ok(took) => {
            leg.log.say(format!("          then it {took}; the tree is right"));
            leg.weather.calm();
            Ok(true)
        }
        Err(missing) => {
            leg.log.finding(format!("after {after}: {missing}"));
            Ok(false)
        }
    }
}

fn change_second(leg: &Leg<'_>) -> anyhow::Result<()> {
    let wanted = !leg.services.is_wanted(1);
    leg.services.want(1, wanted);
    if !wanted {
        leg.services.signal(1, "-TERM")?;
    }
    Ok(())
}

fn possible(plan: &Plan, leg: &Leg<'_>) -> Vec<&'static Fault> {
    let mut possible = vec![];
    for fault in FAULTS.iter().filter(|fault| plan.args.only.is_empty() || plan.args.only.iter().any(|name| name == fault.name)) {
        if !(fault.belongs)(leg) {
            continue;
        }
        if fault.needs_mounts && !plan.may_mount {
            leg.log
                .not_done(format!("{}: nothing can be mounted here; run it as root (for SQLite, user namespaces do as well)", fault.name));
        } else {
            possible.push(fault);
        }
    }
    possible
}

pub(crate) fn names() -> String {
    FAULTS.iter().map(|fault| fault.name).collect::<Vec<_>>().join(", ")
}

fn draw(possible: &[&'static Fault], random: &mut Random) -> Vec<&'static Fault> {
    let mut drawn: Vec<&'static Fault> = random.pick(possible).copied().into_iter().collect();
    if random.percent(25) {
        let other = random.pick(possible).copied();
        drawn.extend(other.filter(|other| drawn.iter().all(|fault| fault.area != other.area)));
    }
    drawn
}

fn make(leg: &Leg<'_>, round: u64, faults: &[&'static Fault], random: &mut Random) -> anyhow::Result<String> {
    let alone = faults.len() == 1;
    let names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
    leg.log.say(format!("round {round}: {} …", names.join(" and ")));
    let begun = Instant::now();
    let done: Vec<anyhow::Result<String>> = thread::scope(|scope| {
        let made = faults.iter().map(|fault| {
            leg.log.fault(fault.name);
            let mut random = random.split();
            scope.spawn(move || (fault.make)(leg, &mut random, alone))
        });
        let made: Vec<_> = made.collect();
        made.into_iter().map(|made| made.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a fault's thread panicked")))).collect()
    });
    let said = done.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    Ok(format!("{} ({:.1} s)", said.join("; at once "), begun.elapsed().as_secs_f64()))
}

/// Waits for something that must come by itself; false when it does not.
pub(crate) fn wait_for(patience: Duration, mut condition: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<bool> {
    let begun = Instant::now();
    loop {
        if condition()? {
            return Ok(true);
        }
        if begun.elapsed() > patience {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(20));
    }
}
