/// How a transaction begins.
#[derive(Clone, Copy)]
pub(crate) enum Begin {
    /// It sees one state of the database, and writes nothing.
    Read,
    /// It is the one that writes: whoever else wants to waits until it has ended. So no two wait for each other, what was read
    /// in it still holds when it writes, and numbers given out in it come in the order of the commits.
    Write,
}
