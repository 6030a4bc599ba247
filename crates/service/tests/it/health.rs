//! What `/health` says.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::harness::servers;

fn health(down: &'static [&'static str]) -> String {
    let (_folder, [service, _]) = servers(down);
    let mut stream = TcpStream::connect(service).expect("a connection");
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn the_parts_that_are_down_are_named() {
    let answer = health(&["mail", "generator"]);
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains(r#""down":["mail","generator"]"#), "{answer}");
    let answer = health(&[]);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(r#""status":"ok""#), "{answer}");
}
