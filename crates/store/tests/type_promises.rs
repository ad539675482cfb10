//! Promises that the compiler keeps: each file of `compile_fail/` is a program that somebody might write one tired
//! evening, and the message that stops it. After a new compiler: `TRYBUILD=overwrite cargo test -p sandyq-store --test
//! type_promises`, and read what changed.

#[test]
fn programs_that_must_not_compile_do_not() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
