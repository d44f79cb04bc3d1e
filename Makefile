# The two that matter: `make run` to try it, `make test` to know that it works.

.PHONY: run test accept

run:
	cargo run --release -- demo

# Everything: format, lints, all tests on SQLite and PostgreSQL, generated files unchanged, and against the release
# binary the tour and the story of the first seed. Installs what it needs where it may (scripts/prepare).
test:
	scripts/prepare
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	GATEPOST_TEST_ALL=1 scripts/with-postgres cargo test --locked
	cargo build --locked --release
	scripts/tour.sh target/release/gatepost
	scripts/seed-000.sh target/release/gatepost

# Writes what is generated anew: openapi.json, docs/access-matrix.md, docs/extensions.md, the README's tour and the
# list of operations that are still to come.
accept:
	UPDATE=1 cargo test --test all -- generated contract
