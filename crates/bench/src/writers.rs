//! The programs that accept submissions.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

use crate::context::{Bench, sync};
use crate::load::{Load, Outcome};
use crate::process::{Running, free_port, signal};
use crate::site::Site;
use crate::tools::source;
use crate::usage::Processes;

/// A running program that accepts submissions.
pub(crate) struct Writer<'a> {
    bench: &'a Bench,
    running: Running,
    port: u16,
    /// Arguments of the script: the status of success, and which program's form it sends.
    arguments: &'static [&'static str],
}

/// The system calls that wait for the disk.
const FLUSHES: [&str; 6] = ["fsync", "fdatasync", "sync_file_range", "msync", "sync", "syncfs"];

impl<'a> Writer<'a> {
    /// Starts `ardoise serve` on the database at `url`, or on a new file.
    pub(crate) fn ardoise(bench: &'a Bench, folder: &str, url: Option<&str>) -> anyhow::Result<Self> {
        let site = Site::new(bench, folder, url)?;
        Ok(Self { bench, running: site.serve()?, port: site.port, arguments: &["202"] })
    }

    /// Starts Isso alone: `isso run`.
    pub(crate) fn isso(bench: &'a Bench) -> anyhow::Result<Self> {
        let script = "import sys, isso; sys.argv = ['isso', '-c', 'isso.cfg', 'run']; isso.main()";
        Self::isso_by(bench, free_port()?, "isso", &["-c", script])
    }

    /// Starts Isso under Gunicorn with four workers, the fastest of three variants on an idle machine.
    pub(crate) fn isso_gunicorn(bench: &'a Bench) -> anyhow::Result<Self> {
        let port = free_port()?;
        let bind = format!("127.0.0.1:{port}");
        let gunicorn = ["-m", "gunicorn", "--bind", &bind, "--workers", "4", "--preload", "--no-control-socket", "isso.run"];
        Self::isso_by(bench, port, "isso-gunicorn", &gunicorn)
    }

    fn isso_by(bench: &'a Bench, port: u16, folder: &str, arguments: &[&str]) -> anyhow::Result<Self> {
        let folder = bench.folder.join(folder);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("isso.cfg"), isso_settings(port))?;
        let mut python = bench.tools.isso.command();
        python.args(arguments).env("ISSO_SETTINGS", "isso.cfg").current_dir(&folder);
        let mut running = Running::start(&python, &folder.join("isso.log"))?;
        running.wait_until_listening(port)?;
        Ok(Self { bench, running, port, arguments: &["201", "isso"] })
    }

    /// Sends submissions over this many connections for this many seconds.
    pub(crate) fn load(&self, connections: u32, seconds: u64) -> anyhow::Result<Outcome> {
        let load = Load {
            wrk: &self.bench.tools.wrk,
            script: source("submissions.lua"),
            arguments: self.arguments.iter().map(|&argument| argument.to_owned()).collect(),
            url: format!("http://127.0.0.1:{}", self.port),
            connections,
            log: self.bench.folder.join("wrk.log"),
        };
        sync(&self.bench.folder)?;
        let outcome = load.run(seconds, &[self.running.pid()])?;
        ensure!(
            outcome.answers > 0,
            "nothing was accepted in {seconds} s over {connections} connections; its log:\n{}",
            self.running.output()
        );
        Ok(outcome)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.pid()
    }
}

/// Publishes everything at once without limits, which is the least work for Isso.
fn isso_settings(port: u16) -> String {
    format!(
        "[general]\ndbpath = comments.db\nhost = http://127.0.0.1:{port}/\nnotify =\n[server]\nlisten = http://127.0.0.1:{port}\n\
         [moderation]\nenabled = false\n[guard]\nenabled = false\n"
    )
}

/// Returns the flushes of `ardoise serve` per accepted submission, including those of its start and stop.
pub(crate) fn flushes_each(bench: &Bench, connections: u32, seconds: u64) -> anyhow::Result<f64> {
    let site = Site::new(bench, "flushes", None)?;
    let counts = site.folder.join("flushes");
    let serve = site.ardoise(&["serve"]);
    let mut strace = Command::new(&bench.tools.strace);
    // With this filter, strace stops the program at no other system call, so the program is about as fast as without it.
    strace.args(["-f", "--seccomp-bpf", "-c", "-e", &format!("trace={}", FLUSHES.join(",")), "-o"]).arg(&counts);
    strace.arg(serve.get_program()).args(serve.get_args()).current_dir(&site.folder).env_remove("ARDOISE_CONFIG");
    let mut running = Running::start(&strace, &site.log())?;
    running.wait_until_listening(site.port)?;
    let pid = running.pid();
    let writer = Writer { bench, running, port: site.port, arguments: &["202"] };
    let outcome = writer.load(connections, seconds)?;
    let below = Processes::now()?.below(pid).into_iter();
    let traced: Vec<String> = below.filter(|&found| found != pid).map(|found| found.to_string()).collect();
    signal("TERM", &traced)?;
    writer.running.wait()?;
    Ok(flush_calls(&counts)? as f64 / outcome.answers as f64)
}

/// Parses lines of `% time, seconds, usecs/call, calls, errors (optional), name`.
fn flush_calls(counts: &Path) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(counts).with_context(|| counts.display().to_string())?;
    let calls = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if fields.last().is_some_and(|name| FLUSHES.contains(name)) { fields.get(3)?.parse::<u64>().ok() } else { None }
    };
    let all = text.lines().filter_map(calls).sum();
    ensure!(all > 0, "strace recorded no flush, which would be a fault of the database; its output:\n{text}");
    Ok(all)
}
