//! 6.1: the records that may be one person, and those that were joined, on the desk of the responsible person. Records stand here by links;
//! nobody's name does, and no contact.

use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem, SubjectId};
use sandyq_processing::Rejected;
use sandyq_processing::systematize::{Because, Pair, Paired, Pairs, Verdict};

use super::cases::staff;
use super::privileged;
use crate::components::{Row, error_summary, hidden, problem_of, summary_list};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::Visit;

/// Where the list is.
pub const PATH: &str = "/staff/alike";

/// Steps that take a fresh number.
const PRIVILEGED: [&str; 2] = [Verdict::OnePerson.name(), Verdict::NotOnePerson.name()];

/// The two records of a form that was sent, with the reason that was chosen and what is wrong.
pub type Wrong<'w> = (Option<[SubjectId; 2]>, &'w str, &'w Mistake);

/// GET /staff/alike
pub async fn show(arrival: Arrival) -> Response {
    let outcome = shown(&arrival, (None, "", &Mistake::default())).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, wrong: Wrong<'_>) -> Outcome {
    let (system, visit) = (&arrival.system, &arrival.visit);
    let pairs = system.pairs(staff(arrival)?).await?;
    let words = Words {
        who: &|paired: &Paired| system.category_label(paired.category, visit.language),
        by: &|pair: &Pair| system.labels(pair.by, visit.language).join(", "),
    };
    let page = page(visit, &words, &pairs, wrong);
    Ok(Answer::of(page))
}

/// POST /staff/alike
pub async fn decide(mut sent: Sent) -> Response {
    if let Some(asked) = privileged::asks(&mut sent, &PRIVILEGED).await {
        return sent.arrival.respond(asked);
    }
    let outcome = match decided(&sent).await {
        Err(Rejected::Mistake(mistake)) => {
            let wrong = (records(&sent).ok(), sent.typed.text("because"), &mistake);
            shown(&sent.arrival, wrong).await
        }
        outcome => outcome,
    };
    sent.arrival.respond(outcome)
}

async fn decided(sent: &Sent) -> Outcome {
    let caller = staff(&sent.arrival)?;
    sent.typed
        .only(|name| matches!(name, "one" | "other" | "because"))?;
    sent.fresh()?;
    let verdict = Verdict::named(sent.typed.text("step"));
    let verdict = verdict.ok_or_else(|| Rejected::mistake("step", Problem::Choice))?;
    let because = match sent.typed.text("because") {
        "" => None,
        word => {
            let known = Because::named(word);
            Some(known.ok_or_else(|| Rejected::mistake("because", Problem::Choice))?)
        }
    };
    let system = &sent.arrival.system;
    system
        .decide_pair(caller, records(sent)?, (verdict, because))
        .await?;
    Ok(Answer::SeeOther(PATH.to_owned()))
}

fn records(sent: &Sent) -> Result<[SubjectId; 2], Rejected> {
    let record = |name: &str| sent.typed.text(name).parse().map_err(|_| Rejected::NotFound);
    Ok([record("one")?, record("other")?])
}

/// How things of the policy are said on the page.
pub struct Words<'w> {
    /// What a person is to the operator.
    pub who: &'w dyn Fn(&Paired) -> String,
    /// The contacts that two have in common.
    pub by: &'w dyn Fn(&Pair) -> String,
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, words: &Words<'_>, pairs: &Pairs, wrong: Wrong<'_>) -> Page {
    let title = visit.say("pairs-title");
    let label = |name: &str| (name == "because").then(|| visit.say("pairs-because"));
    let place = |_: &str, _: Problem| wrong.0.map_or_else(|| "pairs".to_owned(), place_of);
    let body = html! {
        (error_summary(visit, wrong.2, label, place))
        h1 #pairs { (title) }
        p.lead { (visit.say("pairs-lead")) }
        @if pairs.open.is_empty() { p.inset { (visit.say("pairs-none")) } }
        @for pair in &pairs.open { (section(visit, words, pair, wrong)) }
        h2 { (visit.say("pairs-joined-title")) }
        @if pairs.joined.is_empty() { p { (visit.say("pairs-joined-none")) } } @else {
            p { (visit.say("pairs-joined-lead")) }
        }
        @for pair in &pairs.joined { (section(visit, words, pair, wrong)) }
    };
    Page::new(title.clone(), body)
        .wrong_if(!wrong.2.0.is_empty())
        .back_to("/staff/requests")
}

fn section(visit: &Visit, words: &Words<'_>, pair: &Pair, wrong: Wrong<'_>) -> Markup {
    let records = pair.records.map(|record| record.subject);
    let (place, heading) = (place_of(records), format!("pair-{}", place_of(records)));
    let is_joined = pair.decided.is_some();
    let title = if is_joined { "pairs-one" } else { "pairs-maybe" };
    let is_wrong = wrong.0 == Some(records);
    let problem = wrong.2.of("because").filter(|_| is_wrong);
    let chosen = if is_wrong { wrong.1 } else { "" };
    let [one, other] = records.map(|record| record.to_string());
    html! {
        article aria-labelledby=(heading) {
            @if is_joined { h3 id=(heading) { (visit.say(title)) } } @else { h2 id=(heading) { (visit.say(title)) } }
            (summary_list(&facts(visit, words, pair)))
            form method="post" action=(PATH) novalidate autocomplete="off" {
                (hidden("token", &visit.token))
                (hidden("key", &visit.key))
                (hidden("one", &one))
                (hidden("other", &other))
                div.question.is-wrong[problem.is_some()] {
                    label for=(place) { (visit.say("pairs-because")) }
                    (problem_of(visit, &place, problem))
                    select.w-long id=(place) name="because" {
                        option value="" { (visit.say("not-given")) }
                        @for because in Because::ALL.into_iter().filter(|because| is_joined || *because != Because::Mistaken) {
                            option value=(because.name()) selected[because.name() == chosen] {
                                (visit.say(&format!("pairs-because-{}", because.name())))
                            }
                        }
                    }
                }
                @if is_joined {
                    (verdict(visit, Verdict::NotOnePerson, "pairs-split", "quiet"))
                } @else {
                    (verdict(visit, Verdict::OnePerson, "pairs-one", "go"))
                    (verdict(visit, Verdict::NotOnePerson, "pairs-not-one", "quiet"))
                }
            }
        }
    }
}

fn verdict(visit: &Visit, verdict: Verdict, says: &str, class: &str) -> Markup {
    html! {
        p { button class=(class) type="submit" name="step" value=(verdict.name()) { (visit.say(says)) } }
    }
}

/// Where the reason of a pair stands on the page.
fn place_of([one, other]: [SubjectId; 2]) -> String {
    format!("because-{one}-{other}")
}

fn facts(visit: &Visit, words: &Words<'_>, pair: &Pair) -> Vec<Row> {
    let links = pair.records.iter().map(|record| {
        let since = visit.date(record.created_at);
        let link = html! {
            a href={ "/staff/records/" (record.subject) } { ((words.who)(record)) ", " (since) }
            @if record.standing != sandyq_model::Standing::Active {
                " " span.tag { (visit.say(&format!("record-standing-{}", record.standing.name()))) }
            }
        };
        Row::new(visit.say("record-title"), link)
    });
    let mut rows: Vec<Row> = links.collect();
    rows.push(Row::text(visit.say("pairs-by"), &(words.by)(pair)));
    rows.push(Row::text(visit.say("pairs-found"), &visit.date(pair.found_at)));
    if let Some((because, name, at)) = &pair.decided {
        let why = because.map(|because| visit.say(&format!("pairs-because-{}", because.name())));
        rows.push(Row::text(visit.say("pairs-because"), &why.unwrap_or_default()));
        rows.push(Row::text(
            visit.say("pairs-decided"),
            &format!("{}, {name}", visit.date(*at)),
        ));
    }
    rows
}
