use pretty_assertions::assert_eq;

use super::harness::{ORIGIN, Running, Site, ardoise, wait_for};

#[test]
fn init_puts_everything_beside_a_site_and_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("hugo.toml"), "baseurl = \"https://me.example/blog/\"\n").expect("written");
    let init = || String::from_utf8(ardoise(folder.path()).arg("init").output().expect("it starts").stdout).expect("UTF-8");
    let said = init();
    assert!(
        said.contains("wrote  ./ardoise.toml") && said.contains("theme = [\"ardoise\", \"your-theme\"]") && said.contains("/ardoise.db*"),
        "{said}"
    );
    let settings = std::fs::read_to_string(path("ardoise.toml")).expect("settings");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path("ardoise.toml")).expect("settings").permissions().mode();
        assert_eq!(mode & 0o007, 0, "passwords will stand in it");
    }
    assert!(settings.contains("origin = \"https://me.example\"") && settings.contains("path = \"/blog/\""), "{settings}");
    for file in ["layouts/partials/ardoise/comments.html", "i18n/fr.toml", "static/ardoise.js", "hugo.toml"] {
        assert!(path("themes/ardoise").join(file).exists(), "{file}");
    }
    // Hugo mounts no folder that comes later.
    assert!(path("published").is_dir());
    std::fs::write(path("themes/ardoise/static/ardoise.css"), "mine").expect("written");
    std::fs::write(path("ardoise.toml"), "mine").expect("written");
    assert!(init().contains("kept   ./ardoise.toml (it was there already)"));
    assert_eq!(std::fs::read_to_string(path("ardoise.toml")).expect("settings"), "mine");
    assert_eq!(std::fs::read_to_string(path("themes/ardoise/static/ardoise.css")).expect("a stylesheet"), "mine");
}

#[test]
fn lists_are_for_people_and_for_scripts() {
    let site = Site::new(&["/a/", "/b/"]);
    let id = site.serve().submit("/a/", "Hello\nthere");
    let line = site.ardoise(&["pending"]);
    let fields: Vec<_> = line.trim_end().split('\t').collect();
    assert_eq!((fields[0], fields[2], fields[3], fields[4]), (&*id, "/a/", "Ada", "Hello there"));
    assert_eq!(site.json(&["pending", "--json"])[0]["text"], "Hello\nthere");
    assert!(site.ardoise(&["show", &id[..5]]).contains("\nHello\nthere\n"));
    assert_eq!(site.ardoise(&["approve", &id]), format!("{id} approved (was pending) /a/\n"));
    assert_eq!(site.ardoise(&["approve", &id]), format!("{id} approved (already) /a/\n"));
    assert_eq!(site.json(&["spam", &id, "--json"])[0]["before"], "approved");
    assert_eq!(site.json(&["show", &id, "--json"])["decisions"][1]["status"], "spam");
    let catalogue = site.json(&["catalogue", "--json"]);
    assert_eq!(
        (&catalogue[0]["path"], &catalogue[0]["title"], &catalogue[0]["page"]),
        (&"/a/".into(), &"About /a/".into(), &"a/index.html".into())
    );
    assert!(catalogue[0].as_object().is_some_and(|article| ["date", "closes", "language"].iter().all(|key| article.contains_key(*key))));
    assert_eq!(site.ardoise(&["catalogue"]).lines().nth(1), Some("/b/\tAbout /b/\tyes\t0\t0\tb/index.html"));
    // A site generator may be at work just now: a list of what is there changes nothing.
    std::fs::rename(site.path("public/b"), site.path("away")).expect("moved");
    assert!(!site.ardoise(&["catalogue"]).contains("/b/"));
    assert_eq!(site.text("SELECT path FROM articles WHERE is_present AND path = '/b/'"), "/b/");
    std::fs::rename(site.path("away"), site.path("public/b")).expect("moved back");
}

#[test]
fn an_error_says_what_and_where() {
    let site = Site::new(&["/a/"]);
    let error = |arguments: &[&str]| {
        let output = site.try_ardoise(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    site.ardoise(&["migrate"]);
    assert_eq!(error(&["approve", "zzzz"]), "ardoise: there is no comment \"zzzz\"\n");
    assert!(error(&["serve", "--config", "nowhere.toml"]).contains("there is no nowhere.toml, which --config or ARDOISE_CONFIG names"));
    assert!(error(&["init", "--config", "other.toml"]).contains("`init` writes ./ardoise.toml, not other.toml"));
    site.settings("[site]\norigin = \"https://blog.example.org\"\nbilt = \"public\"\n");
    let unknown = error(&["pending"]);
    assert!(unknown.contains("ardoise.toml") && unknown.contains("line 3") && unknown.contains("unknown field `bilt`"), "{unknown}");
}

#[test]
fn check_says_what_is_wrong_and_how_to_mend_it() {
    let site = Site::new(&["/a/"]);
    let check = || {
        let output = site.try_ardoise(&["check"]);
        (output.status.success(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let (fine, said) = check();
    assert!(fine && said.contains("ok     built site     1 articles on 1 pages"), "{said}");
    assert!(!site.path("ardoise.db").exists() && !site.path("published").exists(), "a check leaves nothing behind");

    std::fs::write(site.path("public/a/index.html"), "<p>no mark").expect("written");
    let (fine, said) = check();
    assert!(!fine && said.contains("WRONG  built site") && said.contains("put the `ardoise/comments.html` partial"), "{said}");

    site.settings("[site]\norigin = \"https://blog.example.org\"\nbuilt = \"public\"\n[publish]\nto = \"public/ardoise\"\n[store]\nurl = \"sqlite:no/such/a.db\"\n");
    std::fs::create_dir_all(site.path("public/ardoise")).expect("made");
    std::fs::write(site.path("public/ardoise/mine.txt"), "").expect("written");
    let (fine, said) = check();
    assert!(!fine && said.contains("has files that Ardoise did not write") && said.contains("lie in each other"), "{said}");
    assert!(said.contains("WRONG  database"), "{said}");
}

#[test]
fn dev_needs_neither_hugo_nor_settings() {
    let folder = tempfile::tempdir().expect("a folder");
    let dev = || Running::start(ardoise(folder.path()).args(["dev", "--port", "0", "--auto-approve"]));
    let running = dev();
    let home = running.get("/");
    assert!(home.status == 200 && home.body.contains("data-ardoise-count"), "{}", home.body);
    assert_eq!((running.get("/no/such/page/").status, running.get("/ardoise.js").status, running.get("/comments").status), (404, 200, 405));
    let catalogue =
        ardoise(folder.path()).args(["catalogue", "--json", "--config", "ardoise-dev/ardoise.toml"]).output().expect("it starts");
    let catalogue: serde_json::Value = serde_json::from_slice(&catalogue.stdout).expect("JSON");
    let paths: Vec<_> = catalogue.as_array().expect("a list").iter().map(|row| row["path"].as_str().expect("a path").to_owned()).collect();
    assert!(paths.len() >= 10 && paths.iter().any(|path| !path.is_ascii()), "{paths:?}");
    for path in &paths {
        running.submit(path, "Hello");
    }
    let counted = |running: &Running| running.get("/ardoise/counts.json").json()["counts"].as_object().map_or(0, serde_json::Map::len);
    wait_for("a count for each article", || counted(&running) == paths.len());
    drop(running);
    assert_eq!(counted(&dev()), paths.len(), "what was tried is still there the next day");
}

#[test]
fn dev_serves_a_folder_of_built_pages() {
    let site = Site::new(&["/été/"]);
    std::fs::write(site.path("public/index.html"), "<h1>Home</h1>").expect("written");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let public = site.path("public");
    let running = Running::start(ardoise(elsewhere.path()).args(["dev", "--port", "0", "--auto-approve"]).arg(&public));
    assert_eq!(running.get("/%C3%A9t%C3%A9/").status, 200);
    running.submit("/%C3%A9t%C3%A9/", "Hello");
    wait_for("its file", || running.get("/ardoise/%C3%A9t%C3%A9/index.json").status == 200);
    assert!(!site.path("published").exists() && !public.join("ardoise-dev").exists(), "nothing is put into the site");
}

#[test]
fn dev_serves_a_site_that_begins_below_the_root() {
    let site = Site::new(&["/blog/a/"]);
    std::fs::rename(site.path("public/blog"), site.path("built")).expect("renamed");
    site.settings("[site]\norigin = \"https://me.example\"\nbuilt = \"built\"\npath = \"/blog/\"\n[publish]\nurl = \"/blog/ardoise/\"\n");
    let running = Running::start(ardoise(site.folder.path()).args(["dev", ".", "--port", "0", "--auto-approve"]));
    assert_eq!((running.get("/").header("location"), running.get("/blog/a/").status), ("/blog/", 200));
    running.submit("/blog/a/", "Hello");
    wait_for("its file", || running.get("/blog/ardoise/blog/a/index.json").status == 200);
}

#[test]
fn dev_removes_nothing_that_it_did_not_make() {
    let site = Site::new(&["/a/"]);
    let settings = format!("[site]\norigin = \"{ORIGIN}\"\nbuilt = \"blog\"\n");
    site.settings(&settings);
    std::fs::rename(site.path("public"), site.path("blog")).expect("renamed");
    std::fs::write(site.path("blog/novel.txt"), "ten years of work").expect("written");
    for arguments in [&["--config", "ardoise.toml", "dev", "--port", "0"][..], &["dev", ".", "--port", "0"]] {
        let running = Running::start(ardoise(site.folder.path()).args(arguments));
        assert_eq!(running.get("/a/").status, 200, "{arguments:?}");
        assert!(site.path("blog/novel.txt").exists(), "{arguments:?}");
    }

    // Somebody keeps pages where the example would be.
    let folder = tempfile::tempdir().expect("a folder");
    let dev = || ardoise(folder.path()).args(["dev", "--port", "0"]).output().expect("it starts");
    let novel = folder.path().join("ardoise-dev/blog/novel.txt");
    std::fs::create_dir_all(novel.parent().expect("a folder")).expect("made");
    std::fs::write(&novel, "ten years of work").expect("written");
    let said = String::from_utf8(dev().stderr).expect("UTF-8");
    assert!(novel.exists() && said.contains("has files in it that Ardoise did not put there"), "{said}");
}

#[test]
fn dev_says_what_is_in_the_way_and_touches_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Running::start(ardoise(folder.path()).args(["dev", "--port", "0"]));
    let port = first.url.rsplit(':').next().expect("a port").to_owned();
    let home = folder.path().join("ardoise-dev/blog/index.html");
    let made = || std::fs::metadata(&home).and_then(|metadata| metadata.created()).ok();
    let before = made();
    let second = ardoise(folder.path()).args(["dev", "--port", &port]).output().expect("it starts");
    let said = String::from_utf8(second.stderr).expect("UTF-8");
    assert!(!second.status.success() && said.contains(&format!("port {port} is in use")) && said.contains("--port 0"), "{said}");
    assert!(!said.contains("[service]"), "whoever tries it out has seen no settings: {said}");
    assert_eq!(made(), before, "the first one's pages are left alone");

    let site = Site::new(&["/a/"]);
    std::fs::remove_dir_all(site.path("public")).expect("removed");
    let unbuilt = site.try_ardoise(&["dev", ".", "--port", "0"]);
    assert!(String::from_utf8_lossy(&unbuilt.stderr).contains("is not there: build the site first"));
    let inside = Site::new(&["/a/"]);
    std::fs::write(inside.path("public/index.html"), "<h1>Home</h1>").expect("written");
    let inside = ardoise(&inside.path("public")).args(["dev", ".", "--port", "0"]).output().expect("it starts");
    assert!(String::from_utf8_lossy(&inside.stderr).contains("run this from another folder"));
}

#[cfg(unix)]
#[test]
fn a_reader_of_the_first_lines_ends_nothing_in_a_panic() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    for n in 0..50 {
        service.submit("/a/", &format!("{n} {}", "x".repeat(5000)));
    }
    for command in ["pending --json", "pending", "check", "generate --check", "catalogue"] {
        let script = format!("{} {command} | true", env!("CARGO_BIN_EXE_ardoise"));
        let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(site.folder.path()).output().expect("sh");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    }
}

#[test]
fn a_link_to_the_queue_leads_to_where_dev_listens() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start(ardoise(folder.path()).args(["dev", "--port", "0"]));
    let link = || {
        let output =
            ardoise(folder.path()).args(["moderator", "link", "--config", "ardoise-dev/ardoise.toml"]).output().expect("it starts");
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    };
    wait_for("the address to be known", || folder.path().join("ardoise-dev/.ardoise-dev").exists());
    let led = link();
    assert!(led.starts_with(&format!("{}/moderation/sign-in/", running.url)), "{led}");
    let address = running.agent.get(&led).call().expect("an answer");
    assert_eq!(address.status(), 200, "it signs in");
    // After a kill the address file stays, and is ignored.
    drop(running);
    assert!(link().starts_with("http://127.0.0.1:8100/moderation/sign-in/"), "{}", link());
}

#[test]
fn two_listeners_on_one_address_are_named() {
    let site = Site::new(&[]);
    site.settings(
        "[site]\norigin = \"https://a.example\"\n[service]\nlisten = \"127.0.0.1:8190\"\n[moderation]\nlisten = \"127.0.0.1:8190\"\n",
    );
    let said = String::from_utf8(site.try_ardoise(&["serve"]).stderr).expect("UTF-8");
    assert!(said.contains("[service] listen and [moderation] listen are both"), "{said}");
}

#[test]
fn generate_speaks_json_too() {
    let site = Site::new(&["/a/"]);
    let id = site.serve().submit("/a/", "Hello");
    site.ardoise(&["approve", &id]);
    let missing = site.try_ardoise(&["generate", "--check", "--json"]);
    let listed: serde_json::Value = serde_json::from_slice(&missing.stdout).expect("JSON");
    assert!(
        !missing.status.success() && listed.as_array().is_some_and(|all| all.iter().any(|one| one["file"] == "a/index.json")),
        "{listed}"
    );
    assert_eq!(site.json(&["generate", "--json"])["articles"][0], "/a/");
    assert_eq!(site.json(&["generate", "--check", "--json"]), serde_json::json!([]));
}
