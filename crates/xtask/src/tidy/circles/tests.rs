use super::*;

/// A tree of sources with one crate, which goes with this value.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let root = std::env::temp_dir().join(format!("ardoise-circles-{}-{name}", std::process::id()));
        for (file, text) in files {
            let file = root.join("crates/one/src").join(file);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            std::fs::write(file, text).expect("written");
        }
        Self(root)
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The arrows of all circles in a tree, as `a -> b: Name`.
fn arrows(name: &str, files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::new(name, files);
    let circles = check(&tree.0).expect("read");
    let lines =
        circles.iter().flat_map(|circle| circle.lines().skip(1).map(|line| line.trim().replace("crates/one/src/", "").replace(".rs", "")));
    lines.collect()
}

/// A crate of two files in which `b` imports `a`, and `a` is the given text.
fn with_a(name: &str, a: &str) -> Vec<String> {
    arrows(
        name,
        &[("lib.rs", "mod a; mod b; pub use b::Other;"), ("a.rs", a), ("b.rs", "use crate::a::A; pub struct Other; pub struct B(A);")],
    )
}

const CIRCLE: [&str; 2] = ["a -> b: B", "b -> a: A"];

#[test]
fn imports_in_one_direction_are_no_circle() {
    assert_eq!(with_a("none", "pub struct A;"), [""; 0]);
}

#[test]
fn two_files_that_import_each_other_are_a_circle() {
    assert_eq!(with_a("two", "use crate::b::B; pub struct A(Box<B>);"), CIRCLE);
    assert_eq!(with_a("super", "use super::b::B; pub struct A(Box<B>);"), CIRCLE);
    assert_eq!(with_a("groups", "use crate::{b::{self, B}, a}; pub struct A(Box<B>);"), CIRCLE);
    assert_eq!(with_a("renamed", "use crate::b::B as Bee; pub struct A(Box<Bee>);"), CIRCLE);
}

#[test]
fn paths_outside_of_use_items_are_imports() {
    assert_eq!(with_a("expression", "pub struct A; fn f() { let _ = crate::b::B::new(); }"), CIRCLE);
    assert_eq!(with_a("module", "use crate::b; pub struct A; fn f() { b::B::new(); }"), CIRCLE);
    assert_eq!(with_a("type", "pub struct A(Box<super::b::B>);"), CIRCLE);
    assert_eq!(with_a("pattern", "pub struct A; fn f(x: u8) { match x { crate::b::B => {} } }"), CIRCLE);
    assert_eq!(with_a("macro", "pub struct A; fn f() { println!(\"{}\", [crate::b::B.x]); }"), CIRCLE);
    assert_eq!(with_a("attribute", "#[a(value = crate::b::B)] pub struct A;"), CIRCLE);
}

#[test]
fn what_only_names_a_path_is_no_import() {
    assert_eq!(with_a("visibility", "pub struct A; pub(in crate::b) fn f() {}"), [""; 0]);
    assert_eq!(with_a("text", "/// [`crate::b::B`]\npub struct A; const X: &str = \"crate::b::B\";"), [""; 0]);
    assert_eq!(with_a("other-crate", "use b::B; use ::b::C; pub struct A; fn f() { println!(\"\", x.b, std::b::B) }"), [""; 0]);
}

#[test]
fn a_re_exported_name_is_imported_from_the_file_that_defines_it() {
    assert_eq!(with_a("re-export", "use crate::Other; pub struct A;"), ["a -> b: Other", "b -> a: A"]);
    let files = [
        ("lib.rs", "mod a; pub use a::A;"),
        ("a.rs", "mod c; mod d; pub(crate) use c::C; pub struct A;"),
        ("a/c.rs", "pub struct C; use super::d::D;"),
        ("a/d.rs", "use super::C; pub struct D;"),
    ];
    assert_eq!(arrows("parent", &files), ["a/c -> a/d: D", "a/d -> a/c: C"]);
}

#[test]
fn a_parent_and_its_child_are_one_unit() {
    let child = ("a/c.rs", "use super::LIMIT; pub struct C;");
    assert_eq!(arrows("parent-of", &[("lib.rs", "mod a;"), ("a.rs", "mod c; use c::C; pub const LIMIT: u8 = 1;"), child]), [""; 0]);
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod c; use crate::b::B; fn f() { self::c::C::new(); }"),
        ("a/c.rs", "pub struct C;"),
        ("b.rs", "pub struct B; use crate::a::c::C;"),
    ];
    assert_eq!(arrows("one-way", &files), [""; 0]);
}

#[test]
fn a_path_that_begins_with_self_is_an_import() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod c; fn f() { self::c::C::new(); } pub struct A;"),
        ("a/c.rs", "pub struct C; use crate::b::B;"),
        ("b.rs", "pub struct B; use crate::a::A;"),
    ];
    assert_eq!(arrows("self", &files), ["a -> a/c: C", "a/c -> b: B", "b -> a: A"]);
}

#[test]
fn a_glob_imports_its_module_and_the_names_behind_it() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod c; use crate::b::B; pub struct A;"),
        ("a/c.rs", "use super::*; pub fn g() -> B {}"),
        ("b.rs", "pub struct B; use crate::a::c::g;"),
    ];
    assert_eq!(arrows("glob", &files), ["a/c -> b: B", "b -> a/c: g"]);
    let files = [("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b::*; pub struct A;"), ("b.rs", "use crate::a::A;")];
    assert_eq!(arrows("sibling", &files), ["a -> b: *", "b -> a: A"]);
}

#[test]
fn an_inline_module_belongs_to_its_file() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub struct A; mod inner { use super::A; use crate::b::B; }"),
        ("b.rs", "pub struct B; use crate::a::inner::Deep;"),
    ];
    assert_eq!(arrows("inline", &files), ["a -> b: B", "b -> a: Deep"]);
}

#[test]
fn tests_are_not_looked_at() {
    assert_eq!(with_a("inline-tests", "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }"), [""; 0]);
    assert_eq!(with_a("function", "pub struct A; #[cfg(test)] fn f() { crate::b::B; } #[cfg(all(test, unix))] use crate::b::B;"), [""; 0]);
    let files = [
        ("lib.rs", "mod a; #[path = \"b_tests.rs\"] mod b;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b_tests.rs", "use crate::a::A;"),
    ];
    assert_eq!(arrows("file", &files), [""; 0]);
}

#[test]
fn a_circle_of_three_is_described_with_its_files() {
    let tree = Tree::new(
        "three",
        &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::c::C; pub struct B;"),
            ("c.rs", "use crate::a::A; pub struct C;"),
        ],
    );
    assert_eq!(
        check(&tree.0).expect("read"),
        ["3 files import each other; untie them: crates/one/src/a.rs, crates/one/src/b.rs, crates/one/src/c.rs\n  \
          crates/one/src/a.rs -> crates/one/src/b.rs: B\n  crates/one/src/b.rs -> crates/one/src/c.rs: C\n  crates/one/src/c.rs -> crates/one/src/a.rs: A"]
    );
}
