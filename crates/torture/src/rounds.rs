//! Injects fault after fault, sometimes two at the same time, and checks after each that the program has recovered.

use std::thread;
use std::time::Instant;

use crate::faults::{FAULTS, Fault};
use crate::health::GRACE;
use crate::plan::Plan;
use crate::random::Random;
use crate::scenario::Scenario;
use crate::services::NAMES;
use crate::{canary, checker};

/// The slot of the second `serve`.
const SECOND: usize = 1;
/// The percentage of rounds in which the second `serve` runs.
const SECOND_SERVE_PERCENT: u64 = 60;

pub(crate) fn run(plan: &Plan, scenario: &Scenario<'_>, mut random: Random, until: Instant) -> anyhow::Result<()> {
    start(scenario)?;
    let applicable = applicable(plan, scenario);
    anyhow::ensure!(!applicable.is_empty(), "none of the chosen faults is possible here; there are {}", names());
    for round in 1.. {
        // Every eighth pause is long enough that nothing may be late any more.
        let pause = if round % 8 == 0 { GRACE * 2 } else { random.milliseconds(0, 1200) };
        thread::sleep(pause.min(until.saturating_duration_since(Instant::now())));
        let enough = plan.args.first && scenario.log.findings() > 0;
        if Instant::now() >= until || scenario.is_ended() || enough {
            break;
        }
        scenario.health.mark_faulty();
        if scenario.services.is_wanted(SECOND) != random.percent(SECOND_SERVE_PERCENT) {
            toggle_second_service(scenario)?;
        }
        let faults = choose(&applicable, &mut random);
        let description = inject(scenario, round, &faults, &mut random)?;
        scenario.log.info(format!("round {round}: {description}"));
        scenario.log.add("rounds", 1);
        if !check_recovery(scenario, &description)? {
            break;
        }
    }
    Ok(())
}

/// Starts both services at the same time, on a database that does not exist yet. No fault is active, so neither may fail.
pub(crate) fn start(scenario: &Scenario<'_>) -> anyhow::Result<()> {
    scenario.health.mark_healthy();
    for slot in 0..NAMES.len() {
        scenario.services.set_wanted(slot, true);
    }
    anyhow::ensure!(check_recovery(scenario, "the start")?, "the program does not work even before the first fault");
    Ok(())
}

/// Checks recovery after a fault. Returns true if everything works again.
pub(crate) fn check_recovery(scenario: &Scenario<'_>, after: &str) -> anyhow::Result<bool> {
    let works = match canary::check(scenario)? {
        Ok(took) => {
            // Hold the load, because it could hide omitted work: the next decision about an article writes its files anew.
            scenario.hold_load();
            let right = checker::wait_until_consistent(scenario)?;
            if right.is_ok() {
                scenario.tampered.mark_repaired();
            }
            scenario.resume_load();
            right.map(|()| took)
        }
        Err(missing) => Err(missing),
    };
    match works {
        Ok(took) => {
            scenario.log.info(format!("          recovered: {took}; the tree is correct"));
            scenario.health.mark_healthy();
            Ok(true)
        }
        Err(missing) => {
            scenario.log.finding(format!("after {after}: {missing}"));
            Ok(false)
        }
    }
}

fn toggle_second_service(scenario: &Scenario<'_>) -> anyhow::Result<()> {
    let wanted = !scenario.services.is_wanted(SECOND);
    scenario.services.set_wanted(SECOND, wanted);
    if !wanted {
        scenario.services.signal(SECOND, "-TERM")?;
    }
    Ok(())
}

fn applicable(plan: &Plan, scenario: &Scenario<'_>) -> Vec<&'static Fault> {
    let mut applicable = vec![];
    for fault in FAULTS.iter().filter(|fault| plan.args.only.is_empty() || plan.args.only.iter().any(|name| name == fault.name)) {
        if !(fault.applies)(scenario) {
            continue;
        }
        if fault.needs_mounts && !plan.may_mount {
            scenario
                .log
                .skipped(format!("{}: mounts are not allowed here; run it as root (for SQLite, user namespaces do as well)", fault.name));
        } else {
            applicable.push(fault);
        }
    }
    applicable
}

pub(crate) fn names() -> String {
    FAULTS.iter().map(|fault| fault.name).collect::<Vec<_>>().join(", ")
}

fn choose(applicable: &[&'static Fault], random: &mut Random) -> Vec<&'static Fault> {
    let mut chosen: Vec<&'static Fault> = random.pick(applicable).copied().into_iter().collect();
    if random.percent(25) {
        let other = random.pick(applicable).copied();
        chosen.extend(other.filter(|other| chosen.iter().all(|fault| fault.area != other.area)));
    }
    chosen
}

fn inject(scenario: &Scenario<'_>, round: u64, faults: &[&'static Fault], random: &mut Random) -> anyhow::Result<String> {
    let alone = faults.len() == 1;
    let names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
    scenario.log.info(format!("round {round}: {} …", names.join(" and ")));
    let begun = Instant::now();
    let done: Vec<anyhow::Result<String>> = thread::scope(|scope| {
        let injected = faults.iter().map(|fault| {
            scenario.log.fault(fault.name);
            let mut random = random.split();
            scope.spawn(move || (fault.inject)(scenario, &mut random, alone))
        });
        let injected: Vec<_> = injected.collect();
        injected
            .into_iter()
            .map(|injected| injected.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the thread of a fault panicked"))))
            .collect()
    });
    let descriptions = done.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    Ok(format!("{} ({:.1} s)", descriptions.join("; at the same time "), begun.elapsed().as_secs_f64()))
}
