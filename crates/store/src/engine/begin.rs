/// How a transaction begins.
#[derive(Clone, Copy)]
pub(crate) enum Begin {
    /// It sees one state of the database, and writes nothing.
    Read,
    /// It is the only one that writes: every other writer waits until it has ended. So no two wait for each other, what was read
    /// in it still holds when it writes, and numbers given out in it come in the order of the commits.
    Write,
    /// It changes one row of `leases` and waits for no other writer on PostgreSQL. Its commit is not flushed there: after a crash
    /// of the server the former holder has the lease again, and the new one finds out at its next check.
    Lease,
}
