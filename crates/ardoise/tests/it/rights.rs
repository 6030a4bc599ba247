//! Files of another user. As root, the program runs as `nobody`; otherwise the modes of the files forbid access.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::harness::{ORIGIN, Running, Site, wait_for};

const NOBODY: u32 = 65534;

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0)
}

/// The program where `nobody` may run it too: the checkout may lie in a folder that is hidden from them.
fn program() -> &'static Path {
    static COPY: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = COPY.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        mode(folder.path(), 0o755);
        let program = folder.path().join("ardoise");
        std::fs::copy(env!("CARGO_BIN_EXE_ardoise"), &program).expect("copied");
        (folder, program)
    });
    program
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
}

/// `ardoise` as a user without permissions.
fn held_back(site: &Site) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]).arg(program());
        command
    } else {
        Command::new(program())
    };
    command.current_dir(site.folder.path()).env_remove("ARDOISE_CONFIG").env_remove("ARDOISE_LOG");
    command
}

fn run(site: &Site, arguments: &[&str]) -> (Output, String) {
    let mut child = held_back(site).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // What should fail at the start may go on for ever.
    let begun = Instant::now();
    while child.try_wait().expect("a process").is_none() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let output = child.wait_with_output().expect("it ends");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

/// A site whose folder and files belong to the service.
fn site() -> Site {
    let site = Site::new(&["/a/"]);
    mode(site.folder.path(), 0o755);
    ours(site.folder.path());
    ours(&site.path("ardoise.toml"));
    site
}

fn ours(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).expect("given");
    }
}

/// Makes the service unable to write to it: it is root's, or its mode forbids.
fn forbid(path: &Path, forbidden: u32) {
    if is_root() {
        chown(path, Some(0), Some(0)).expect("taken");
    }
    mode(path, forbidden);
}

/// The message names the file, its owner, the current user, and the command that mends it.
#[track_caller]
fn names(said: &str, path: &Path) {
    let id = |arguments: &[&str]| {
        String::from_utf8(Command::new("id").args(arguments).output().expect("id").stdout).expect("UTF-8").trim().to_owned()
    };
    let (owner, us) = if is_root() { ("root".to_owned(), "nobody".to_owned()) } else { (id(&["-un"]), id(&["-un"])) };
    let mend = if is_root() { "sudo ch".to_owned() } else { "chmod u+rw".to_owned() };
    for word in [&*path.to_string_lossy(), &format!("belongs to {owner}"), &format!("this runs as {us}"), &mend] {
        assert!(said.contains(word), "{word:?} is missing in: {said}");
    }
}

#[test]
fn a_database_of_another_user_is_named_with_what_mends_it() {
    let site = site();
    site.ardoise(&["migrate"]);
    let database = site.path("ardoise.db");
    for mode in [0o400, 0o444] {
        forbid(&database, mode);
        every(&site, &database);
    }
}

/// Every command that needs the database names what is in the way.
#[track_caller]
fn every(site: &Site, database: &Path) {
    for arguments in [&["serve"][..], &["pending"], &["check"]] {
        let (output, said) = run(site, arguments);
        assert!(!output.status.success(), "{arguments:?}: {said}");
        names(&said, database);
        assert!(!is_root() || said.contains(&format!("sudo chown nobody {}", database.display())), "{said}");
    }
}

#[test]
fn a_database_in_a_folder_of_another_user_is_named_with_what_mends_it() {
    let site = site();
    let folder = site.path("copies");
    std::fs::create_dir(&folder).expect("made");
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n[store]\nurl = \"sqlite:copies/a.db\"\n[service]\nlisten = \"127.0.0.1:0\"\n"));
    site.ardoise(&["migrate"]);
    ours(&folder.join("a.db"));
    forbid(&folder, 0o555);
    for arguments in [&["serve"][..], &["pending"], &["check"]] {
        let (output, said) = run(&site, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        names(&said, &folder);
    }
    mode(&folder, 0o755);
}

#[test]
fn what_root_makes_belongs_to_whom_the_folder_belongs_to() {
    let site = site();
    let service = site.serve();
    let id = service.submit("/a/", "Hello");
    drop(service);
    site.ardoise(&["approve", &id]);
    site.ardoise(&["generate"]);
    let tree = site.path("published");
    ours(&tree);
    std::fs::remove_dir_all(tree.join("a")).expect("removed");
    site.ardoise(&["generate", "--full"]);
    let owner = |path: PathBuf| std::fs::metadata(path).expect("it is there").uid();
    let folder = owner(site.folder.path().to_owned());
    assert_eq!(
        [owner(site.path("ardoise.db")), owner(tree.join("a")), owner(tree.join("a/index.json")), owner(tree.join(".ardoise"))],
        [folder; 4]
    );
    let service = Running::start(held_back(&site).arg("serve"));
    assert_eq!(service.get("/health").status, 200, "the service can use what root has made");
}

#[test]
fn a_folder_in_the_tree_that_belongs_to_another_user_is_found() {
    let site = site();
    let service = Running::start(held_back(&site).arg("serve"));
    let id = service.submit("/a/", "Hello");
    let approve = |id: &str| assert!(run(&site, &["approve", id]).0.status.success());
    approve(&id);
    wait_for("the first comment", || site.count("/a/") == 1);
    let (_, said) = run(&site, &["check"]);
    assert!(said.contains("ok     published tree"), "{said}");

    let inner = site.path("published/a");
    forbid(&inner, 0o555);
    approve(&service.submit("/a/", "Hello again"));
    let (output, said) = run(&site, &["check"]);
    assert!(!output.status.success() && said.contains("WRONG  published tree"), "{said}");
    names(&said, &inner);
    let (output, said) = run(&site, &["generate"]);
    assert!(!output.status.success(), "{said}");
    names(&said, &inner);
    // Root, whom nothing holds back, sees it as well.
    if is_root() {
        let said = String::from_utf8(site.try_ardoise(&["check"]).stdout).expect("UTF-8");
        assert!(said.contains("WRONG  published tree") && said.contains("sudo chown -R nobody"), "{said}");
        assert!(said.contains("WARN   user") && said.contains("sudo -u nobody ardoise check"), "{said}");
    }
    mode(&inner, 0o755);
}

#[test]
fn files_that_only_others_may_read_are_named_with_what_mends_it() {
    let site = site();
    let mail = "[mail]\nserver = \"localhost:1\"\ntls = \"none\"\nfrom = \"c@example.org\"\nuser = \"me\"\npassword_file = \"password\"\n";
    site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n[service]\nlisten = \"127.0.0.1:0\"\n{mail}"));
    let password = site.path("password");
    std::fs::write(&password, "hunter2").expect("written");
    forbid(&password, 0);
    let (_, said) = run(&site, &["check"]);
    names(&said, &password);
    assert!(!is_root() || said.contains("sudo chgrp nogroup "), "{said}");
    let settings = site.path("ardoise.toml");
    forbid(&settings, 0);
    for arguments in [&["serve"][..], &["check"]] {
        let (output, said) = run(&site, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        names(&said, &settings);
    }
}
