//! Tests the service over real sockets.

mod harness;
mod health;
mod timeouts;
