# The two that matter: `make run` to try it, `make test` to know that it works. `make bench` and `make torture` say how
# fast and how tough it is, of the binary that one installs; together they take half an hour.

.PHONY: run test bench torture accept package

run:
	cargo run -- demo

# Everything: format, lints, all tests on SQLite and PostgreSQL, generated files unchanged, and against the binary that
# was tested the README's calls, the tour, the story of the first seed, the pages on signing in, on agencies and on
# production, the package, and some thousand odd requests. Installs what it needs where it may (scripts/prepare).
test:
	scripts/prepare
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	GATEPOST_TEST_ALL=1 scripts/with-postgres cargo test --locked
	scripts/readme.sh target/debug/gatepost
	scripts/tour.sh target/debug/gatepost
	scripts/seed-000.sh target/debug/gatepost
	scripts/page.sh docs/sign-in.md target/debug/gatepost
	scripts/page.sh docs/agencies.md target/debug/gatepost
	scripts/production.sh target/debug/gatepost
	scripts/package-test.sh target/debug/gatepost
	GATEPOST_BINARY=target/debug/gatepost python3 bench/trials/fuzz.py --quick

# What a request costs, and whether that is little enough: bench/results.md.
bench:
	scripts/prepare bench
	cargo build --locked --release
	scripts/with-postgres python3 bench/bench.py

# Killed, full disks, a database that goes away, more load than it can bear, clocks that go back, tens of thousands of
# odd requests: bench/torture.md. And every call of four public clients: scripts/clients.txt.
torture:
	scripts/prepare torture
	cargo build --locked --release
	scripts/with-postgres python3 bench/torture.py
	scripts/clients.sh target/release/gatepost
	PROPTEST_CASES=20000 cargo test --locked --test all -- parsers

# A Debian package in target/, with the unit and completion for shells.
package:
	GATEPOST_BUILD_COMMIT=$$(git rev-parse --short HEAD 2>/dev/null) cargo build --locked --release
	scripts/package.sh target/release/gatepost

# Writes what is generated anew: openapi.json, docs/access-matrix.md, docs/extensions.md, docs/tour.md, the lists of tests
# and samples, and the list of operations that are still to come.
accept:
	UPDATE=1 cargo test --test all -- generated contract
