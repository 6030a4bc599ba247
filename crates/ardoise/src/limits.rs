/// Lets the process open as many files as the system allows it to: most systems begin with 1024, and each connection is one.
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
