//! 5.1.5: the ledger for the auditor and the responsible person: what stands out, the entries that fit a filter, a button that
//! verifies, and a file with proofs. The filter is in the address; whom an entry is about is not: the address names the entry.

use axum::extract::RawQuery;
use axum::response::Response;
use maud::{Markup, html};
use sandyq_model::{Mistake, Problem, Role};
use sandyq_processing::audit::{
    AuditFilter, AuditLine, AuditPage, EXTRACT_ENTRIES_MAX, LOOKED_THROUGH_MAX, Notable, Notices, Verified,
};
use sandyq_processing::{Rejected, System};

use super::access;
use super::breaches::REGISTER;
use super::cases::staff;
use super::destructions::PATH as DESTRUCTIONS;
use super::local_acts::LOCAL_ACTS;
use super::papers::PATH as PAPERS;
use crate::components::{Row, error_summary, hidden, problem_of, summary_list};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent};
use crate::layout::Page;
use crate::visit::Visit;

/// The page.
pub(super) const PATH: &str = "/staff/audit";
/// The inputs of the filter that are typed or chosen.
pub(super) const CHOSEN: [&str; 6] = ["deed", "role", "outcome", "clause", "from", "to"];
/// The inputs that a link sets: the person of that entry, the case of that entry, where to go on.
pub(super) const LED: [&str; 3] = ["of", "case", "before"];
/// Characters of an address that are looked at.
const QUERY_MAX: usize = 1_000;
/// What the file of entries is.
const FILE_KIND: &str = "application/json";

/// What was asked for, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked(Vec<(String, String)>);

impl Asked {
    /// Reads the question out of an address.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let query = query.get(..QUERY_MAX).unwrap_or(query);
        let known = |name: &str| CHOSEN.contains(&name) || LED.contains(&name);
        let pairs = form_urlencoded::parse(query.as_bytes());
        let pairs = pairs.filter(|(name, value)| known(name) && !value.trim().is_empty());
        Self(
            pairs
                .take(CHOSEN.len() + LED.len())
                .map(|(name, value)| (name.into_owned(), value.trim().to_owned()))
                .collect(),
        )
    }

    fn of_form(sent: &Sent) -> Self {
        let names = CHOSEN.iter().chain(&LED);
        let pairs = names.map(|name| ((*name).to_owned(), sent.typed.text(name).trim().to_owned()));
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(asked, _)| asked == name);
        found.map_or("", |(_, value)| value)
    }

    /// The same question with another answer to one of its parts.
    fn with(&self, name: &str, value: &str) -> String {
        let mut address = form_urlencoded::Serializer::new(String::new());
        for (asked, kept) in self
            .0
            .iter()
            .filter(|(asked, _)| asked != name && asked != "before")
        {
            address.append_pair(asked, kept);
        }
        address.append_pair(name, value);
        format!("/staff/audit?{}", address.finish())
    }

    fn before(&self) -> Option<u64> {
        self.get("before").parse().ok()
    }
}

/// The words that the filter offers.
#[derive(Clone, Debug, Default)]
pub struct Offered {
    /// Deeds: the name, and the words of a verb.
    pub deeds: Vec<(&'static str, Option<String>)>,
    /// Roles.
    pub roles: Vec<(Role, String)>,
}

/// GET /staff/audit
pub async fn show(RawQuery(query): RawQuery, arrival: Arrival) -> Response {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let outcome = shown(&arrival, &asked, None).await;
    arrival.respond(outcome)
}

async fn shown(arrival: &Arrival, asked: &Asked, verified: Option<Verified>) -> Outcome {
    let (system, visit) = (&arrival.system, &arrival.visit);
    let caller = staff(arrival)?;
    let notices = system.notices(caller).await?;
    let (filter, mistake) = match filter(arrival, asked).await {
        Ok(filter) => (filter, Mistake::default()),
        Err(Rejected::Mistake(mistake)) => (AuditFilter::default(), mistake),
        Err(other) => return Err(other),
    };
    let found = system
        .audit(caller, &filter, asked.before(), visit.language)
        .await?;
    let offered = Offered {
        deeds: system.deeds(visit.language),
        roles: system.roles_in_words(visit.language),
    };
    let shown = Shown {
        asked,
        offered: &offered,
        notices: &notices,
        found: &found,
        verified,
    };
    let page = page(visit, &shown, &mistake);
    Ok(Answer::of(page))
}

async fn filter(arrival: &Arrival, asked: &Asked) -> Result<AuditFilter, Rejected> {
    let system: &System = &arrival.system;
    let caller = staff(arrival)?;
    let mut filter = AuditFilter::default();
    let mut mistakes = Vec::new();
    for name in CHOSEN {
        let value = asked.get(name);
        if value.is_empty() {
            continue;
        }
        let read = match name {
            "deed" => AuditFilter::deed_named(value).map(|deed| filter.deed = Some(deed)),
            "role" => value
                .parse()
                .ok()
                .and_then(Role::new)
                .map(|role| filter.role = Some(role)),
            "outcome" => AuditFilter::outcome_named(value).map(|outcome| filter.outcome = Some(outcome)),
            "from" => value.parse().ok().map(|day| filter.from = Some(day)),
            "to" => value.parse().ok().map(|day| filter.to = Some(day)),
            _ => is_clause(value).then(|| filter.clause = Some(value.to_owned())),
        };
        if read.is_none() {
            let problem = if matches!(name, "from" | "to") {
                Problem::Date
            } else {
                Problem::Choice
            };
            mistakes.push((name.to_owned(), problem));
        }
    }
    if !asked.get("before").is_empty() && asked.before().is_none() {
        mistakes.push(("before".to_owned(), Problem::Count));
    }
    if !mistakes.is_empty() {
        return Err(Rejected::Mistake(Mistake(mistakes)));
    }
    for name in ["of", "case"] {
        let Ok(index) = asked.get(name).parse::<u64>() else {
            continue;
        };
        let entry = system.entry_of_ledger(caller, index).await?;
        match name {
            "of" => filter.person = entry.subject,
            _ => filter.case = entry.case,
        }
    }
    Ok(filter)
}

/// Letters, digits and the signs of a clause's number.
fn is_clause(written: &str) -> bool {
    written.len() <= 12
        && written
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || ".#-".contains(sign))
}

/// POST /staff/audit: verifies, or hands out the entries that fit with their proofs.
pub async fn act(sent: Sent) -> Response {
    let outcome = acted(&sent).await;
    sent.arrival.respond(outcome)
}

async fn acted(sent: &Sent) -> Outcome {
    let arrival = &sent.arrival;
    let caller = staff(arrival)?;
    sent.typed
        .only(|name| CHOSEN.contains(&name) || LED.contains(&name))?;
    sent.fresh()?;
    let asked = Asked::of_form(sent);
    match sent.typed.text("step") {
        "verify" => {
            let verified = arrival.system.verify_ledger(caller).await?;
            shown(arrival, &asked, Some(verified)).await
        }
        "take-out" => {
            let filter = match filter(arrival, &asked).await {
                Err(Rejected::Mistake(_)) => return shown(arrival, &asked, None).await,
                filter => filter?,
            };
            let file = arrival
                .system
                .extract_of_ledger(caller, &filter, asked.before())
                .await?;
            Ok(Answer::File("ledger-extract.json".to_owned(), FILE_KIND, file))
        }
        _ => Err(Rejected::mistake("step", Problem::Choice)),
    }
}

/// What the page shows.
pub struct Shown<'s> {
    /// The question.
    pub asked: &'s Asked,
    /// The words of the filter.
    pub offered: &'s Offered,
    /// What stands out.
    pub notices: &'s Notices,
    /// The entries that fit.
    pub found: &'s AuditPage,
    /// What verifying found, if that was asked for.
    pub verified: Option<Verified>,
}

/// The page.
#[must_use]
pub fn page(visit: &Visit, shown: &Shown<'_>, mistake: &Mistake) -> Page {
    let found = shown.found;
    let body = html! {
        (error_summary(visit, mistake, |name| Some(visit.say(&format!("audit-{name}"))), |name, _| name.to_owned()))
        h1 { (visit.say("audit-title")) }
        p.lead { (visit.say_of("audit-lead", "count", &found.size.to_string())) }
        ul.ways {
            li { a href=(access::PATH) { (visit.say("access-title")) } }
            li { a href=(REGISTER) { (visit.say("breaches-title")) } }
            li { a href=(LOCAL_ACTS) { (visit.say("local-acts-title")) } }
            li { a href=(PAPERS) { (visit.say("papers-title")) } }
            li { a href=(DESTRUCTIONS) { (visit.say("destructions-title")) } }
        }
        @if let Some(verified) = shown.verified {
            p.inset role="status" {
                (visit.say_with("audit-verified", &[
                    ("entries", verified.entries.to_string().into()), ("checkpoints", verified.checkpoints.to_string().into()),
                ]))
            }
        }
        (notices(visit, shown))
        (question(visit, shown, mistake))
        h2 { (visit.say("audit-entries")) }
        @if found.lines.is_empty() { p.inset { (visit.say("audit-none")) } }
        @for line in &found.lines { (entry(visit, shown.asked, line)) }
        @if let Some(next) = found.next {
            p { a rel="next" href=(shown.asked.with("before", &next.to_string())) { (visit.say("audit-older")) } }
        }
    };
    Page::new(visit.say("audit-title"), body).wrong_if(!mistake.0.is_empty())
}

fn notices(visit: &Visit, shown: &Shown<'_>) -> Markup {
    let notices = shown.notices;
    html! {
        h2 { (visit.say("audit-notices")) }
        @if notices.lines.is_empty() && notices.unwitnessed_since.is_none() { p { (visit.say("audit-quiet")) } } @else {
            p { (visit.say("audit-notices-lead")) }
            ul {
                @for notice in &notices.lines {
                    li {
                        (visit.say_with(notable_key(&notice.what), &[
                            ("who", notice.who.as_str().into()), ("count", notice.count.to_string().into()),
                            ("at", visit.date_and_time(notice.at).into()),
                        ])) " "
                        a href={ "/staff/audit?before=" (notice.entry + 1) } { (visit.say_of("audit-at-entry", "entry", &notice.entry.to_string())) }
                    }
                }
                @if let Some(since) = notices.unwitnessed_since {
                    li { (visit.say_of("audit-unwitnessed", "at", &visit.date_and_time(since))) }
                }
            }
        }
    }
}

const fn notable_key(what: &Notable) -> &'static str {
    match what {
        Notable::Refusals => "audit-refusals",
        Notable::OutsideHours => "audit-outside-hours",
        Notable::ManyPeople => "audit-many-people",
        Notable::Misses => "audit-misses",
    }
}

/// A verb in the words of the policy; a happening in ours, or by its name.
fn deed_words(visit: &Visit, name: &str, words: Option<&String>) -> String {
    words.cloned().unwrap_or_else(|| {
        let key = format!("happening-{name}");
        let said = visit.say(&key);
        if said == key { name.to_owned() } else { said }
    })
}

fn question(visit: &Visit, shown: &Shown<'_>, mistake: &Mistake) -> Markup {
    let (asked, offered) = (shown.asked, shown.offered);
    let deeds = offered
        .deeds
        .iter()
        .map(|(name, words)| ((*name).to_owned(), deed_words(visit, name, words.as_ref())));
    let roles = offered
        .roles
        .iter()
        .map(|(role, words)| (role.number().to_string(), words.clone()));
    let outcomes = ["done", "refused", "failed"];
    let outcomes = outcomes.map(|name| (name.to_owned(), visit.say(&format!("audit-outcome-{name}"))));
    html! {
        details open[!asked.0.is_empty() || !mistake.0.is_empty()] {
            summary { (visit.say("audit-filter")) }
            form method="get" action="/staff/audit" {
                (choice(visit, "deed", &deeds.collect::<Vec<_>>(), asked, mistake))
                (choice(visit, "role", &roles.collect::<Vec<_>>(), asked, mistake))
                (choice(visit, "outcome", &outcomes, asked, mistake))
                @for name in ["clause", "from", "to"] { (line(visit, name, asked, mistake)) }
                @for name in ["of", "case"] {
                    @if !asked.get(name).is_empty() { (hidden(name, asked.get(name))) }
                }
                p { button.quiet type="submit" { (visit.say("audit-look")) } }
            }
        }
        form method="post" action="/staff/audit" {
            (hidden("token", &visit.token))
            (hidden("key", &visit.key))
            @for (name, value) in asked.0.iter().filter(|(name, _)| name != "before") { (hidden(name, value)) }
            (line(visit, "before", asked, mistake))
            p {
                button.quiet type="submit" name="step" value="verify" { (visit.say("audit-verify")) }
                " "
                button.quiet type="submit" name="step" value="take-out" { (visit.say("audit-take-out")) }
            }
        }
        @if !asked.0.is_empty() { p { a href="/staff/audit" { (visit.say("audit-all")) } } }
    }
}

fn choice(
    visit: &Visit,
    name: &str,
    offered: &[(String, String)],
    asked: &Asked,
    mistake: &Mistake,
) -> Markup {
    let problem = mistake.of(name);
    html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(name) { (visit.say(&format!("audit-{name}"))) }
            (problem_of(visit, name, problem))
            select.w-long id=(name) name=(name) {
                option value="" { (visit.say("not-given")) }
                @for (value, words) in offered {
                    option value=(value) selected[value == asked.get(name)] { (words) }
                }
            }
        }
    }
}

fn line(visit: &Visit, name: &str, asked: &Asked, mistake: &Mistake) -> Markup {
    let problem = mistake.of(name);
    let hint = match name {
        "clause" => visit.say("audit-clause-hint"),
        "before" => {
            let most = [
                ("most", EXTRACT_ENTRIES_MAX.to_string().into()),
                ("through", LOOKED_THROUGH_MAX.to_string().into()),
            ];
            visit.say_with("audit-before-hint", &most)
        }
        _ => visit.say("hold-dated-hint"),
    };
    html! {
        div.question.is-wrong[problem.is_some()] {
            label for=(name) { (visit.say(&format!("audit-{name}"))) }
            p.hint id={ (name) "-hint" } { (hint) }
            (problem_of(visit, name, problem))
            input.w-long type="text" id=(name) name=(name) value=(asked.get(name)) maxlength="20" autocomplete="off"
                spellcheck="false" aria-describedby={ (name) "-hint" };
        }
    }
}

fn entry(visit: &Visit, asked: &Asked, line: &AuditLine) -> Markup {
    let say = |key: &str| visit.say(key);
    let (name, words) = &line.deed;
    let outcome = visit.say(&format!("audit-outcome-{}", line.outcome));
    let who = match &line.by {
        Some(by) => format!("{} ({by})", line.role),
        None => line.role.clone(),
    };
    let mut rows = vec![
        Row::text(say("audit-at"), &visit.date_and_time(line.at)),
        Row::text(say("audit-role"), &who),
        Row::text(say("audit-outcome"), &outcome),
    ];
    if line.detail != "none" {
        rows.push(Row::new(say("audit-detail"), html! { code { (line.detail) } }));
    }
    if !line.clauses.is_empty() {
        rows.push(Row::text(say("audit-clause"), &line.clauses.join(", ")));
    }
    if !line.fields.is_empty() {
        rows.push(Row::text(say("accesses-fields"), &line.fields.join(", ")));
    }
    rows.extend(
        line.purpose
            .as_ref()
            .map(|purpose| Row::text(say("accesses-purpose"), purpose)),
    );
    rows.extend(
        line.recipient
            .as_ref()
            .map(|(number, country)| Row::text(say("disclosure-to"), &format!("№ {number}, {country}"))),
    );
    if let Some(person) = line.subject {
        let link = html! {
            code { (person) } " "
            a href=(asked.with("of", &line.index.to_string())) { (say("audit-same-person")) span.unseen { " – " (line.index) } }
        };
        rows.push(Row::new(say("audit-person"), link));
    }
    if line.case.is_some() {
        let link = html! {
            a href=(asked.with("case", &line.index.to_string())) { (say("audit-same-case")) span.unseen { " – " (line.index) } }
        };
        rows.push(Row::new(say("audit-case"), link));
    }
    html! {
        article id={ "entry-" (line.index) } {
            h3 { (line.index) " – " (deed_words(visit, name, words.as_ref())) }
            (summary_list(&rows))
        }
    }
}
