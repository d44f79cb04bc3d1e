//! Compiled into the one test binary (`tests/main.rs`), so that the tests of a resource lie beside it.
