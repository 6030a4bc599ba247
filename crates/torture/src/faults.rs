//! Fault injection. Each fault begins and ends within one call. To add one, write its function in a module
//! of this folder and add a line to `FAULTS`.

mod clock_back;
mod concurrent;
mod database_locked;
mod disk_full;
mod kill;
mod pause;
mod postgres;
mod read_only_tree;
mod tamper;
mod tree_removed;

use crate::random::Random;
use crate::scenario::Scenario;

pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// Two faults of one area are never injected at the same time.
    pub(crate) area: Area,
    /// Whether the fault needs permission to mount file systems.
    pub(crate) needs_mounts: bool,
    /// Whether the fault can be injected in this scenario.
    pub(crate) applies: fn(&Scenario<'_>) -> bool,
    /// Injects the fault and returns a description. The last argument is true if no other fault is active, so that commands must succeed.
    pub(crate) inject: fn(&Scenario<'_>, &mut Random, bool) -> anyhow::Result<String>,
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

const fn fault(name: &'static str, area: Area, inject: fn(&Scenario<'_>, &mut Random, bool) -> anyhow::Result<String>) -> Fault {
    Fault { name, area, needs_mounts: false, applies: |_| true, inject }
}

fn on_postgres(scenario: &Scenario<'_>) -> bool {
    scenario.postgres.is_some()
}

pub(crate) const FAULTS: [Fault; 18] = [
    fault("kill-serve", Area::Serve, kill::serve),
    fault("stop-serve", Area::Serve, kill::stop),
    fault("pause-serve", Area::Serve, pause::serve),
    fault("kill-generate", Area::Commands, kill::generate),
    fault("kill-command", Area::Commands, kill::command),
    fault("generate-at-once", Area::Commands, concurrent::generate),
    Fault { applies: |scenario| scenario.site.small, ..fault("disk-full", Area::Disk, disk_full::fill) },
    Fault { needs_mounts: true, ..fault("read-only-tree", Area::Tree, read_only_tree::tree) },
    fault("remove-tree", Area::Tree, tree_removed::remove),
    fault("move-tree-away", Area::Tree, tree_removed::move_away),
    fault("stranger-edits", Area::Tree, tamper::edit),
    fault("stranger-deletes", Area::Tree, tamper::delete),
    Fault { applies: |scenario| scenario.site.database().exists(), ..fault("lock-database", Area::Database, database_locked::sqlite) },
    Fault { applies: on_postgres, ..fault("lock-table", Area::Database, postgres::lock) },
    Fault { applies: on_postgres, ..fault("stop-postgres", Area::Database, postgres::stop) },
    Fault { applies: on_postgres, ..fault("pause-postgres", Area::Database, postgres::pause) },
    Fault { applies: on_postgres, ..fault("cut-sessions", Area::Database, postgres::cut_sessions) },
    Fault { applies: |scenario| scenario.clock.is_some(), ..fault("clock-back", Area::Clock, clock_back::change) },
];
