//! Accounts of staff, as whoever gives access sees them.

use sandyq_model::{ActorId, Mistake, Problem};
use sandyq_processing::Language;
use sandyq_processing::access::{RoleToGive, StaffAccount};

use super::people::at;
use super::{Sample, visit};
use crate::console::accounts;
use crate::visit::Standpoint;

/// Roles to give: one alone, one with a second person.
pub fn roles() -> Vec<RoleToGive> {
    let role = |name: &str, label: &str, takes_two| RoleToGive {
        name: name.to_owned(),
        label: label.to_owned(),
        takes_two,
    };
    vec![
        role("support", "Support", false),
        role("auditor", "Auditor", true),
    ]
}

fn account(number: u8, name: &str, familiar: bool) -> StaffAccount {
    StaffAccount {
        id: ActorId::from_bytes([number; 16]),
        name: name.to_owned(),
        role: "Sales".to_owned(),
        since: at("2026-11-01T09:00:00Z"),
        closed_at: None,
        familiar,
        own: false,
    }
}

/// The list, and one account: with what was wrong, one's own, and a closed one.
pub fn pages(language: Language) -> Vec<Sample> {
    let desk = visit(language, accounts::PATH, Standpoint::Staff);
    let own = StaffAccount {
        own: true,
        ..account(3, "access", true)
    };
    let closed = StaffAccount {
        closed_at: Some(at("2026-11-20T09:00:00Z")),
        ..account(4, "erlan", false)
    };
    let listed = [
        account(1, "aliya", true),
        account(2, "bolat", false),
        own.clone(),
        closed.clone(),
    ];
    let page = |one: &StaffAccount, mistake: &Mistake| accounts::page(&desk, one, &roles(), "", mistake);
    let nothing = Mistake::default();
    vec![
        ("accounts", desk.clone(), accounts::list_page(&desk, &listed)),
        ("account", desk.clone(), page(&listed[0], &nothing)),
        ("account-own", desk.clone(), page(&own, &nothing)),
        ("account-closed", desk.clone(), page(&closed, &nothing)),
        (
            "account-wrong-role",
            desk.clone(),
            page(&listed[1], &Mistake::one("role", Problem::RoleAbove)),
        ),
        (
            "account-wrong-last",
            desk.clone(),
            page(&listed[1], &Mistake::one("name", Problem::LastOfRole)),
        ),
        (
            "account-wrong-own",
            desk.clone(),
            page(&own, &Mistake::one("name", Problem::OwnAccount)),
        ),
    ]
}
