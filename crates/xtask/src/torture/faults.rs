//! What is done to the program. Each fault begins, lasts and is undone within one call; a new one is one file, and one line here.

mod at_once;
mod clock_back;
mod disk_full;
mod kill;
mod locked;
mod paused;
mod postgres;
mod read_only;
mod stranger;
mod vanish;

use crate::torture::leg::Leg;
use crate::torture::random::Random;

pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// Two faults of one area are not made at once.
    pub(crate) area: Area,
    pub(crate) needs_mounts: bool,
    /// Whether it makes sense on this leg's ground.
    pub(crate) belongs: fn(&Leg<'_>) -> bool,
    /// Says what it did. True: no other fault is made at once, so what should succeed must.
    pub(crate) make: fn(&Leg<'_>, &mut Random, bool) -> anyhow::Result<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    Serve,
    Commands,
    Tree,
    Disk,
    Database,
    Clock,
}

const fn fault(name: &'static str, area: Area, make: fn(&Leg<'_>, &mut Random, bool) -> anyhow::Result<String>) -> Fault {
    Fault { name, area, needs_mounts: false, belongs: |_| true, make }
}

fn on_postgres(leg: &Leg<'_>) -> bool {
    leg.postgres.is_some()
}

pub(crate) const FAULTS: [Fault; 18] = [
    fault("kill-serve", Area::Serve, kill::serve),
    fault("stop-serve", Area::Serve, kill::stop),
    fault("pause-serve", Area::Serve, paused::serve),
    fault("kill-generate", Area::Commands, kill::generate),
    fault("kill-command", Area::Commands, kill::command),
    fault("generate-at-once", Area::Commands, at_once::generate),
    Fault { belongs: |leg| leg.ground.small, ..fault("disk-full", Area::Disk, disk_full::fill) },
    Fault { needs_mounts: true, ..fault("read-only-tree", Area::Tree, read_only::tree) },
    fault("remove-tree", Area::Tree, vanish::remove),
    fault("move-tree-away", Area::Tree, vanish::move_away),
    fault("stranger-edits", Area::Tree, stranger::edit),
    fault("stranger-deletes", Area::Tree, stranger::delete),
    Fault { belongs: |leg| leg.ground.database().exists(), ..fault("lock-database", Area::Database, locked::sqlite) },
    Fault { belongs: on_postgres, ..fault("lock-table", Area::Database, postgres::lock) },
    Fault { belongs: on_postgres, ..fault("stop-postgres", Area::Database, postgres::stop) },
    Fault { belongs: on_postgres, ..fault("pause-postgres", Area::Database, postgres::pause) },
    Fault { belongs: on_postgres, ..fault("cut-sessions", Area::Database, postgres::cut_sessions) },
    Fault { belongs: |leg| leg.clock.is_some(), ..fault("clock-back", Area::Clock, clock_back::turn) },
];
