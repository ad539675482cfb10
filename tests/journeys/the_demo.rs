//! What the README promises of the demo: an address, staff who can sign in, a letter box, and data that a power cut
//! does not take when a folder was given.

use super::harness::{Running, Visitor};

#[test]
fn a_demo_says_where_everything_is_and_survives_a_power_cut() {
    let mut running = Running::demo(&[]);
    assert!(running.url.starts_with("http://127.0.0.1:"));
    assert!(!running.staff_in("sales").password.is_empty());
    assert_eq!(Visitor::at(&running.url).get("/").answer.status, 200);
    assert_eq!(Visitor::at(&running.url).get(&running.mail).answer.status, 200);
    let staff = running.staff.clone();
    running.kill();
    running.start_again();
    assert_eq!(running.staff, staff, "the folder was used again");
    assert_eq!(Visitor::at(&running.url).get("/").answer.status, 200);
}
