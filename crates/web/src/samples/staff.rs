//! The way in of staff, and what they see of their own accounts.

use sandyq_model::{Mistake, Plain, Problem, ProposalId, SubjectId};
use sandyq_processing::Language;
use sandyq_processing::access::{AccessOnDay, AccessRow, Invitation, Invited, OwnLink};
use sandyq_processing::retention::Order;
use sandyq_processing::second_person::{Deed, ProposalView};

use super::{Sample, account, passkeys, visit};
use crate::console::{
    access, invite, invited, own_password, own_sessions, privileged, proposals, provider, second_factor,
};
use crate::demo_staff;
use crate::portal::sessions;
use crate::visit::Standpoint;

pub fn pages(language: Language) -> Vec<Sample> {
    let outside = |here: &str| visit(language, here, Standpoint::Visitor);
    let number = outside(second_factor::NUMBER);
    let set_up = outside(second_factor::SET_UP);
    let demo = outside(demo_staff::PATH);
    let own = visit(language, own_sessions::PATH, Standpoint::Staff);
    let list = visit(language, access::PATH, Standpoint::Staff);
    let wrong = Mistake::one("code", Problem::OneTime);
    let invented = [
        ("sales", "k3w9t-p2mqa-77xhd-c4rbz", "287082"),
        ("responsible", "m8x2c-h5vnt-q3kd9-w7pyf", "081804"),
    ];
    let invented = invented.map(|(name, password, number)| [name, password, number].map(str::to_owned));
    vec![
        (
            "staff-second",
            number.clone(),
            second_factor::number_page(&number, None, &wrong),
        ),
        (
            "staff-second-passkey",
            number.clone(),
            second_factor::number_page(
                &number,
                Some(&passkeys::asked()),
                &Mistake::one("passkey", Problem::Passkey),
            ),
        ),
        (
            "staff-set-up",
            set_up.clone(),
            second_factor::set_up_page(&set_up, &account::proposed(), &Mistake::default()),
        ),
        (
            "staff-codes",
            set_up.clone(),
            second_factor::codes_page(&set_up, &account::paper_codes()),
        ),
        (
            "staff-sessions",
            own.clone(),
            sessions::page(
                &own,
                (
                    own_sessions::PATH,
                    Some(&provider::title_of(&own, Some("id.example.kz"))),
                ),
                &account::sessions_of_one(),
            ),
        ),
        (
            "staff-access",
            list.clone(),
            access::page(&list, "2026-11-01", Some(&access_on_a_day()), &Mistake::default()),
        ),
        (
            "staff-access-wrong",
            list.clone(),
            access::page(&list, "2026-13-01", None, &Mistake::one("day", Problem::Date)),
        ),
        ("demo-staff", demo.clone(), demo_staff::page(&demo, &invented)),
    ]
}

/// What one changes and proves at a desk.
pub fn own(language: Language) -> Vec<Sample> {
    let password = visit(language, own_password::PATH, Standpoint::Staff);
    let record = visit(language, "/staff/records/0123", Standpoint::Staff);
    let mut all = at_provider(language);
    all.extend([
        (
            "staff-password",
            password.clone(),
            own_password::page(&password, &Mistake::default()),
        ),
        (
            "staff-password-wrong",
            password.clone(),
            own_password::page(&password, &Mistake::one("current", Problem::PasswordOrNumber)),
        ),
        (
            "staff-password-done",
            password.clone(),
            own_password::done_page(&password),
        ),
        (
            "staff-privileged-wrong",
            record.clone(),
            privileged::page(
                &record,
                &[("document", "2-4417"), ("article", "148")]
                    .map(|(name, value)| (name.into(), value.into())),
                ("hold", None),
                &Mistake::one("fresh_number", Problem::OneTime),
            ),
        ),
        (
            "staff-privileged-passkey",
            record.clone(),
            privileged::page(
                &record,
                &[("document".into(), "2-4417".into())],
                ("hold", Some(&passkeys::asked())),
                &Mistake::default(),
            ),
        ),
    ]);
    all
}

/// The way through an identity provider.
fn at_provider(language: Language) -> Vec<Sample> {
    const HOST: &str = "id.example.kz";
    let back = visit(language, provider::BACK, Standpoint::Visitor);
    let own = visit(language, provider::LINK, Standpoint::Staff);
    let link = |since: Option<&str>| OwnLink {
        host: Some(HOST.to_owned()),
        stale: false,
        since: since.and_then(|since| since.parse().ok()),
        used_at: since.and_then(|since| since.parse().ok()),
    };
    let brought = [("code".to_owned(), "0123".to_owned())];
    let linked = link(Some("2026-11-23T05:00:00Z"));
    let before = OwnLink {
        stale: true,
        ..link(Some("2026-11-23T05:00:00Z"))
    };
    let gone = OwnLink {
        host: None,
        stale: true,
        ..link(Some("2026-11-23T05:00:00Z"))
    };
    vec![
        (
            "provider-back",
            back.clone(),
            provider::back_page(&back, HOST, &brought),
        ),
        (
            "provider-failed",
            back.clone(),
            provider::failed_page(&back, HOST),
        ),
        ("provider-none", own.clone(), provider::page(&own, &link(None))),
        ("provider-linked", own.clone(), provider::page(&own, &linked)),
        ("provider-stale", own.clone(), provider::page(&own, &before)),
        ("provider-gone", own.clone(), provider::page(&own, &gone)),
        ("provider-away", own.clone(), provider::go_page(&own, HOST)),
    ]
}

/// Who invites, and who is invited.
pub fn invitations(language: Language) -> Vec<Sample> {
    let asks = visit(language, invite::PATH, Standpoint::Staff);
    let invited_to = visit(language, "/staff/invited/0123", Standpoint::Visitor);
    vec![
        ("staff-invite-wrong", asks.clone(), {
            let roles = super::accounts::roles();
            let mistake = Mistake::one("role", Problem::RoleAbove);
            invite::page(&asks, &roles, ["zarina", "auditor"], &mistake)
        }),
        ("staff-invite-link", asks.clone(), {
            let invitation = Invitation {
                path: Plain::from("/staff/invited/0123"),
                link: Plain::from(
                    "https://example.kz/staff/invited/h3v9cpwd810fyr5s6bna4k7mt0q2xzh3v9cpwd81",
                ),
                until: "2026-11-26T05:00:00Z".parse().unwrap(),
            };
            invite::link_page(&asks, "zarina", &invitation)
        }),
        ("staff-invited-wrong", invited_to.clone(), {
            let invited = Invited {
                name: "zarina".to_owned(),
                role: "Auditor".to_owned(),
            };
            let mistake = Mistake::one("password", Problem::PasswordShort);
            invited::page(&invited_to, "0123", &invited, &mistake)
        }),
    ]
}

fn access_on_a_day() -> AccessOnDay {
    let at = |text: &str| text.parse().unwrap();
    let row = |name: &str, until: Option<&str>, reads: &[(&str, &[&str])]| AccessRow {
        name: name.to_owned(),
        role: name.to_owned(),
        since: at("2026-10-01T05:00:00Z"),
        until: until.map(at),
        reads: reads
            .iter()
            .map(|(purpose, fields)| {
                (
                    (*purpose).to_owned(),
                    fields.iter().map(|field| (*field).to_owned()).collect(),
                )
            })
            .collect(),
    };
    AccessOnDay {
        day: jiff::civil::date(2026, 11, 1),
        rows: vec![
            row("auditor", None, &[]),
            row(
                "sales",
                Some("2026-11-01T09:00:00Z"),
                &[("2.2.7", &["1.1.1", "1.1.2"])],
            ),
        ],
        policy: "0f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c4b5a69780f1e2d3c4b5a6978".to_owned(),
    }
}

/// What waits for a second person.
pub fn proposals(language: Language) -> Vec<Sample> {
    let desk = visit(language, proposals::PATH, Standpoint::Staff);
    let one = |number: u8, deed: Deed, own: bool| ProposalView {
        id: ProposalId::from_bytes([number; 16]),
        subject: (!["invite", "change-role"].contains(&deed.name()))
            .then(|| SubjectId::from_bytes([number; 16])),
        deed,
        by: "aru".to_owned(),
        at: super::people::at("2026-11-23T05:00:00Z"),
        until: super::people::at("2026-11-26T05:00:00Z"),
        own,
    };
    let keep = Deed::Keep(Order {
        ordered_by: "court".to_owned(),
        article: "Civil Procedure Code, Art. 156".to_owned(),
        document: "2-1187/2026".to_owned(),
        dated: "2026-11-20".to_owned(),
    });
    let lift = Deed::Lift {
        hold: String::new(),
        document: "2-1187/2026-3".to_owned(),
    };
    let invite = Deed::Invite {
        name: "zarina".to_owned(),
        role: "auditor".to_owned(),
    };
    let emergency = Deed::Emergency {
        reference: "SQ-7K2M-90QX".to_owned(),
        reason: "loss".to_owned(),
    };
    let list = Deed::BreachList {
        breach: 3,
        people: Some(1_200),
        sought: Some(2),
    };
    let closing = Deed::CloseAccount {
        reason: "against-rules".to_owned(),
    };
    let change = Deed::ChangeRole {
        name: "aliya".to_owned(),
        from: "sales".to_owned(),
        role: "support".to_owned(),
    };
    let waiting = [
        one(1, keep, false),
        one(2, lift, false),
        one(3, Deed::Destroy, true),
        one(4, invite, false),
        one(5, emergency, false),
        one(6, closing, false),
        one(7, change, false),
        one(8, list, false),
    ];
    let names = proposals::Names {
        role: &|_| "Auditor".to_owned(),
        reason: &|_| super::requests::reasons(language)[0].1.clone(),
    };
    let gone = Mistake::one("proposal", Problem::Closed);
    let page = |waiting: &[ProposalView], mistake| proposals::page(&desk, &names, waiting, mistake);
    vec![
        ("proposals", desk.clone(), page(&waiting, &Mistake::default())),
        ("proposals-none", desk.clone(), page(&[], &Mistake::default())),
        ("proposals-wrong", desk.clone(), page(&waiting[..1], &gone)),
        ("proposed", desk.clone(), proposals::proposed(&desk)),
    ]
}
