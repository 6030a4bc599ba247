//! The folders that travel in the binary are read by a macro, which cargo does not see.

fn main() {
    for folder in ["../../hugo-partials", "../../static", "../../examples/blog/public"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
