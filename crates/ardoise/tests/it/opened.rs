//! Which commands make a database, which change its tables, and what happens when it is not the one that was meant.

use std::process::Output;

use super::harness::{Site, wait_for};

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A site whose tables are of an earlier version.
fn older(site: &Site) {
    site.ardoise(&["migrate"]);
    site.sql("DELETE FROM __diesel_schema_migrations WHERE version = '20261127000010'; ALTER TABLE identity DROP COLUMN tree");
}

const LOOKING: [&[&str]; 7] =
    [&["pending"], &["log"], &["catalogue"], &["show", "7k2m"], &["generate"], &["moderator", "sessions"], &["rules", "try"]];

#[test]
fn commands_that_look_make_no_database_and_change_no_tables() {
    let site = Site::new(&["/a/"]);
    for command in LOOKING {
        let said = refused(&site.try_ardoise(command));
        assert!(said.contains("there is no database yet: `ardoise serve` makes one"), "{command:?}: {said}");
    }
    let said = site.try_ardoise(&["check"]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    assert!(!site.path("ardoise.db").exists() && !site.path("published").exists());
    older(&site);
    for command in LOOKING {
        let said = refused(&site.try_ardoise(command));
        assert!(said.contains("an older version's tables: stop `ardoise serve`, make a backup, and run `ardoise migrate`"), "{said}");
    }
    let check = site.try_ardoise(&["check"]);
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(!check.status.success() && said.contains("WRONG  database") && said.contains("an older version's tables"), "{said}");
    assert!(refused(&site.try_ardoise(&["pending"])).contains("older"), "`check` has changed nothing");
    assert!(site.ardoise(&["migrate"]).contains("has this version's tables"));
    site.ardoise(&["pending"]);
}

#[test]
fn tables_of_another_state_are_named_before_a_comment_is_lost() {
    let site = Site::new(&["/a/"]);
    site.ardoise(&["migrate"]);
    site.sql("ALTER TABLE comments RENAME COLUMN layer TO guess");
    let missing = "comments.layer is missing";
    assert!(refused(&site.try_ardoise(&["serve"])).contains(missing));
    let check = site.try_ardoise(&["check"]);
    assert!(!check.status.success() && String::from_utf8_lossy(&check.stdout).contains(missing));
    site.sql(
        "ALTER TABLE comments RENAME COLUMN guess TO layer; INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')",
    );
    for command in ["serve", "migrate", "pending"] {
        assert!(refused(&site.try_ardoise(&[command])).contains("a newer version of Ardoise has changed the database's tables"));
    }
}

#[test]
fn an_empty_database_wipes_no_published_tree() {
    let site = Site::new(&["/a/"]);
    site.serve_with_comment("/a/");
    let published = || std::fs::read(site.path("published/a/index.json")).expect("it is published");
    let before = published();
    let settings = std::fs::read_to_string(site.path("ardoise.toml")).expect("settings");
    let (without_store, _) = settings.split_once("[store]").unwrap_or((&settings, ""));
    std::fs::write(site.path("ardoise.toml"), format!("{without_store}[store]\nurl = \"sqlite:mistyped.db\"\n")).expect("written");
    let said = refused(&site.try_ardoise(&["serve"]));
    assert!(said.contains("there is no such file, but") && said.contains("mistyped path"), "{said}");
    assert!(!site.path("mistyped.db").exists(), "nor is it made");
    let check = site.try_ardoise(&["check"]);
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(!check.status.success() && said.contains("WRONG  owner"), "{said}");

    site.ardoise(&["migrate"]);
    for command in [&["serve"][..], &["generate"], &["generate", "--full"]] {
        let said = refused(&site.try_ardoise(command));
        assert!(said.contains("published from another database") && said.contains("`ardoise generate --adopt`"), "{said}");
    }
    let check = site.try_ardoise(&["check"]);
    assert!(!check.status.success() && String::from_utf8_lossy(&check.stdout).contains("WRONG  owner"));
    assert_eq!(published(), before);

    std::fs::write(site.path("ardoise.toml"), &settings).expect("written");
    site.ardoise(&["generate", "--full"]);
    assert_eq!(published(), before, "its own database goes on");
    std::fs::write(site.path("ardoise.toml"), format!("{without_store}[store]\nurl = \"sqlite:mistyped.db\"\n")).expect("written");
    site.ardoise(&["generate", "--adopt"]);
    assert!(!site.path("published/a").exists(), "now it was told to");
    site.serve();
}

impl Site {
    fn serve_with_comment(&self, article: &str) {
        let service = self.serve();
        let id = service.submit(article, "Hello");
        self.ardoise(&["approve", &id]);
        wait_for("its file and its count", || self.count(article) == 1 && self.read("a/index.json").is_some());
    }
}
