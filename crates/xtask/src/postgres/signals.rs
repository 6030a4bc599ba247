use std::path::Path;
use std::process::Command;

use crate::commands::output_of;

/// Returns the processes of a cluster, by their working folder. Each of them has its own process group and session.
pub(super) fn of(data: &Path) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let works_there = |process: &std::fs::DirEntry| std::fs::read_link(process.path().join("cwd")).is_ok_and(|folder| folder == data);
    processes.filter(works_there).filter_map(|process| process.file_name().to_str()?.parse().ok()).collect()
}

/// Sends a signal to all of them. A process that has ended meanwhile is no error.
pub(super) fn signal(name: &str, processes: &[u32]) -> anyhow::Result<()> {
    let script = r#"signal=$1; shift; for process; do kill -s "$signal" "$process" || ! kill -s 0 "$process" || exit 1; done 2>/dev/null"#;
    let mut kill = Command::new("sh");
    kill.args(["-c", script, "kill", name]).args(processes.iter().map(u32::to_string));
    output_of(&mut kill).map(drop)
}
