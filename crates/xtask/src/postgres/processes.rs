use std::path::Path;
use std::process::Command;

use crate::programs::quietly;

/// The processes of a cluster: those that work in its folder. Each of PostgreSQL's is a group and a session of its own.
pub(super) fn of(data: &Path) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let works_there = |process: &std::fs::DirEntry| std::fs::read_link(process.path().join("cwd")).is_ok_and(|folder| folder == data);
    processes.filter(works_there).filter_map(|process| process.file_name().to_str()?.parse().ok()).collect()
}

/// Sends all of them a signal. One that has ended in the meantime is no failure.
pub(super) fn signal(name: &str, processes: &[u32]) -> anyhow::Result<()> {
    let script = r#"signal=$1; shift; for process; do kill -s "$signal" "$process" || ! kill -s 0 "$process" || exit 1; done 2>/dev/null"#;
    let mut kill = Command::new("sh");
    kill.args(["-c", script, "kill", name]).args(processes.iter().map(u32::to_string));
    quietly(&mut kill).map(drop)
}
