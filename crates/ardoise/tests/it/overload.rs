//! Slow, silent and malformed clients: others are served meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::harness::{Running, Site, wait_for};

fn connect(service: &Running) -> TcpStream {
    let stream = TcpStream::connect(service.url.trim_start_matches("http://")).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
    stream
}

fn send(service: &Running, bytes: &str) -> TcpStream {
    let mut stream = connect(service);
    stream.write_all(bytes.as_bytes()).expect("sent");
    stream
}

/// Returns the first line of the response; empty if the connection is closed without one.
fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut some = [0; 256];
    while !text.contains(&b'\n') {
        match stream.read(&mut some) {
            Ok(0) | Err(_) => break,
            Ok(read) => text.extend_from_slice(&some[..read]),
        }
    }
    String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned()
}

const HEAD: &str = "POST /comments HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

#[test]
fn silent_slow_and_malformed_clients_do_not_block_others() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    let silent: Vec<_> = (0..300).map(|_| connect(&service)).collect();
    let body = json!({ "article": "/a/", "author": "Ada", "text": "slowly" }).to_string();
    let mut slow: Vec<_> = (0..50).map(|_| send(&service, &format!("{HEAD}Content-Length: {}\r\n\r\n", body.len()))).collect();
    let mut longer = send(&service, &format!("{HEAD}Content-Length: 100000\r\n\r\n{body}"));
    let mut huge = send(&service, &format!("{HEAD}Content-Length: 99999999999999\r\n\r\n"));
    let mut shorter = send(&service, &format!("{HEAD}Content-Length: 10\r\n\r\n{body}"));
    let mut negative = send(&service, &format!("{HEAD}Content-Length: -1\r\n\r\n{body}"));
    let mut twice = send(&service, &format!("{HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
    for _ in 0..3 {
        for (stream, byte) in slow.iter_mut().zip(body.bytes()) {
            stream.write_all(&[byte]).expect("one byte");
        }
        service.submit("/a/", "at once");
    }
    assert_eq!(answer(&mut huge), "HTTP/1.1 413 Payload Too Large");
    for stream in [&mut shorter, &mut negative, &mut twice] {
        assert_eq!(answer(stream), "HTTP/1.1 400 Bad Request");
    }
    // Within half a minute each connection gets a response or is closed.
    assert_eq!(answer(&mut longer), "HTTP/1.1 408 Request Timeout");
    assert_eq!(answer(&mut slow[0]), "HTTP/1.1 408 Request Timeout");
    for mut stream in silent {
        assert!(["", "HTTP/1.1 408 Request Timeout"].contains(&&*answer(&mut stream)));
    }
    service.submit("/a/", "as ever");
    assert_eq!(site.json(&["pending", "--json"]).as_array().map(Vec::len), Some(4), "nothing was taken of what never came");
}

#[test]
fn too_many_concurrent_requests_get_a_503_and_store_nothing() {
    let site = Site::new(&["/a/"]);
    let service = site.serve();
    service.submit("/a/", "first");
    // The database is locked for a while, so all requests wait.
    let mut locker = super::locked::lock(&site);
    let body = json!({ "article": "/a/", "author": "Ada", "text": "one of many" }).to_string();
    let request = format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len());
    let mut many: Vec<_> = (0..600).map(|_| send(&service, &request)).collect();
    let answers: Vec<_> = many.iter_mut().map(answer).collect();
    assert!(answers.iter().all(|answer| answer == "HTTP/1.1 503 Service Unavailable"), "{answers:?}");
    super::locked::unlock(&mut locker);
    wait_for("the database", || service.get("/health").status == 200);
    service.submit("/a/", "last");
    assert_eq!(site.json(&["pending", "--json"]).as_array().map(Vec::len), Some(2));
}
