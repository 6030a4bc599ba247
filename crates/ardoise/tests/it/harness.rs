//! A site with its settings, a running `serve`, and requests, in a few lines.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, RunQueryDsl};
use serde_json::{Value, json};

use crate::database::Database;

pub(crate) const ORIGIN: &str = "https://blog.example.org";

/// A site in a folder of its own.
pub(crate) struct Site {
    pub(crate) folder: tempfile::TempDir,
    /// None: a file in the folder.
    pub(crate) database: Option<Database>,
}

impl Site {
    /// With a page for each path. No path: no catalogue.
    pub(crate) fn new(articles: &[&str]) -> Self {
        Self::on(super::POSTGRES.then(Database::new), articles)
    }

    pub(crate) fn on(database: Option<Database>, articles: &[&str]) -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder"), database };
        let built = if articles.is_empty() { "" } else { "built = \"public\"\n" };
        site.settings(&format!("[site]\norigin = \"{ORIGIN}\"\n{built}[service]\nlisten = \"127.0.0.1:0\"\n"));
        for article in articles {
            site.page(article);
        }
        site
    }

    /// Writes the settings, with the database added. Tests send from one address, so there is no limit on the rate
    /// unless they set one. Nor do they depend on whether another Ardoise listens where one does by default.
    pub(crate) fn settings(&self, text: &str) {
        let text = match text {
            _ if text.lines().any(|line| line.starts_with("rate = ")) => text.to_owned(),
            _ if text.contains("[rules]\n") => text.replacen("[rules]\n", "[rules]\nrate = 0\n", 1),
            _ => format!("{text}[rules]\nrate = 0\n"),
        };
        let listen = if text.contains("[service]\n") { "" } else { "[service]\nlisten = \"127.0.0.1:0\"\n" };
        let store = self.database.as_ref().map(|database| format!("[store]\nurl = \"{}\"\n", database.url()));
        let file = self.path("ardoise.toml");
        std::fs::write(&file, format!("{text}{listen}{}", store.unwrap_or_default())).expect("written");
        // A database's password may stand in them, which `check` looks at.
        #[cfg(unix)]
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
    }

    pub(crate) fn page(&self, article: &str) {
        let folder = self.path("public").join(article.trim_matches('/'));
        std::fs::create_dir_all(&folder).expect("made");
        let mark = format!("<section data-ardoise-article=\"{article}\" data-ardoise-title=\"About {article}\"></section>");
        let page = format!("<script src=/ardoise.js data-tree=/ardoise/ data-forms=\"1 comment|2 comments\"></script>{mark}");
        std::fs::write(folder.join("index.html"), page).expect("written");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, file: &str) -> Option<Value> {
        let text = std::fs::read(self.path("published").join(file)).ok()?;
        Some(
            serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{file} is no JSON ({error}): {}", String::from_utf8_lossy(&text))),
        )
    }

    pub(crate) fn count(&self, article: &str) -> u64 {
        self.read("counts.json").map_or(0, |counts| counts["counts"][article].as_u64().unwrap_or_default())
    }

    /// Runs a command that must succeed; returns its output.
    pub(crate) fn ardoise(&self, arguments: &[&str]) -> String {
        let output = self.try_ardoise(arguments);
        let [out, err] = [&output.stdout, &output.stderr].map(|said| String::from_utf8_lossy(said));
        assert!(output.status.success(), "ardoise {arguments:?}: {}: {out}{err}", output.status);
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ardoise(arguments)).expect("JSON")
    }

    /// What only a database can do: let time pass.
    pub(crate) fn sql(&self, sql: &str) {
        match &self.database {
            Some(database) => {
                let mut connection = diesel::PgConnection::establish(&database.url()).expect("the server");
                connection.batch_execute(sql).expect("done");
            }
            None => self.sqlite().batch_execute(sql).expect("done"),
        }
    }

    /// Runs a query that returns one text.
    pub(crate) fn text(&self, query: &str) -> String {
        let query = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(&format!("({query})")));
        match &self.database {
            Some(database) => query.get_result(&mut diesel::PgConnection::establish(&database.url()).expect("the server")),
            None => query.get_result(&mut self.sqlite()),
        }
        .expect("a text")
    }

    fn sqlite(&self) -> diesel::SqliteConnection {
        let mut connection = diesel::SqliteConnection::establish(&self.path("ardoise.db").to_string_lossy()).expect("the file");
        connection.batch_execute("PRAGMA busy_timeout = 4000; PRAGMA secure_delete = ON").expect("set");
        connection
    }

    pub(crate) fn try_ardoise(&self, arguments: &[&str]) -> Output {
        ardoise(self.folder.path()).args(arguments).output().expect("it starts")
    }

    /// `ardoise` with something on its standard input: whether it succeeded, and what it said.
    pub(crate) fn answering(&self, arguments: &[&str], input: &str) -> (bool, String) {
        self.answering_with(arguments, input, "false")
    }

    /// Does the same with an editor for texts.
    pub(crate) fn answering_with(&self, arguments: &[&str], input: &str, editor: &str) -> (bool, String) {
        let mut command = ardoise(self.folder.path());
        command.args(arguments).env_remove("VISUAL").env("EDITOR", editor);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        // It may end before it has read all.
        let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("it ends");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    }

    pub(crate) fn serve(&self) -> Running {
        Running::start(ardoise(self.folder.path()).arg("serve"))
    }
}

pub(crate) fn ardoise(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ardoise"));
    command.current_dir(folder).env_remove("ARDOISE_CONFIG").env_remove("ARDOISE_LOG");
    command
}

/// A listening process; killed when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) url: String,
    pub(crate) agent: ureq::Agent,
    /// The log up to the line with its address.
    said: String,
    /// The log until now.
    log: Arc<Mutex<String>>,
}

impl Running {
    /// Starts the process and waits until it logs its address.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let log = BufReader::new(child.stderr.take().expect("piped"));
        // From here on it is killed whatever happens.
        let mut running = Self::over(child, String::new());
        (running.url, running.said) = listening(log, running.log.clone());
        running
    }

    /// One that listens there already.
    pub(crate) fn over(child: Child, url: String) -> Self {
        let config =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(Duration::from_secs(20)));
        Self { child, url, agent: config.build().into(), said: String::new(), log: Arc::default() }
    }

    pub(crate) fn post_json(&self, body: &Value) -> Answer {
        let sent = self.agent.post(format!("{}/comments", self.url)).content_type("application/json").send(body.to_string());
        Answer::from(sent.expect("an answer"))
    }

    pub(crate) fn post_form(&self, to: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.post(format!("{}{to}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::from(request.send_form(fields.iter().copied()).expect("an answer"))
    }

    pub(crate) fn post_raw(&self, to: &str, content_type: &str, body: &[u8]) -> Answer {
        Answer::from(self.agent.post(format!("{}{to}", self.url)).content_type(content_type).send(body).expect("an answer"))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        Answer::from(self.agent.get(format!("{}{path}", self.url)).call().expect("an answer"))
    }

    /// Submits a comment that must be accepted; returns its id.
    pub(crate) fn submit(&self, article: &str, text: &str) -> String {
        let answer = self.post_json(&json!({ "article": article, "author": "Ada", "text": text }));
        assert_eq!(answer.status, 202, "{}", answer.body);
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    /// Returns the log until now, which lags a little behind.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("whole").clone()
    }

    /// The rest of a line of its log.
    pub(crate) fn said(&self, beginning: &str) -> &str {
        let lines = self.said.lines().filter_map(|line| line.split_once(beginning));
        lines.map(|(_, rest)| rest.trim()).next().unwrap_or_else(|| panic!("{beginning:?} is not in:\n{}", self.said))
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }
}

/// The address that a log names, and what it said before; then goes on reading it, lest the process blocks on a full pipe.
fn listening(log: BufReader<ChildStderr>, kept: Arc<Mutex<String>>) -> (String, String) {
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in log.lines().map_while(Result::ok) {
            kept.lock().expect("whole").extend([&line, "\n"]);
            drop(sender.send(line));
        }
    });
    let mut said = String::new();
    loop {
        let line = lines.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|_| panic!("it does not listen; it said:\n{said}"));
        if let Some((_, url)) = line.split_once("taking comments in on ") {
            return (url.trim().to_owned(), said);
        }
        said.push_str(&line);
        said.push('\n');
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A response, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    headers: ureq::http::HeaderMap,
}

impl From<ureq::http::Response<ureq::Body>> for Answer {
    fn from(response: ureq::http::Response<ureq::Body>) -> Self {
        let (parts, mut body) = response.into_parts();
        Self { status: parts.status.as_u16(), headers: parts.headers, body: body.read_to_string().expect("a body") }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.body))
    }
}

/// Waits until a condition holds; panics with its description if it does not.
pub(crate) fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
