//! The module tree of one crate, read from its source files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use syn::Item;

use crate::tidy::circles::paths::{Mentions, is_only_for_tests};

/// The modules of a crate; the first one is its root.
pub(super) struct Modules(pub(super) Vec<Module>);

/// A module, whether it has a file of its own or stands inline in another.
pub(super) struct Module {
    pub(super) file: PathBuf,
    pub(super) parent: Option<usize>,
    pub(super) children: BTreeMap<String, usize>,
    /// The names of the items that are defined here.
    pub(super) items: BTreeSet<String>,
    pub(super) mentions: Mentions,
}

impl Modules {
    /// Reads the crate whose root is `file`. Modules that are compiled for tests only are left out.
    pub(super) fn read(file: &Path) -> anyhow::Result<Self> {
        let mut modules = Self(Vec::new());
        let folder = file.parent().context("a file of no folder")?;
        modules.add_file(None, file, folder)?;
        Ok(modules)
    }

    /// Adds the module in `file`; its children's files are in `folder`.
    fn add_file(&mut self, parent: Option<usize>, file: &Path, folder: &Path) -> anyhow::Result<usize> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let parsed = syn::parse_file(&text).with_context(|| format!("{} cannot be parsed", file.display()))?;
        self.add(parent, file, folder, &parsed.items)
    }

    fn add(&mut self, parent: Option<usize>, file: &Path, folder: &Path, items: &[Item]) -> anyhow::Result<usize> {
        let id = self.0.len();
        let names = items.iter().filter_map(name).collect();
        let mentions = Mentions::of(items);
        self.0.push(Module { file: file.to_owned(), parent, children: BTreeMap::new(), items: names, mentions });
        for item in items {
            if let Item::Mod(module) = item
                && !is_only_for_tests(&module.attrs)
                && let Some(child) = self.add_child(id, file, folder, module)?
            {
                self.0[id].children.insert(module.ident.to_string(), child);
            }
        }
        Ok(id)
    }

    /// Returns `None` for a file that holds nothing but tests.
    fn add_child(&mut self, parent: usize, file: &Path, folder: &Path, module: &syn::ItemMod) -> anyhow::Result<Option<usize>> {
        let name = module.ident.to_string();
        if let Some((_, items)) = &module.content {
            return self.add(Some(parent), file, &folder.join(name), items).map(Some);
        }
        let (place, children) = place_of(file, folder, module)?;
        if place.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("_tests")) {
            return Ok(None);
        }
        self.add_file(Some(parent), &place, &children).map(Some)
    }
}

/// Returns the file of a module that is declared in `file`, and the folder of its children's files.
fn place_of(file: &Path, folder: &Path, module: &syn::ItemMod) -> anyhow::Result<(PathBuf, PathBuf)> {
    if let Some(path) = path_attribute(&module.attrs) {
        let place = file
            .parent()
            .unwrap_or(folder)
            .join(path)
            .canonicalize()
            .with_context(|| format!("{}: mod {}", file.display(), module.ident))?;
        let children = place.parent().unwrap_or(folder).to_owned();
        return Ok((place, children));
    }
    let children = folder.join(module.ident.to_string());
    for place in [children.with_extension("rs"), children.join("mod.rs")] {
        if place.is_file() {
            return Ok((place, children));
        }
    }
    bail!("{}: the file of `mod {};` is missing", file.display(), module.ident)
}

/// The value of `#[path = "…"]`.
fn path_attribute(attributes: &[syn::Attribute]) -> Option<String> {
    let value = |attribute: &syn::Attribute| match &attribute.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    };
    attributes.iter().filter(|attribute| attribute.path().is_ident("path")).find_map(value)
}

/// The name that an item defines. Imports and modules are no items here.
fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}
