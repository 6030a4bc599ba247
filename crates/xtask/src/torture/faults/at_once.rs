//! Generators at once: beside `serve`, several command lines.

use std::thread;

use crate::torture::leg::Leg;
use crate::torture::random::Random;

pub(crate) fn generate(leg: &Leg<'_>, random: &mut Random, alone: bool) -> anyhow::Result<String> {
    let many = random.between(2, 5);
    let ended: Vec<_> = thread::scope(|scope| {
        let started = (0..many).map(|number| {
            let arguments: &[&str] = if number % 2 == 0 { &["generate", "--full"] } else { &["generate"] };
            scope.spawn(move || leg.program.run(arguments))
        });
        let started: Vec<_> = started.collect();
        started.into_iter().map(|started| started.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread panicked")))).collect()
    });
    for ended in ended {
        let ended = ended?;
        if alone && !ended.succeeded() {
            leg.log.finding(format!("`ardoise generate` failed beside others: {}", ended.words()));
        }
    }
    Ok(format!("{many} `ardoise generate` at once beside serve"))
}
