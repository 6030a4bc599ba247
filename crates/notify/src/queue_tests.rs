use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use ardoise_model::{Draft, Moderator, Status, Submission};
use ardoise_store::{QueueFilter, Recipient, Store, StoreUrl};

use super::*;
use crate::{DispatchContext, Language, Links, MailServer, MailTiming, Notifications, Tls};

/// Answers SMTP commands. `answer` is called with each command, and with `.` at the end of a mail.
fn smtp_server(mut answer: impl FnMut(&str) -> String + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = serve(stream, &mut answer);
        }
    });
    port
}

fn serve(mut stream: TcpStream, answer: &mut impl FnMut(&str) -> String) -> std::io::Result<()> {
    let lines = BufReader::new(stream.try_clone()?).lines();
    stream.write_all(b"220 mail.example ESMTP\r\n")?;
    let mut is_data = false;
    for line in lines {
        let line = line?;
        if is_data && line != "." {
            continue;
        }
        let reply = answer(&line);
        is_data = reply.starts_with("354");
        stream.write_all(reply.as_bytes())?;
        if reply.starts_with("421") {
            return Ok(());
        }
    }
    Ok(())
}

/// The replies of a server that accepts everything.
fn accept(command: &str) -> String {
    if command.starts_with("DATA") { "354 go on\r\n" } else { "250 ok\r\n" }.to_owned()
}

/// A database in a folder of its own, with a moderator's and a reader's mail.
struct Case {
    store: Store,
    notifications: Notifications,
    _folder: tempfile::TempDir,
}

impl Case {
    fn new() -> Self {
        let moderators = vec![Moderator { name: "Ines".into(), email: Some("ines@example.org".into()) }];
        let notifications = Notifications {
            mail: Some(MailServer {
                host: "127.0.0.1".into(),
                port: 0,
                tls: Tls::None,
                login: None,
                from: "c@example.org".parse().expect("an address"),
            }),
            webhooks: vec![],
            moderators,
            replies: true,
            timing: MailTiming { gather: Timestamp::SECOND, replies_every: 0 },
            origin: "https://blog.example.org".parse().expect("an origin"),
            title: "Blog".into(),
            language: Language::English,
        };
        let folder = tempfile::tempdir().expect("a folder");
        let store =
            Store::prepare(&StoreUrl::sqlite(folder.path().join("a.db"))).expect("a store").with_consumers(notifications.consumers());
        Self { store, notifications, _folder: folder }
    }

    fn submit(&self, email: &str, status: Status) {
        let notify = if email.is_empty() { "" } else { "on" };
        let draft = Draft {
            article: "/a/".into(),
            author: "Ada".into(),
            text: "Hello".into(),
            email: email.into(),
            notify: notify.into(),
            ..Draft::default()
        };
        let submission = Submission::check(&draft, &self.notifications.origin).expect("good");
        self.store.submit(submission, status, Timestamp(1)).expect("stored");
    }

    /// Delivers what is due, and what comes meanwhile.
    fn deliver(mut self, port: u16) -> Store {
        self.notifications.mail.as_mut().expect("a mail server").port = port;
        let context = DispatchContext {
            links: Links {
                key: [7; 32],
                service_url: "https://c.example/".into(),
                moderation_url: "https://m.example/".into(),
                moderators: vec!["Ines".into()],
                lifetime: 7 * Timestamp::DAY,
            },
            sign_in: |_, _, _, _| Ok("https://m.example/sign-in".into()),
            clock: || Timestamp(10_000),
        };
        let queues = Dispatcher::new(self.store.clone(), self.notifications, context).queues();
        queues[0].run(|time| !time.is_zero());
        self.store
    }
}

#[test]
fn a_sign_in_mail_does_not_wait_for_the_pause_between_other_mails() {
    let case = Case::new();
    case.submit("", Status::Pending);
    let store = case.store.clone();
    let mut mails = 0;
    let port = smtp_server(move |command| {
        if command == "." {
            mails += 1;
            if mails == 1 {
                store.enqueue(&Recipient::moderator("Ines"), "sign_in", Timestamp(2)).expect("enqueued");
            }
        }
        accept(command)
    });
    let left = case.deliver(port).backlog(QueueFilter::Only(MAIL_QUEUE)).expect("queried");
    assert_eq!((left.jobs, left.error), (0, None));
}

#[test]
fn paused_recipients_do_not_delay_others() {
    let mut case = Case::new();
    let moderator = |number: u32| Moderator { name: format!("Ines {number:03}"), email: Some("ines@example.org".into()) };
    case.notifications.moderators = (0..=MAX_DUE).map(moderator).collect();
    case.store = case.store.clone().with_consumers(case.notifications.consumers());
    case.submit("", Status::Pending);
    let store = case.store.clone();
    let draft = Draft { article: "/a/".into(), author: "Ada".into(), text: "Again".into(), ..Draft::default() };
    let submission = Submission::check(&draft, &case.notifications.origin).expect("good");
    let mut mails = 0;
    let port = smtp_server(move |command| {
        if command == "." {
            mails += 1;
            if mails == MAX_DUE + 1 {
                // All others are paused by now, and have mail again, which is due before this.
                store.submit(submission.clone(), Status::Pending, Timestamp(2)).expect("stored");
                store.enqueue(&Recipient::moderator("Ines 100"), "sign_in", Timestamp(5_000)).expect("enqueued");
            }
        }
        accept(command)
    });
    let store = case.deliver(port);
    let left = store.due_jobs(MAIL_QUEUE, Timestamp(10_000), 2 * MAX_DUE).expect("queried");
    assert_eq!((left.len(), left.iter().filter(|group| group.kind == "sign_in").count()), (101, 0));
}

#[test]
fn an_address_that_the_mail_server_quotes_is_not_recorded() {
    for reply in ["421 4.7.0 <ADA@example.org> comes too often\r\n", "450 4.7.0 <Ada@Example.org> is busy\r\n"] {
        let case = Case::new();
        case.submit("Ada@example.org", Status::Approved);
        let port = smtp_server(|command| if command.starts_with("RCPT") { reply.to_owned() } else { accept(command) });
        let left = case.deliver(port).backlog(QueueFilter::Only(MAIL_QUEUE)).expect("queried");
        let error = left.error.expect("it failed");
        assert!(left.jobs == 1 && error.contains("<the address>") && !error.to_lowercase().contains("ada@"), "{error}");
    }
}
