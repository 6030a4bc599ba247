//! Tests that connections which never end are closed, whatever they request, on both servers.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::harness::{TEST_TIMEOUT, start_servers};

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(TEST_TIMEOUT)).expect("set");
    stream.set_write_timeout(Some(TEST_TIMEOUT)).expect("set");
    stream
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// Reads until the server closes the connection, and returns what it sent.
fn read_until_closed(mut stream: TcpStream, what: &str) -> String {
    let mut response = Vec::new();
    let closed = stream.read_to_end(&mut response);
    assert!(!closed.is_err_and(|error| is_timeout(error.kind())), "still open: {what}");
    String::from_utf8_lossy(&response).into_owned()
}

const CHUNKED: &str = "HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn an_endless_body_is_aborted_on_every_route() {
    let (_folder, servers) = start_servers(&[]);
    for address in servers {
        let requests: Vec<_> =
            ["POST /p", "GET /", "POST /comments", "PATCH /comments/x", "POST /preview", "POST /newcomment", "GET /health"]
                .into_iter()
                .chain(["POST /subscription/x", "POST /moderation/link/x", "POST /moderation/decide", "POST /moderation/sign-in"])
                .map(|route| {
                    let mut stream = connect(address);
                    stream.write_all(format!("{route} {CHUNKED}1\r\na\r\n").as_bytes()).expect("sent");
                    (route, stream)
                })
                .collect();
        for (route, stream) in requests {
            let response = read_until_closed(stream, route);
            assert!(response.starts_with("HTTP/1.1 "), "{route}: {response}");
        }
    }
}

#[test]
fn trickling_bytes_do_not_extend_the_deadline() {
    let (_folder, servers) = start_servers(&[]);
    for address in servers {
        for beginning in [
            // A body after its response, and the head of a second request.
            format!("POST /p {CHUNKED}"),
            "GET /p HTTP/1.1\r\nHost: a\r\n\r\nGET /p HTTP/1.1\r\nHost: a\r\nX: ".to_owned(),
        ] {
            let mut stream = connect(address);
            stream.write_all(beginning.as_bytes()).expect("sent");
            let more = if beginning.contains("chunked") { "1\r\na\r\n" } else { "a" };
            let mut trickle = stream.try_clone().expect("a second handle");
            let sent = std::thread::spawn(move || {
                // The loop ends when the server closes the connection.
                while trickle.write_all(more.as_bytes()).is_ok() {
                    std::thread::sleep(Duration::from_millis(10));
                }
            });
            read_until_closed(stream, &beginning);
            sent.join().expect("it ends");
        }
    }
}

#[test]
fn a_client_that_does_not_read_is_disconnected() {
    let (_folder, servers) = start_servers(&[]);
    for address in servers {
        let mut stream = connect(address);
        let requests = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000);
        let error = loop {
            if let Err(error) = stream.write_all(requests.as_bytes()) {
                break error.kind();
            }
        };
        assert!(!is_timeout(error), "still open: {error:?}");
    }
}
