# Recipes for daily work. `just` lists them.

_default:
    @just --list --unsorted

# Run the example blog with comments, on localhost
dev *args:
    cargo run --release -- dev {{args}}

# Run everything that must pass, as CI does
test:
    cargo xtask test

# Run the quick part: format, lints, tests without a browser
quick:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- --deny warnings
    cargo test --workspace --quiet

# Run the tests that need Hugo, nginx and Chromium; NAME selects files
browser *name:
    cargo xtask browser {{name}}

# Build the example blog that is part of the binary
blog:
    cargo xtask blog

# Take the README's pictures again
screenshots:
    cargo xtask screenshots

# Measure Ardoise beside others; `--write` puts the figures into docs/performance.md
bench *args:
    cargo xtask bench {{args}}

# Check dependencies for known vulnerabilities; needs the network
advisories:
    cargo deny check advisories

# Run the fuzz targets: `just fuzz html --minutes 5`
fuzz *args:
    cargo xtask fuzz {{args}}

# Start a private PostgreSQL until Ctrl-C, for `cargo test` by hand
postgres *args:
    cargo xtask postgres {{args}}
