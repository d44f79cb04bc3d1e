# `make run` starts a demo, `make check` checks a change quickly, and `make test` runs all tests. `make bench` and
# `make torture` measure the release binary, and take half an hour together.

.PHONY: run check test bench torture accept package

run:
	cargo run -- demo

# Checks what differs from the last commit, on SQLite. `scripts/check main` compares with a branch.
check:
	scripts/check

# Checks format, lints and generated files, and runs all tests on SQLite and PostgreSQL. Then it runs these against the same
# binary: the README's calls, the tour, seed-000.sh, the pages on sign-in, agencies, custom roles, access as code, answers and
# production, the package, and a few thousand unusual requests. It installs what is missing if it can (scripts/prepare).
test:
	scripts/prepare
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	GATEPOST_TEST_ALL=1 scripts/with-postgres cargo test --locked -- --test-threads=4
	scripts/readme.sh target/debug/gatepost
	scripts/tour.sh target/debug/gatepost
	scripts/seed-000.sh target/debug/gatepost
	scripts/page.sh docs/sign-in.md target/debug/gatepost
	scripts/page.sh docs/agencies.md target/debug/gatepost
	scripts/page.sh docs/custom-roles.md target/debug/gatepost
	scripts/page.sh docs/access-as-code.md target/debug/gatepost
	scripts/page.sh docs/answers.md target/debug/gatepost
	scripts/production.sh target/debug/gatepost
	scripts/package-test.sh target/debug/gatepost
	GATEPOST_BINARY=target/debug/gatepost python3 bench/trials/fuzz.py --quick

# Measures what a request costs, and checks the targets. Writes bench/results.md.
bench:
	scripts/prepare bench
	cargo build --locked --release
	scripts/with-postgres python3 bench/bench.py

# Kills the server, fills the disk, stops the database, overloads the server, sets the clock back, and sends tens of
# thousands of unusual requests. Writes bench/torture.md. Also runs the tour and every call of four public clients
# (scripts/clients.txt), and looks at each page in both themes at both widths.
torture:
	scripts/prepare torture
	cargo build --locked --release
	scripts/tour.sh target/release/gatepost
	scripts/with-postgres python3 bench/torture.py
	scripts/clients.sh target/release/gatepost
	GATEPOST_LOOKS=all cargo test --locked --test all -- browser::
	GATEPOST_TEST_ALL=1 GATEPOST_WALKS=all scripts/with-postgres cargo test --locked --test all -- explained seen reading_walk
	PROPTEST_CASES=20000 cargo test --locked --test all -- parsers
	PROPTEST_CASES=2000 cargo test --locked --lib -- access_file::worlds

# Builds a Debian package in target/, with the unit and completion for shells.
package:
	GATEPOST_BUILD_COMMIT=$$(git rev-parse --short HEAD 2>/dev/null) cargo build --locked --release
	scripts/package.sh target/release/gatepost

# Rewrites the generated files: openapi.json, docs/access-matrix.md, docs/extensions.md and its pages, docs/tour.md, the
# lists of tests and samples, and the list of operations that are not built yet.
accept:
	UPDATE=1 cargo test --test all -- generated contract
