//! Tests of `/health`.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::harness::start_servers;

fn health(failed: &'static [&'static str]) -> String {
    let (_folder, [service, _]) = start_servers(failed);
    let mut stream = TcpStream::connect(service).expect("a connection");
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}

#[test]
fn failed_parts_are_named() {
    let response = health(&["mail", "generator"]);
    assert!(response.starts_with("HTTP/1.1 503 ") && response.contains(r#""down":["mail","generator"]"#), "{response}");
    let response = health(&[]);
    assert!(response.starts_with("HTTP/1.1 200 ") && response.contains(r#""status":"ok""#), "{response}");
}
