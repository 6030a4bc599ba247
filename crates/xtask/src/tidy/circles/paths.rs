//! The paths that a module mentions: in `use` items, expressions, types, patterns, attributes and the arguments of macros.

use std::collections::{BTreeMap, BTreeSet};

use syn::buffer::{Cursor, TokenBuffer};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta, UseTree};

/// The segments of a path, without generic arguments.
pub(super) type Path = Vec<String>;

/// What a module mentions. Items that are compiled for tests only are left out.
#[derive(Default)]
pub(super) struct Mentions {
    /// The path behind each name that a `use` item brings in.
    pub(super) imports: BTreeMap<String, Path>,
    /// The modules of `use module::*`.
    pub(super) globs: BTreeSet<Path>,
    /// All other paths.
    pub(super) paths: BTreeSet<Path>,
}

impl Mentions {
    pub(super) fn of(items: &[Item]) -> Self {
        let mut mentions = Self::default();
        for item in items {
            mentions.visit_item(item);
        }
        mentions
    }

    fn import(&mut self, tree: &UseTree, mut before: Path) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.import(&path.tree, before);
            }
            UseTree::Name(name) if name.ident == "self" => self.import_as(before.last().cloned(), before),
            UseTree::Name(name) => {
                before.push(name.ident.to_string());
                self.import_as(before.last().cloned(), before);
            }
            UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    before.push(rename.ident.to_string());
                }
                // Several imports may be called `_`.
                let alias = if rename.rename == "_" { before.join("::") } else { rename.rename.to_string() };
                self.import_as(Some(alias), before);
            }
            UseTree::Glob(_) => {
                self.globs.insert(before);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before.clone())),
        }
    }

    fn import_as(&mut self, alias: Option<String>, path: Path) {
        self.imports.extend(alias.map(|alias| (alias, path)));
    }

    /// Collects everything in a macro's arguments that looks like a path.
    fn scan(&mut self, mut at: Cursor<'_>) {
        let mut path = Path::new();
        while !at.eof() {
            if let Some((ident, rest)) = at.ident() {
                path.push(ident.to_string());
                let Some(rest) = after_colons(rest) else {
                    self.paths.insert(std::mem::take(&mut path));
                    at = rest;
                    continue;
                };
                at = rest;
                continue;
            }
            self.paths.extend(Some(std::mem::take(&mut path)).filter(|path| !path.is_empty()));
            if let Some((inside, _, _, rest)) = at.any_group() {
                self.scan(inside);
                at = rest;
            } else {
                at = after_token(at);
            }
        }
        self.paths.extend(Some(path).filter(|path| !path.is_empty()));
    }
}

/// What follows `::`, where that is next.
fn after_colons(at: Cursor<'_>) -> Option<Cursor<'_>> {
    let (first, rest) = at.punct()?;
    let (second, rest) = rest.punct()?;
    (first.as_char() == ':' && second.as_char() == ':').then_some(rest)
}

/// Skips one token; with a dot also the name of the field or method after it, which is no path.
fn after_token(at: Cursor<'_>) -> Cursor<'_> {
    let Some((_, rest)) = at.token_tree() else { return at };
    let is_dot = at.punct().is_some_and(|(punct, _)| punct.as_char() == '.');
    // In `a..b` the second name is a path.
    let is_range = rest.punct().is_some_and(|(punct, _)| punct.as_char() == '.');
    match rest.ident() {
        Some((_, after)) if is_dot => after,
        _ if is_dot && is_range => rest.token_tree().map_or(rest, |(_, after)| after),
        _ => rest,
    }
}

impl<'ast> Visit<'ast> for Mentions {
    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            // A module of its own.
            Item::Mod(_) => {}
            item if is_only_for_tests(attributes(item)) => {}
            Item::Use(item) if item.leading_colon.is_none() => self.import(&item.tree, Path::new()),
            item => visit::visit_item(self, item),
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_only_for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            self.paths.insert(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.scan(TokenBuffer::new2(call.tokens.clone()).begin());
        visit::visit_macro(self, call);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.scan(TokenBuffer::new2(list.tokens.clone()).begin());
        visit::visit_meta_list(self, list);
    }
}

/// Whether there is a `#[cfg(test)]`, or a `#[cfg(all(test, …))]`.
pub(super) fn is_only_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            condition == "test" || condition.starts_with("all (test")
        }
        _ => false,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
