//! Connections that never come to an end, over real sockets: each is closed, whatever it asks for, and on both servers.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::harness::{NEVER, servers};

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(NEVER)).expect("set");
    stream.set_write_timeout(Some(NEVER)).expect("set");
    stream
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Reads until the server closes the connection.
fn is_closed(mut stream: TcpStream, what: &str) -> String {
    let mut answer = Vec::new();
    let closed = stream.read_to_end(&mut answer);
    assert!(!closed.is_err_and(|error| is_timeout(error.kind())), "still open: {what}");
    String::from_utf8_lossy(&answer).into_owned()
}

const CHUNKED: &str = "HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn a_body_without_an_end_is_given_up_on_every_route() {
    let (_folder, servers) = servers(&[]);
    for address in servers {
        let asked: Vec<_> = ["POST /p", "GET /", "POST /comments", "PATCH /comments/x", "POST /preview", "POST /newcomment", "GET /health"]
            .into_iter()
            .chain(["POST /subscription/x", "POST /moderation/link/x", "POST /moderation/decide", "POST /moderation/sign-in"])
            .map(|route| {
                let mut stream = connect(address);
                stream.write_all(format!("{route} {CHUNKED}1\r\na\r\n").as_bytes()).expect("sent");
                (route, stream)
            })
            .collect();
        for (route, stream) in asked {
            let answer = is_closed(stream, route);
            assert!(answer.starts_with("HTTP/1.1 "), "{route}: {answer}");
        }
    }
}

#[test]
fn bytes_that_trickle_in_buy_no_time() {
    let (_folder, servers) = servers(&[]);
    for address in servers {
        for begun in [
            // A body after its answer, and the head of a second request.
            format!("POST /p {CHUNKED}"),
            "GET /p HTTP/1.1\r\nHost: a\r\n\r\nGET /p HTTP/1.1\r\nHost: a\r\nX: ".to_owned(),
        ] {
            let mut stream = connect(address);
            stream.write_all(begun.as_bytes()).expect("sent");
            let more = if begun.contains("chunked") { "1\r\na\r\n" } else { "a" };
            let mut trickle = stream.try_clone().expect("a second handle");
            let sent = std::thread::spawn(move || {
                // It ends when the server does not want to hear more.
                while trickle.write_all(more.as_bytes()).is_ok() {
                    std::thread::sleep(Duration::from_millis(10));
                }
            });
            is_closed(stream, &begun);
            sent.join().expect("it ends");
        }
    }
}

#[test]
fn who_does_not_read_is_not_waited_for() {
    let (_folder, servers) = servers(&[]);
    for address in servers {
        let mut stream = connect(address);
        let requests = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000);
        let refused = loop {
            if let Err(error) = stream.write_all(requests.as_bytes()) {
                break error.kind();
            }
        };
        assert!(!is_timeout(refused), "still open: {refused:?}");
    }
}
