//! 5.1.4: the identity provider in the place of the password of staff. A link leads there; the page to which the provider sends the browser
//! back changes nothing by itself, since a browser that comes from elsewhere brings none of our cookies: its one button goes on, and the
//! errand that this browser keeps shows that it is the one that went. Without a provider in the settings there is nothing here but the page
//! on which a link that is left is taken away.

use axum::extract::RawQuery;
use axum::response::Response;
use maud::html;
use sandyq_processing::Rejected;
use sandyq_processing::access::{OwnLink, PROVIDER_BACK, Returned};

use super::cases::staff;
use super::second_factor::NUMBER;
use super::{own_sessions, privileged};
use crate::components::{hidden, submit, tray};
use crate::http::arrival::{Answer, Arrival, Outcome, Sent, mistake_of};
use crate::http::cookies;
use crate::layout::Page;
use crate::visit::{Standpoint, Visit};

/// Where the way to the provider begins.
pub const PATH: &str = "/staff/provider";
/// Where the provider sends the browser back.
pub const BACK: &str = PROVIDER_BACK;
/// Where a member of staff links the own account.
pub const LINK: &str = "/staff/identity";

/// From where it leads to the provider, to be linked.
pub const GO: &str = "/staff/identity/go";

/// What the provider may send along; everything else is passed over.
const BROUGHT: [&str; 3] = ["code", "state", "iss"];
/// The step that shows the page again, in another language.
const SHOW: &str = "show";
/// The longest of it, in bytes.
const BROUGHT_BYTES_MAX: usize = 2048;

/// GET /staff/provider
pub async fn go(mut arrival: Arrival) -> Response {
    let outcome = gone(&mut arrival).await;
    arrival.respond(outcome)
}

async fn gone(arrival: &mut Arrival) -> Outcome {
    let there = arrival.system.go_to_provider().await?;
    arrival.bind(&there.kept);
    Ok(Answer::Away(there.address))
}

/// GET /staff/provider/back
pub async fn come_back(RawQuery(query): RawQuery, arrival: Arrival) -> Response {
    let outcome = came_back(&arrival, query.as_deref().unwrap_or_default());
    arrival.respond(outcome)
}

fn came_back(arrival: &Arrival, query: &str) -> Outcome {
    let host = arrival.system.provider_host().ok_or(Rejected::NotFound)?;
    let brought = brought(query);
    if brought.iter().any(|(name, _)| name == "code") {
        Ok(Answer::Page(back_page(&arrival.visit, &host, &brought)))
    } else {
        Ok(Answer::wrong(failed_page(&arrival.visit, &host)))
    }
}

/// What is read of the address; what stands there twice is none of ours.
fn brought(query: &str) -> Vec<(String, String)> {
    let read: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .filter(|(name, value)| BROUGHT.contains(&name.as_str()) && value.len() <= BROUGHT_BYTES_MAX)
        .collect();
    let is_once = |name: &str| read.iter().filter(|(known, _)| known == name).count() == 1;
    read.iter().filter(|(name, _)| is_once(name)).cloned().collect()
}

/// POST /staff/provider/back: the errand that the browser keeps stands for the token of the page.
pub async fn go_on(mut sent: Sent) -> Response {
    let outcome = went_on(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn went_on(sent: &mut Sent) -> Outcome {
    let host = sent.arrival.system.provider_host().ok_or(Rejected::NotFound)?;
    sent.typed.only(|name| BROUGHT.contains(&name))?;
    // Another language: the errand is not over, and what was brought stays in the form.
    if sent.typed.text("step") == SHOW {
        let read =
            |name: &&str| (!sent.typed.text(name).is_empty()).then(|| sent.typed.text(name).to_owned());
        let brought: Vec<(String, String)> = BROUGHT
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), read(name)?)))
            .filter(|(_, value)| value.len() <= BROUGHT_BYTES_MAX)
            .collect();
        return Ok(Answer::Page(back_page(&sent.arrival.visit, &host, &brought)));
    }
    let issuer = sent.typed.text("iss");
    let returned = Returned {
        code: sent.typed.text("code").to_owned(),
        state: sent.typed.text("state").to_owned(),
        issuer: Some(issuer)
            .filter(|issuer| !issuer.is_empty())
            .map(str::to_owned),
    };
    let kept = sent.arrival.binding.clone().unwrap_or_default();
    sent.arrival.set_cookie(cookies::clear(cookies::BINDING));
    let system = sent.arrival.system.clone();
    let there = if sent.arrival.visit.standpoint == Standpoint::Staff {
        let caller = staff(&sent.arrival)?.clone();
        match mistake_of(system.link_provider(&caller, &kept, &returned).await)? {
            Ok(session) => {
                sent.arrival.go_on_as(&session).await?;
                Some(LINK)
            }
            Err(_) => None,
        }
    } else {
        let place = sent.arrival.place;
        match mistake_of(system.sign_in_by_provider(&kept, &returned, place).await)? {
            Ok(half_way) => {
                sent.arrival.bind(half_way.token.expose());
                Some(NUMBER)
            }
            Err(_) => None,
        }
    };
    Ok(match there {
        Some(there) => Answer::SeeOther(there.to_owned()),
        None => Answer::wrong(failed_page(&sent.arrival.visit, &host)),
    })
}

/// GET /staff/identity
pub async fn open(arrival: Arrival) -> Response {
    let outcome = opened(&arrival).await;
    arrival.respond(outcome)
}

async fn opened(arrival: &Arrival) -> Outcome {
    let link = arrival.system.own_link(staff(arrival)?).await?;
    Ok(Answer::Page(page(&arrival.visit, &link)))
}

/// POST /staff/identity: the step says what is done.
pub async fn act(mut sent: Sent) -> Response {
    let outcome = acted(&mut sent).await;
    sent.arrival.respond(outcome)
}

async fn acted(sent: &mut Sent) -> Outcome {
    let system = sent.arrival.system.clone();
    system.own_link(staff(&sent.arrival)?).await?;
    if let Some(outcome) = privileged::asks(sent, &["link", "unlink"]).await {
        return outcome;
    }
    sent.typed.only(|_| false)?;
    sent.fresh()?;
    let caller = staff(&sent.arrival)?.clone();
    match sent.typed.text("step") {
        // No form leads to another site: the page has a link.
        "link" => {
            let host = system.provider_host().ok_or(Rejected::NotFound)?;
            Ok(Answer::Page(go_page(&sent.arrival.visit, &host)))
        }
        "unlink" => {
            let session = system.unlink_provider(&caller).await?;
            sent.arrival.go_on_as(&session).await?;
            let there = system.provider_host().map_or(own_sessions::PATH, |_| LINK);
            Ok(Answer::SeeOther(there.to_owned()))
        }
        _ => opened(&sent.arrival).await,
    }
}

/// The page to which the provider sends the browser back.
#[must_use]
pub fn back_page(visit: &Visit, host: &str, brought: &[(String, String)]) -> Page {
    let inside = submit("go", &visit.say("provider-go-on"));
    let body = html! {
        h1 { (visit.say("provider-back-title")) }
        p.lead { (visit.say_of("provider-back-lead", "host", host)) }
        (tray(visit, BACK, brought, &inside))
    };
    // A link to another language would lose what the address brought.
    Page::new(visit.say("provider-back-title"), body)
        .back_to("/staff/sign-in")
        .keeping_typed(BACK, SHOW, "go")
}

/// It led to nobody; why is not said.
#[must_use]
pub fn failed_page(visit: &Visit, host: &str) -> Page {
    let body = html! {
        h1 { (visit.say("provider-failed-title")) }
        p.lead { (visit.say_of("provider-failed-lead", "host", host)) }
        p { (visit.say("provider-failed-next")) }
    };
    Page::new(visit.say("provider-failed-title"), body)
        .wrong_if(true)
        .back_to("/staff/sign-in")
}

/// How the own account stands to the provider.
#[must_use]
pub fn page(visit: &Visit, link: &OwnLink) -> Page {
    let title = title_of(visit, link.host.as_deref());
    // A link with the provider before gives way to a new one; with none in the settings there is nothing to link with.
    let links = link.host.is_some() && (link.since.is_none() || link.stale);
    let body = html! {
        h1 { (title) }
        @if link.host.is_some() { p.lead { (visit.say("provider-lead")) } }
        @if link.stale { p.inset { (visit.say(if link.host.is_some() { "provider-stale" } else { "provider-gone" })) } }
        @if let Some(since) = link.since {
            dl {
                dt { (visit.say("provider-since")) } dd { (visit.date_and_time(since)) }
                @if let Some(at) = link.used_at {
                    dt { (visit.say("provider-used")) } dd { (visit.date_and_time(at)) }
                }
            }
        } @else {
            p { (visit.say("provider-none")) }
        }
        p { (visit.say("provider-others-end")) }
        form.plain method="post" action=(LINK) {
            (hidden("token", &visit.token))
            @if links { (submit("link", &visit.say("provider-link"))) }
            @if link.since.is_some() { (submit("unlink", &visit.say("provider-unlink"))) }
        }
    };
    Page::new(title, body).back_to(own_sessions::PATH)
}

/// What the page about the provider is called.
#[must_use]
pub fn title_of(visit: &Visit, host: Option<&str>) -> String {
    host.map_or_else(
        || visit.say("provider-gone-title"),
        |host| visit.say_of("provider-title", "host", host),
    )
}

/// GET /staff/identity/go
pub async fn go_to_link(mut arrival: Arrival) -> Response {
    let outcome = gone_to_link(&mut arrival).await;
    arrival.respond(outcome)
}

async fn gone_to_link(arrival: &mut Arrival) -> Outcome {
    arrival.system.provider_host().ok_or(Rejected::NotFound)?;
    let caller = staff(arrival)?.clone();
    if !arrival.system.proved_lately(&caller).await? {
        return Ok(Answer::SeeOther(LINK.to_owned()));
    }
    let there = arrival.system.go_to_link(&caller).await?;
    arrival.bind(&there.kept);
    Ok(Answer::Away(there.address))
}

/// The way out to the provider.
#[must_use]
pub fn go_page(visit: &Visit, host: &str) -> Page {
    let body = html! {
        h1 { (visit.say("provider-away-title")) }
        p.lead { (visit.say_of("provider-away-lead", "host", host)) }
        p { a.go href=(GO) rel="external" { (visit.say_of("provider-away-go", "host", host)) } }
    };
    Page::new(visit.say("provider-away-title"), body).back_to(LINK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_twice_is_long_or_not_ours_is_not_read() {
        let long = "x".repeat(BROUGHT_BYTES_MAX + 1);
        let query = format!("code=a%20b&state=s&state=t&iss={long}&session_state=q&error=no");
        assert_eq!(brought(&query), [("code".to_owned(), "a b".to_owned())]);
        assert!(brought("").is_empty() && brought("&&=&%ff").is_empty());
    }
}
