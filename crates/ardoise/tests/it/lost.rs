//! PostgreSQL goes away and comes back, and several processes share it.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::harness::{Site, wait_for};
use crate::database::Database;

/// Refuses new connections until this is undone, and closes the existing ones.
fn lose(site: &Site, lost: bool) {
    let database = site.database.as_ref().expect("PostgreSQL");
    let name = database.name();
    database.execute_on_server(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {}", !lost));
    database.execute_on_server(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
}

/// What must never be shown.
fn password(site: &Site) -> String {
    let url = site.database.as_ref().expect("PostgreSQL").url();
    let (user, _) = url.split_once('@').expect("a user");
    user.rsplit(':').next().expect("a password").to_owned()
}

#[test]
fn a_lost_database_is_a_503_and_all_resumes_by_itself() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let before = service.submit("/a/", "before");
    site.ardoise(&["approve", &before]);
    wait_for("the first comment", || site.count("/a/") == 1);
    lose(&site, true);
    let answer = service.post_json(&json!({ "article": "/a/", "author": "Ada", "text": "meanwhile" }));
    assert_eq!((answer.status, answer.header("retry-after")), (503, "10"), "{}", answer.body);
    assert_eq!(service.get("/health").status, 503);
    lose(&site, false);
    wait_for("the service", || service.get("/health").status == 200);
    let after = service.submit("/a/", "after");
    site.ardoise(&["approve", &after]);
    wait_for("the second comment", || site.count("/a/") == 2);
    assert_eq!(site.ardoise(&["generate", "--check"]), "");
}

#[test]
fn when_the_one_that_generates_dies_another_takes_its_place() {
    takes_its_place(&Site::new(&["/a/"]));
}

/// Each transaction has another session there, and what one process keeps in a session another one finds.
#[test]
fn behind_a_pooler_too() {
    let site = Site::on(Some(Database::pooled()), &["/a/"]);
    takes_its_place(&site);
    let said = site.ardoise(&["check"]);
    assert!(said.contains("through a connection pooler, commits flushed (on)"), "{said}");
}

fn takes_its_place(site: &Site) {
    let mut services = vec![site.serve(), site.serve()];
    for n in 0..4u64 {
        let id = services[0].submit("/a/", &n.to_string());
        site.ardoise(&["approve", &id]);
        wait_for("the comment, whoever publishes it", || site.count("/a/") == n + 1);
        let mut killed = services.remove(0);
        killed.child.kill().expect("killed");
        killed.child.wait().expect("it is gone");
        services.push(site.serve());
    }
    assert_eq!(site.ardoise(&["generate", "--check"]), "");
    let said = site.ardoise(&["check"]);
    assert!(said.contains("a running `ardoise serve` publishes them"), "{said}");
}

#[test]
fn check_tells_a_wrong_url_from_a_server_that_is_down() {
    let site = Site::new(&["/a/"]);
    let check = |url: &str| {
        let settings = std::fs::read_to_string(site.path("ardoise.toml")).expect("settings");
        let (before, _) = settings.split_once("[store]").expect("a store");
        std::fs::write(site.path("ardoise.toml"), format!("{before}[store]\nurl = \"{url}\"\n")).expect("written");
        let output = site.try_ardoise(&["check"]);
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    site.ardoise(&["migrate"]);
    let fine = check(&site.database.as_ref().expect("PostgreSQL").url());
    assert!(fine.contains("ok     database") && fine.contains("PostgreSQL ") && !fine.contains(&password(&site)), "{fine}");
    let down = check("postgres://me:secret@127.0.0.1:1/db");
    assert!(down.contains("WRONG  database") && down.contains("is the server running") && !down.contains("secret"), "{down}");
    let nowhere = check("postgres://me:secret@no.such.host.invalid/db");
    assert!(nowhere.contains("correct [store] url") && !nowhere.contains("secret"), "{nowhere}");
}

#[test]
fn a_site_moves_to_another_database() {
    let site = Site::new(&["/a/"]);
    let id = site.serve().submit("/a/", "Hello");
    let from = site.database.as_ref().expect("PostgreSQL").url();
    let to = format!("sqlite:{}", site.path("moved.db").display());
    let copied = site.ardoise(&["copy", "--from", &from, "--to", &to]);
    assert!(copied.contains("1 article, 1 comment, 0 decisions"), "{copied}");
    let again = site.try_ardoise(&["copy", "--from", &from, "--to", &to]);
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(!again.status.success() && said.contains("name one without comments") && !said.contains(&password(&site)), "{said}");
    let missing = site.try_ardoise(&["copy", "--from", "sqlite:no.db", "--to", &to]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("there is no such file") && !site.path("no.db").exists());
    let malformed = site.try_ardoise(&["copy", "--from", "pgsql://me:secret@localhost/db", "--to", &to]);
    let said = String::from_utf8_lossy(&malformed.stderr).into_owned();
    assert!(said.contains("--from: \"pgsql\" names no database") && !said.contains("secret"), "{said}");
    let settings = std::fs::read_to_string(site.path("ardoise.toml")).expect("settings").replace(&from, &to);
    std::fs::write(site.path("ardoise.toml"), settings).expect("written");
    assert_eq!(site.json(&["pending", "--json"])[0]["id"], id);
}

/// Files of the new settings lie in the tree, and its mark must not go on speaking for the old ones.
#[cfg(unix)]
#[test]
fn other_settings_that_came_half_way_are_not_taken_for_the_old_ones() {
    use std::os::unix::process::ExitStatusExt;
    let site = Site::new(&["/a/", "/b/"]);
    let settings = std::fs::read_to_string(site.path("ardoise.toml")).expect("read");
    {
        let service = site.serve();
        // The files of one fit into what may be written, those of the other do not.
        for (article, words) in [("/a/", 1), ("/b/", 400)] {
            let id = service.submit(article, &"word ".repeat(words));
            site.ardoise(&["approve", &id]);
        }
        wait_for("both files", || site.read("a/index.json").is_some() && site.read("b/index.json").is_some());
    }
    site.ardoise(&["generate"]);
    std::fs::write(site.path("ardoise.toml"), format!("{settings}[publish]\navatars = false\nfeeds = \"none\"\n")).expect("written");
    // Whoever writes a larger file is killed by the system: in blocks of 512 or 1024 bytes.
    let limited = format!("ulimit -f 1; exec {} generate", env!("CARGO_BIN_EXE_ardoise"));
    let killed = std::process::Command::new("sh").args(["-c", &limited]).current_dir(site.folder.path()).status().expect("it starts");
    assert!(killed.signal().is_some(), "it was killed: {killed}");
    std::fs::write(site.path("ardoise.toml"), &settings).expect("written");
    site.ardoise(&["generate"]);
    assert_eq!(site.ardoise(&["generate", "--check"]), "");
}
