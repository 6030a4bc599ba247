//! Finds the file that defines what a path names.

use std::collections::BTreeSet;
use std::path::Path as File;

use crate::tidy::circles::modules::Modules;
use crate::tidy::circles::paths::Path;

/// What a path leads to.
#[derive(Clone, Copy)]
enum Target {
    Module(usize),
    /// An item of this module.
    Item(usize),
}

/// The names that were looked up on the way. It keeps imports of each other from being followed for ever.
type Visited = BTreeSet<(usize, String)>;

impl Modules {
    /// Every import between two files of the crate: the file that imports, the file that defines, and the name.
    ///
    /// An item counts as imported from the file that defines it, whatever re-exports are on the way. A path that ends at a module imports
    /// nothing; a glob imports that module's file. What a module imports from the modules around it is left out: a module and its children
    /// are one unit, and a child that uses its parent's types is as common as a parent that lists its children.
    pub(super) fn imports(&self) -> BTreeSet<(&File, &File, String)> {
        let mut found = BTreeSet::new();
        for (id, module) in self.0.iter().enumerate() {
            let around = self.files_around(id);
            let mentions = &module.mentions;
            let paths = mentions.paths.iter().filter(|path| !self.begins_with_an_imported_item(id, path));
            let named = mentions.imports.values().chain(paths).map(|path| (path, false));
            for (path, is_glob) in named.chain(mentions.globs.iter().map(|path| (path, true))) {
                let name = || if is_glob { "*".to_owned() } else { self.last_name(id, path) };
                let target = match self.resolve(id, path, &mut Visited::new()) {
                    Some(Target::Item(target)) => target,
                    Some(Target::Module(target)) if is_glob => target,
                    _ => continue,
                };
                if !around.contains(&self.0[target].file.as_path()) {
                    found.insert((module.file.as_path(), self.0[target].file.as_path(), name()));
                }
            }
        }
        found
    }

    /// The file of a module and those of all modules around it.
    fn files_around(&self, id: usize) -> Vec<&File> {
        std::iter::successors(Some(id), |id| self.0[*id].parent).map(|id| self.0[id].file.as_path()).collect()
    }

    /// Whether the import itself says already where a path leads.
    fn begins_with_an_imported_item(&self, id: usize, path: &Path) -> bool {
        let import = path.first().and_then(|first| self.0[id].mentions.imports.get(first));
        import.is_some_and(|import| matches!(self.resolve(id, import, &mut Visited::new()), Some(Target::Item(_))))
    }

    /// The first segment of a path that is no module: `Name` of `super::module::Name::new`.
    fn last_name(&self, from: usize, path: &Path) -> String {
        let is_module = |end: usize| matches!(self.resolve(from, &path[..end], &mut Visited::new()), Some(Target::Module(_)));
        let at = (1..=path.len()).find(|end| !is_module(*end)).unwrap_or(path.len());
        path[at - 1].clone()
    }

    fn resolve(&self, from: usize, path: &[String], visited: &mut Visited) -> Option<Target> {
        let (first, mut rest) = path.split_first()?;
        let mut module = match first.as_str() {
            "crate" => 0,
            "self" => from,
            "super" => self.0[from].parent?,
            _ => match self.look_up(from, first, !rest.is_empty(), visited)? {
                Target::Module(module) => module,
                item @ Target::Item(_) => return Some(item),
            },
        };
        while let Some((name, after)) = rest.split_first() {
            rest = after;
            if name == "super" {
                module = self.0[module].parent?;
                continue;
            }
            match self.look_up(module, name, !rest.is_empty(), visited) {
                Some(Target::Module(child)) => module = child,
                Some(item) => return Some(item),
                // A macro may define it.
                None => return Some(Target::Item(module)),
            }
        }
        Some(Target::Module(module))
    }

    /// Looks up a name in a module. A module and a function may have the same name: the module is meant where more segments follow.
    fn look_up(&self, id: usize, name: &str, more_follow: bool, visited: &mut Visited) -> Option<Target> {
        if !visited.insert((id, name.to_owned())) {
            return None;
        }
        let module = &self.0[id];
        let child = module.children.get(name).map(|child| Target::Module(*child));
        if child.is_some() && more_follow {
            return child;
        }
        if module.items.contains(name) {
            return Some(Target::Item(id));
        }
        if child.is_some() {
            return child;
        }
        if let Some(path) = module.mentions.imports.get(name) {
            // An import from another crate is an item of this module, for those who take it from here.
            return Some(self.resolve(id, path, visited).unwrap_or(Target::Item(id)));
        }
        module.mentions.globs.iter().find_map(|path| match self.resolve(id, path, visited)? {
            Target::Module(other) => self.look_up(other, name, more_follow, visited),
            Target::Item(_) => None,
        })
    }
}
