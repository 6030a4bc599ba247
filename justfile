# What one does here day to day. `just` lists it.

_default:
    @just --list --unsorted

# The example blog with comments, on localhost
dev *args:
    cargo run --release -- dev {{args}}

# Everything that must pass, as CI runs it
test:
    cargo xtask test

# The quick part: format, lints, tests without a browser
quick:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- --deny warnings
    cargo test --workspace --quiet

# The tests that need Hugo, nginx and Chromium; NAME picks files
browser *name:
    cargo xtask browser {{name}}

# Build the example blog that travels in the binary
blog:
    cargo xtask blog

# Take the README's pictures again
screenshots:
    cargo xtask screenshots

# Measure Ardoise beside others; `--write` keeps the figures in docs/performance.md
bench *args:
    cargo xtask bench {{args}}

# Known holes in dependencies; needs the network
advisories:
    cargo deny check advisories

# Run the fuzz targets: `just fuzz html --minutes 5`
fuzz *args:
    cargo xtask fuzz {{args}}

# A private PostgreSQL until Ctrl-C, for `cargo test` by hand
postgres *args:
    cargo xtask postgres {{args}}
