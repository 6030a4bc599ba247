//! The limit of open files.

/// Raises the number of open files to the system's maximum. Most systems start with 1024, and each connection takes one.
#[cfg(unix)]
pub(crate) fn raise() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!("the number of open files stays as it is: {error}");
    }
}

#[cfg(not(unix))]
pub(crate) fn raise() {}
