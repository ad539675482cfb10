//! 5.1.6, 5.1.3: how what lies at rest is looked after, for the administrator: what needs a look first, then backups, keys, the second copy,
//! the ledger and the machine. A backup and a drill can be begun here. Nobody's data is on it.

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::Problem;
use sandyq_processing::Rejected;
use sandyq_processing::at_rest::{AtRest, Backups, Concern, Copied, Going, Keys, Signed, Upkeep};
use sandyq_processing::ports::Keeper;

use super::cases::staff;
use super::privileged;
use crate::components::{Row, hidden, submit, summary_list};
use crate::desk::Shared;
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the page is.
pub const PATH: &str = "/staff/at-rest";

/// GET /staff/at-rest
pub async fn show(State(desk): State<Shared>, arrival: Arrival) -> Response {
    let outcome = looked(&arrival, desk.options.keeper.as_deref()).await;
    arrival.respond(outcome)
}

async fn looked(arrival: &Arrival, keeper: Option<&dyn Keeper>) -> Outcome {
    let found = arrival.system.at_rest(staff(arrival)?, keeper).await?;
    Ok(Answer::Page(page(&arrival.visit, &found)))
}

/// POST /staff/at-rest
pub async fn begin(State(desk): State<Shared>, mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &Upkeep::ALL.map(Upkeep::name)).await {
        return sent.arrival.respond(asked);
    }
    let outcome = begun(&sent, desk.options.keeper.as_deref()).await;
    sent.arrival.respond(outcome)
}

async fn begun(sent: &Sent, keeper: Option<&dyn Keeper>) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let step = sent.typed.text("step");
    let what = Upkeep::ALL.into_iter().find(|what| what.name() == step);
    let what = what.ok_or_else(|| Rejected::mistake("step", Problem::Choice))?;
    // What goes on already is on the page that comes next, and so is why nothing can be begun.
    let _began = arrival.system.begin_upkeep(caller, keeper, what).await?;
    Ok(Answer::SeeOther(PATH.to_owned()))
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, found: &AtRest) -> Page {
    let concerns = found.concerns();
    let body = html! {
        h1 { (visit.say("at-rest-title")) }
        p.lead { (visit.say("at-rest-lead")) }
        @if concerns.is_empty() { p.inset { (visit.say("at-rest-well")) } } @else {
            div.inset role="alert" {
                h2 { (visit.say("at-rest-concerns")) }
                ul { @for concern in &concerns { li { (in_words(visit, concern)) } } }
            }
        }
        h2 id="backups" { (visit.say("at-rest-backups")) }
        @match found.backups.as_ref().filter(|backups| backups.place.is_some()) {
            Some(backups) => { (of_backups(visit, backups)) },
            None => { p { (visit.say("at-rest-no-place")) } },
        }
        h2 { (visit.say("at-rest-keys")) }
        p { (visit.say("at-rest-keys-lead")) }
        (of_keys(visit, &found.keys))
        h2 { (visit.say("at-rest-copy")) }
        @match &found.copy {
            Some(copy) => { (of_copy(visit, copy)) },
            None => { p { (visit.say("at-rest-no-copy")) } },
        }
        h2 { (visit.say("at-rest-ledger")) }
        (of_ledger(visit, &found.ledger))
        h2 { (visit.say("at-rest-machine")) }
        (of_machine(visit, found))
    };
    Page::new(visit.say("at-rest-title"), body).back_to("/staff/cases")
}

fn in_words(visit: &Visit, concern: &Concern) -> String {
    let key = format!("at-rest-concern-{}", concern.name());
    match concern {
        Concern::BackupLate(Some(at))
        | Concern::DrillLate(Some(at))
        | Concern::EpochLate(at)
        | Concern::WitnessLate(Some(at)) => visit.say_of(&key, "date", &visit.date_and_time(*at)),
        Concern::Disk(count) | Concern::Queue(count) => visit.say_of(&key, "count", &count.to_string()),
        Concern::Letters(count) => visit.say_of(&key, "count", &count.to_string()),
        _ => visit.say(&key),
    }
}

fn of_backups(visit: &Visit, backups: &Backups) -> Markup {
    let hours = backups.every_hours.to_string();
    let days = backups.max_age_days.to_string();
    let mut rows = vec![
        Row::new(
            visit.say("at-rest-place"),
            html! { code { (backups.place.as_deref().unwrap_or_default()) } },
        ),
        Row::text(
            visit.say("at-rest-turn"),
            &visit.say_with("at-rest-turns", &[("hours", hours.into()), ("days", days.into())]),
        ),
    ];
    let made = backups.made.as_ref();
    rows.push(Row::new(
        visit.say("at-rest-made"),
        html! {
            @if let Some(made) = made {
                (visit.date_and_time(made.at)) br; code { (made.id) }
                @if let Some(bytes) = made.bytes { br; (visit.say_of("at-rest-size", "size", &size(bytes))) }
            } @else { (visit.say("at-rest-none-yet")) }
        },
    ));
    rows.push(Row::new(
        visit.say("at-rest-drilled"),
        html! {
            @if let Some(drill) = &backups.drilled {
                @if drill.worked { (visit.say("at-rest-drill-right")) }
                @else { span.tag.no { (visit.say("at-rest-drill-wrong")) } }
                br; (visit.date_and_time(drill.at)) br; code { (drill.id) }
                @if !drill.worked { br; span lang="en" { (drill.says) } }
            } @else { (visit.say("at-rest-none-yet")) }
        },
    ));
    html! {
        (summary_list(&rows))
        @if let Some((what, says)) = &backups.failed {
            p.inset role="alert" {
                (visit.say(&format!("at-rest-failed-{}", what.name()))) " " span lang="en" { (says) }
            }
        }
        @if let Some(going) = &backups.going { (goes_on(visit, going)) } @else { (buttons(visit, backups)) }
    }
}

fn goes_on(visit: &Visit, going: &Going) -> Markup {
    let key = format!("at-rest-going-{}", going.what.name());
    let rows = going.rows.to_string();
    let since = visit.date_and_time(going.since);
    html! {
        p.inset role="status" { (visit.say_with(&key, &[("since", since.into()), ("rows", rows.into())])) }
        p { a href=(PATH) { (visit.say("at-rest-again")) } }
    }
}

fn buttons(visit: &Visit, backups: &Backups) -> Markup {
    html! {
        form method="post" action=(PATH) novalidate autocomplete="off" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            p { (submit(Upkeep::Backup.name(), &visit.say("at-rest-backup-button"))) }
            @if backups.can_drill {
                p { button.quiet type="submit" name="step" value=(Upkeep::Drill.name()) { (visit.say("at-rest-drill-button")) } }
            }
        }
        @if !backups.can_drill {
            p { (visit.say("at-rest-drill-elsewhere")) }
            pre tabindex="0" { "sandyq drill --identity … --identity …" }
        }
    }
}

fn of_keys(visit: &Visit, keys: &Keys) -> Markup {
    let (source, since) = keys.root;
    let (epoch, begun) = keys.epoch;
    let of_epoch = visit.say_with(
        "at-rest-epoch-since",
        &[
            ("epoch", epoch.to_string().into()),
            ("date", visit.date_and_time(begun).into()),
        ],
    );
    let open = match (keys.due_at, keys.oldest_death) {
        (Some(due), Some(oldest)) => visit.say_with(
            "at-rest-window-open",
            &[
                ("count", keys.deaths.to_string().into()),
                ("since", visit.date_and_time(oldest).into()),
                ("until", visit.date_and_time(due).into()),
            ],
        ),
        _ => visit.say("at-rest-window-closed"),
    };
    let mut rows = vec![
        Row::text(
            visit.say("at-rest-root"),
            &format!(
                "{}, {}",
                visit.say(&format!("at-rest-root-{}", source.replace(' ', "-"))),
                visit.date_and_time(since)
            ),
        ),
        Row::text(visit.say("at-rest-people"), &keys.people.to_string()),
        Row::text(visit.say("at-rest-epoch"), &of_epoch),
        Row::text(visit.say("at-rest-window"), &open),
    ];
    if keys.changing {
        rows.push(Row::text(
            visit.say("at-rest-epoch-end"),
            &visit.say("at-rest-changing"),
        ));
    }
    html! {
        (summary_list(&rows))
        details {
            summary { (visit.say("at-rest-inventory")) }
            div.scroll tabindex="0" role="region" aria-label=(visit.say("at-rest-inventory")) {
                table {
                    thead { tr {
                        th scope="col" { (visit.say("at-rest-use")) }
                        th.number scope="col" { (visit.say("at-rest-version")) }
                        th scope="col" { (visit.say("at-rest-state")) }
                    } }
                    tbody { @for (usage, version, current) in &keys.in_use {
                        tr {
                            th scope="row" { (visit.say(&format!("at-rest-use-{usage}"))) }
                            td.number { (version) }
                            td { (visit.say(if *current { "at-rest-in-use" } else { "at-rest-reads-old" })) }
                        }
                    } }
                }
            }
        }
    }
}

fn of_copy(visit: &Visit, copy: &Copied) -> Markup {
    let bound = copy.bound.as_secs().to_string();
    let behind = match copy.behind {
        Some(behind) => visit.say_with(
            "at-rest-copy-behind",
            &[
                ("seconds", behind.as_secs().to_string().into()),
                ("bound", bound.into()),
            ],
        ),
        None => visit.say("at-rest-copy-follows"),
    };
    let mut rows = vec![
        Row::text(visit.say("at-rest-state"), &behind),
        Row::text(visit.say("at-rest-frames"), &copy.frames.to_string()),
    ];
    if copy.refuses {
        rows.push(Row::text(
            visit.say("at-rest-refuses"),
            &visit.say("at-rest-copy-refuses"),
        ));
    }
    rows.extend(
        copy.fault
            .as_ref()
            .map(|fault| Row::new(visit.say("at-rest-fault"), html! { span lang="en" { (fault) } })),
    );
    summary_list(&rows)
}

fn of_ledger(visit: &Visit, ledger: &Signed) -> Markup {
    let witnessed = match &ledger.witnessed {
        Some((names, at, entries)) => visit.say_with(
            "at-rest-witnessed-by",
            &[
                ("names", names.join(", ").into()),
                ("date", visit.date_and_time(*at).into()),
                ("entries", entries.to_string().into()),
            ],
        ),
        None => visit.say("at-rest-no-witness"),
    };
    summary_list(&[
        Row::text(visit.say("at-rest-entries"), &ledger.entries.to_string()),
        Row::text(visit.say("at-rest-witnessed"), &witnessed),
    ])
}

fn of_machine(visit: &Visit, found: &AtRest) -> Markup {
    let mut rows = vec![Row::text(
        visit.say("at-rest-clock"),
        &visit.date_and_time(found.now),
    )];
    if let Some((free, all)) = found.backups.as_ref().and_then(|backups| backups.disk) {
        let room = visit.say_with(
            "at-rest-room",
            &[("free", mebibytes(free).into()), ("all", mebibytes(all).into())],
        );
        rows.push(Row::text(visit.say("at-rest-disk"), &room));
    }
    let queue = visit.say_with(
        "at-rest-queue-of",
        &[
            ("letters", found.queue.letters.to_string().into()),
            ("destructions", found.queue.destructions.to_string().into()),
            ("others", found.queue.others.to_string().into()),
        ],
    );
    rows.push(Row::text(visit.say("at-rest-queue"), &queue));
    rows.push(Row::text(
        visit.say("at-rest-letters"),
        &found.refused_letters.to_string(),
    ));
    summary_list(&rows)
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    if bytes < MEBIBYTE {
        format!("{} KiB", bytes.div_ceil(1024))
    } else {
        mebibytes(bytes / MEBIBYTE)
    }
}

/// Mebibytes as people read them.
fn mebibytes(count: u64) -> String {
    if count < 10 * 1024 {
        format!("{count} MiB")
    } else {
        format!("{} GiB", count / 1024)
    }
}

const MEBIBYTE: u64 = 1024 * 1024;
