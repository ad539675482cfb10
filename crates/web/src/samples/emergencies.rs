//! Looks in an emergency: who asks, what is open, and who judges.

use sandyq_model::{Mistake, Problem, ProposalId};
use sandyq_processing::Language;
use sandyq_processing::emergency::{EmergencyLook, EmergencyView, OwnEmergencies};

use super::people::{at, opened};
use super::{Sample, visit};
use crate::console::{emergency, judgements};
use crate::visit::Standpoint;

const fn id(number: u8) -> ProposalId {
    ProposalId::from_bytes([number; 16])
}

/// Who asks and looks.
pub fn looks(language: Language) -> Vec<Sample> {
    let asks = visit(language, emergency::PATH, Standpoint::Staff);
    let looks = visit(language, "/staff/emergency/0123", Standpoint::Staff);
    let nothing = OwnEmergencies {
        minutes: 15,
        answer_minutes: 60,
        ..OwnEmergencies::default()
    };
    let own = OwnEmergencies {
        waiting: vec![(id(1), "SQ-4H1Z-77WD".to_owned(), at("2026-11-23T06:00:00Z"))],
        open: vec![(id(2), "SQ-7K2M-90QX".to_owned(), at("2026-11-23T05:15:00Z"))],
        ..nothing.clone()
    };
    let wrong = Mistake(vec![
        ("reference".into(), Problem::NoCase),
        ("reason".into(), Problem::Missing),
    ]);
    let opened = opened(language);
    let look = EmergencyLook {
        id: id(2),
        case: opened.case,
        until: at("2026-11-23T05:15:00Z"),
        fields: opened.fields,
        entry: opened.entry,
    };
    let page = |own: &OwnEmergencies, typed, mistake| emergency::page(&asks, own, typed, mistake);
    vec![
        (
            "emergency",
            asks.clone(),
            page(&own, ["", ""], &Mistake::default()),
        ),
        (
            "emergency-wrong",
            asks.clone(),
            page(&nothing, ["SQ-0000-0000", ""], &wrong),
        ),
        ("emergency-asked", asks.clone(), emergency::asked_page(&asks)),
        (
            "emergency-look",
            looks.clone(),
            emergency::look_page(&looks, &look),
        ),
    ]
}

/// Who judges.
pub fn judged(language: Language) -> Vec<Sample> {
    let board = visit(language, judgements::PATH, Standpoint::Staff);
    let one = |number: u8, is_open: bool, is_late: bool| EmergencyView {
        id: id(number),
        reference: (number != 3).then(|| "SQ-7K2M-90QX".to_owned()),
        reason: "loss".to_owned(),
        by: Some("aliya".to_owned()),
        second: (number != 3).then(|| "aru".to_owned()),
        opened_at: at("2026-11-23T05:00:00Z"),
        until: at("2026-11-23T05:15:00Z"),
        looks: u32::from(number),
        due: at("2026-11-26T05:00:00Z"),
        is_open,
        is_late,
    };
    let waiting = [one(3, false, true), one(2, false, false), one(1, true, false)];
    let early = Mistake::one("verdict", Problem::NotDone);
    let page = |waiting: &[EmergencyView], mistake| judgements::page(&board, waiting, mistake);
    vec![
        ("judgements", board.clone(), page(&waiting, &Mistake::default())),
        ("judgements-none", board.clone(), page(&[], &Mistake::default())),
        ("judgements-wrong", board.clone(), page(&waiting[..1], &early)),
        ("judgements-breach", board.clone(), judgements::wrong_page(&board)),
    ]
}
