//! The parts of `serve`: a slow or dead receiver delays neither other parts nor the stop.
#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use super::harness::{Running, Site, ardoise, wait_for};

/// `serve` with its log in a file.
fn serve(site: &Site) -> Running {
    let log = File::create(site.path("log")).expect("made");
    let child = ardoise(site.folder.path()).arg("serve").stdout(Stdio::null()).stderr(log).spawn().expect("it starts");
    let mut running = Running::over(child, String::new());
    let url = || said(site).lines().find_map(|line| line.split_once("taking comments in on ").map(|(_, url)| url.trim().to_owned()));
    wait_for("it to listen", || url().is_some());
    running.url = url().expect("an address");
    running
}

fn said(site: &Site) -> String {
    std::fs::read_to_string(site.path("log")).unwrap_or_default()
}

fn settings(site: &Site, more: &str) {
    let settings = std::fs::read_to_string(site.path("ardoise.toml")).expect("settings");
    let settings = settings.split("[store]").next().unwrap_or_default();
    site.settings(&format!("{settings}{more}"));
}

/// Whether the other side has closed the connection.
fn is_closed(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("set");
    let read = (&mut &*stream).read(&mut [0; 512]);
    stream.set_nonblocking(false).expect("set");
    matches!(read, Ok(0)) || read.is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock)
}

/// Reads a request and answers it.
fn answer(stream: &mut TcpStream) -> String {
    let (mut request, mut buffer) = (String::new(), [0; 4096]);
    let is_whole = |request: &str| {
        let (head, body) = request.split_once("\r\n\r\n")?;
        let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        Some(body.len() >= length.unwrap_or(0_usize))
    };
    while is_whole(&request) != Some(true) {
        let bytes = stream.read(&mut buffer).expect("a request");
        assert!(bytes > 0, "the request ends early: {request}");
        request += std::str::from_utf8(&buffer[..bytes]).expect("ASCII");
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").expect("answered");
    request
}

#[test]
fn a_slow_receiver_delays_no_other_and_not_the_stop() {
    let site = Site::new(&["/a/"]);
    let [mail, mute, hook] = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    let [mail_at, mute_at, hook_at] = [&mail, &mute, &hook].map(|listener| listener.local_addr().expect("an address"));
    settings(
        &site,
        &format!(
            "[[moderator]]\nname = \"Ines\"\nemail = \"ines@example.org\"\n\
             [mail]\nserver = \"{mail_at}\"\ntls = \"none\"\nfrom = \"c@example.org\"\ngather = 0\n\
             [[webhook]]\nname = \"a-mute\"\nurl = \"http://{mute_at}/\"\n[[webhook]]\nname = \"hook\"\nurl = \"http://{hook_at}/\"\n"
        ),
    );
    let service = serve(&site);
    let told = |text: &str| {
        service.submit("/a/", text);
        answer(&mut hook.accept().expect("a connection").0)
    };
    assert!(told("First").contains("First"));
    // Both have accepted by now, or will, and say nothing.
    let silent = [mail.accept().expect("mail").0, mute.accept().expect("a webhook").0];
    let mut first = [0; 1];
    (&silent[1]).read_exact(&mut first).expect("a request begins");
    assert!(told("Second").contains("Second"), "the other one is told while these wait");
    assert!(!is_closed(&silent[0]), "they still do");
    service.signal("-TERM");
    assert!(service.wait().success());
    assert!(said(&site).contains("has not answered in time; its last messages are sent again"), "they were left behind:\n{}", said(&site));
    assert!(said(&site).contains("stopped"));
}

#[test]
fn a_mail_server_that_says_nothing_is_named_by_check() {
    let site = Site::new(&["/a/"]);
    let mute = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = mute.local_addr().expect("an address");
    settings(&site, &format!("[mail]\nserver = \"{at}\"\ntls = \"none\"\nfrom = \"c@example.org\"\nreplies = true\n"));
    let checked = site.try_ardoise(&["check"]);
    let text = format!("{}{}", String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
    assert!(!checked.status.success() && text.contains("it gave no answer within 5 s") && !text.contains("os error"), "{text}");
}

#[test]
fn an_older_tree_in_the_place_of_the_published_one_is_mended_and_logged() {
    let site = Site::new(&["/a/"]);
    let service = serve(&site);
    let shows = |text: &str| site.read("a/index.json").is_some_and(|article| article.to_string().contains(text));
    let publish = |text: &str| {
        site.ardoise(&["approve", &service.submit("/a/", text)]);
        wait_for("it to be published", || shows(text));
    };
    let copy = |from: &str, to: &str| Command::new("cp").arg("-a").args([site.path(from), site.path(to)]).status().expect("cp runs");
    publish("First");
    // Stopped for each change of a folder: a generator removes temporary files, which `cp` would miss, and makes a folder that is missing.
    service.signal("-STOP");
    assert!(copy("published", "backup").success());
    service.signal("-CONT");
    publish("Second");
    service.signal("-STOP");
    std::fs::rename(site.path("published"), site.path("newer")).expect("moved");
    assert!(copy("backup", "published").success());
    service.signal("-CONT");
    wait_for("it to be mended", || shows("Second"));
    wait_for("a line in the log", || said(&site).contains("WARN the published tree is not the folder that was last written"));
}

#[test]
fn signals_that_mean_nothing_to_a_service_are_survived() {
    let site = Site::new(&["/a/"]);
    let service = serve(&site);
    for signal in ["HUP", "USR1", "USR2", "ALRM", "IO", "PIPE"] {
        service.signal(&format!("-{signal}"));
        if signal != "PIPE" {
            wait_for(signal, || said(&site).contains(&format!("SIG{signal}")));
        }
        service.submit("/a/", signal);
    }
    service.signal("-TERM");
    assert!(service.wait().success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_hangs_ends_with_the_service() {
    let site = Site::new(&["/a/"]);
    settings(&site, "[publish]\non_change = \"echo $$ > hanging; sleep 600\"\n");
    let service = serve(&site);
    let id = service.submit("/a/", "Hello");
    site.ardoise(&["approve", &id]);
    wait_for("the command", || std::fs::read_to_string(site.path("hanging")).is_ok_and(|pid| pid.ends_with('\n')));
    service.signal("-TERM");
    assert!(service.wait().success());
    let pid = std::fs::read_to_string(site.path("hanging")).expect("a number");
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z"), "it is gone: {state}");
    assert!(said(&site).contains("on_change was ended because Ardoise stopped") && said(&site).contains("stopped"), "{}", said(&site));
}
