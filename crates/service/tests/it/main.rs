//! The service over real sockets.

mod harness;
mod health;
mod patience;
