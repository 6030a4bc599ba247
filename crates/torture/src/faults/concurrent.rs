//! Runs several generators at the same time, beside `serve`.

use std::thread;

use crate::random::Random;
use crate::scenario::Scenario;

pub(crate) fn generate(scenario: &Scenario<'_>, random: &mut Random, alone: bool) -> anyhow::Result<String> {
    let many = random.between(2, 5);
    let ended: Vec<_> = thread::scope(|scope| {
        let started = (0..many).map(|number| {
            let arguments: &[&str] = if number % 2 == 0 { &["generate", "--full"] } else { &["generate"] };
            scope.spawn(move || scenario.program.run(arguments))
        });
        let started: Vec<_> = started.collect();
        started.into_iter().map(|started| started.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread panicked")))).collect()
    });
    for ended in ended {
        let ended = ended?;
        if alone && !ended.is_success() {
            scenario.log.finding(format!("`ardoise generate` failed beside other runs: {}", ended.summary()));
        }
    }
    Ok(format!("{many} `ardoise generate` at the same time, beside serve"))
}
