//! A request becomes a visit: language, session, token. An answer becomes a response. Statuses are chosen here and in
//! [`crate::turned`] only.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use sandyq_model::{IdempotencyKey, Mistake, Problem, Refusal};
use sandyq_processing::access::{Caller, PasskeyAsked, SessionToken};
use sandyq_processing::{Language, Rejected, System};

use super::cookies;
use super::headers::{Filed, Scripted};
use super::intake::Typed;
use crate::console::asked;
use crate::desk::{Desk, Shared};
use crate::language::{accepted, of_tag, tag};
use crate::layout::{Page, document};
use crate::turned;
use crate::visit::{Standpoint, Visit};

/// The furthest page of a list that may be asked for.
pub(crate) const LIST_PAGE_MAX: u32 = 1_000_000;

/// Somebody who asks for a page.
pub struct Arrival {
    /// The system that answers.
    pub system: System,
    /// What pages are rendered for.
    pub visit: Visit,
    /// Who it is, when they proved it.
    pub caller: Option<Caller>,
    /// The secret that belongs to a code, when this browser asked for it.
    pub binding: Option<String>,
    /// What this browser was given when the owner of an account came in by it.
    pub browser: Option<String>,
    /// The place in the network that the request came from.
    pub place: Option<IpAddr>,
}

/// Somebody who sends a form of ours, with our token.
pub struct Sent {
    /// Who.
    pub arrival: Arrival,
    /// What was typed.
    pub typed: Typed,
    /// The page was out of date: its token is not this visitor's. Nothing may be done, but what was typed may be shown
    /// again to be sent once more.
    pub stale: bool,
}

/// What a handler hands back.
pub enum Answer {
    /// A page, all well.
    Page(Page),
    /// A page with another status.
    Status(StatusCode, Page),
    /// Go there (303).
    SeeOther(String),
    /// Go to a place elsewhere that the settings lead to (303), never to one that a request names.
    Away(String),
    /// A file to keep: its name, its kind, its content.
    File(String, &'static str, Vec<u8>),
}

impl Answer {
    /// A page as it is: with the status of what is wrong, when it says what is wrong with what was typed.
    #[must_use]
    pub const fn of(page: Page) -> Self {
        if page.wrong {
            Self::wrong(page)
        } else {
            Self::Page(page)
        }
    }

    /// A page that says what is wrong with what was typed.
    #[must_use]
    pub const fn wrong(page: Page) -> Self {
        Self::Status(StatusCode::UNPROCESSABLE_ENTITY, page)
    }
}

/// What a handler comes to.
pub type Outcome = Result<Answer, Rejected>;

impl Arrival {
    /// Reads who comes, in which language.
    pub async fn of(desk: &Desk, parts: &Parts) -> Self {
        let query = Query::read(parts.uri.query().unwrap_or_default());
        let language = query.language.unwrap_or_else(|| language_of(&parts.headers));
        let mut visit = desk.visit(language, parts.uri.path());
        visit.list_page = query.page;
        visit.question = asked::kept(parts.uri.path(), parts.uri.query().unwrap_or_default());
        if query.language.is_some() {
            let seconds = Some(cookies::LANGUAGE_SECONDS);
            visit
                .cookies
                .push(cookies::set(cookies::LANGUAGE, tag(language), seconds));
        }
        let caller = caller_of(desk, &parts.headers).await;
        match &caller {
            Some(caller) => {
                visit.token.clone_from(&caller.csrf);
                visit.standpoint = if caller.subject.is_some() {
                    Standpoint::Subject
                } else {
                    Standpoint::Staff
                };
                visit.keys = caller.staff.as_ref().is_some_and(|card| card.shortcuts);
            }
            None => visit.token = visitor_token(desk, &parts.headers, &mut visit.cookies),
        }
        let system = desk.system.clone();
        Self {
            system,
            visit,
            caller,
            binding: cookies::read(&parts.headers, cookies::BINDING),
            browser: cookies::read(&parts.headers, cookies::BROWSER),
            place: place_of(parts, desk.options.behind_tls),
        }
    }

    /// The caller, who must have proved who they are.
    ///
    /// # Errors
    /// [`Rejected::SignInFirst`].
    pub fn known(&self) -> Result<&Caller, Rejected> {
        self.caller.as_ref().ok_or(Rejected::SignInFirst)
    }

    /// PRE-1: staff whom the policy turns away because they have not read it are led to read it.
    fn is_unfamiliar(&self, refusal: &Refusal) -> bool {
        self.visit.standpoint == Standpoint::Staff
            && refusal.rules.iter().any(|rule| rule.clause() == "PRE-1")
    }

    /// What is asked of a passkey in this browser, where the site has passkeys.
    #[must_use]
    pub fn passkey_asked(&self) -> Option<PasskeyAsked> {
        self.system.passkey_asked(&self.visit.token)
    }

    /// Gives the browser a cookie with the answer.
    pub fn set_cookie(&mut self, line: String) {
        self.visit.cookies.push(line);
    }

    /// Goes on in the same session under another secret.
    ///
    /// # Errors
    /// [`Rejected::SignInFirst`] when it ended meanwhile.
    pub async fn go_on_as(&mut self, session: &SessionToken) -> Result<(), Rejected> {
        let caller = self.system.caller(session.expose()).await?;
        let caller = caller.ok_or(Rejected::SignInFirst)?;
        self.visit.token.clone_from(&caller.csrf);
        self.caller = Some(caller);
        self.set_cookie(cookies::set(cookies::SESSION, session.expose(), None));
        Ok(())
    }

    /// Binds the page that the browser is sent to next to this browser, by a secret that only it is given.
    pub fn bind(&mut self, binding: &str) {
        self.bind_for(binding, cookies::BINDING_SECONDS);
    }

    /// The same for as many seconds.
    pub fn bind_for(&mut self, binding: &str, seconds: u32) {
        let seconds = Some(seconds);
        self.set_cookie(cookies::set(cookies::BINDING, binding, seconds));
    }

    /// The response to an outcome.
    #[must_use]
    pub fn respond(self, outcome: Outcome) -> Response {
        let mut response = match outcome {
            Ok(Answer::Page(page)) => html(StatusCode::OK, &self.visit, &page),
            Ok(Answer::Status(status, page)) => html(status, &self.visit, &page),
            Ok(Answer::SeeOther(path)) => see_other(&path),
            Ok(Answer::Away(address)) => away(&address),
            Ok(Answer::File(name, kind, content)) => file(&name, kind, content),
            Err(Rejected::Refusal(refusal)) if self.is_unfamiliar(&refusal) => see_other("/staff/familiar"),
            Err(Rejected::SignInFirst) => see_other(turned::door(&self.visit.here)),
            Err(rejected) => {
                let (status, page) = turned::page(&self.visit, &rejected, &self.system);
                html(status, &self.visit, &page)
            }
        };
        for line in self.visit.cookies {
            if let Ok(line) = HeaderValue::from_str(&line) {
                response.headers_mut().append(SET_COOKIE, line);
            }
        }
        response
    }
}

impl Sent {
    /// What was typed, with whether it came from a page of this visitor's.
    pub(super) fn of(arrival: Arrival, typed: Typed, desk: &Desk, headers: &HeaderMap) -> Self {
        let token = typed.text("token");
        let stale = match &arrival.caller {
            Some(caller) => !desk.system.csrf_ok(caller, token),
            None => {
                let own = cookies::read(headers, cookies::VISITOR);
                !own.is_some_and(|cookie| desk.system.visitor_ok(&cookie, token))
            }
        };
        Self {
            arrival,
            typed,
            stale,
        }
    }

    /// The key of this submission: the same key, the same submission.
    ///
    /// # Errors
    /// [`Problem::Stale`] when the form had none of ours.
    pub fn key(&self) -> Result<IdempotencyKey, Rejected> {
        self.typed
            .text("key")
            .parse()
            .map_err(|_| Rejected::mistake("key", Problem::Stale))
    }

    /// Stops what comes from a page out of date.
    ///
    /// # Errors
    /// [`Problem::Stale`].
    pub fn fresh(&self) -> Result<(), Rejected> {
        if self.stale {
            Err(Rejected::mistake("token", Problem::Stale))
        } else {
            Ok(())
        }
    }
}

impl FromRequestParts<Shared> for Arrival {
    type Rejection = Response;

    /// A language asked for in the address is remembered, and the address is asked for again without it, with the question that the
    /// page understands.
    async fn from_request_parts(parts: &mut Parts, desk: &Shared) -> Result<Self, Response> {
        let arrival = Self::of(desk, parts).await;
        let asked = Query::read(parts.uri.query().unwrap_or_default());
        if asked.language.is_some() && parts.method == Method::GET {
            let question = &arrival.visit.question;
            let joint = if question.is_empty() { "" } else { "?" };
            let there = format!("{}{joint}{question}", parts.uri.path());
            return Err(arrival.respond(Ok(Answer::SeeOther(there))));
        }
        Ok(arrival)
    }
}

impl FromRequest<Shared> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, desk: &Shared) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let arrival = Arrival::of(desk, &parts).await;
        let typed = match Typed::receive(&parts.headers, body).await {
            Err(status) => return Err(status.into_response()),
            Ok(Err(mistake)) => return Err(arrival.respond(Err(Rejected::Mistake(mistake)))),
            Ok(Ok(typed)) => typed,
        };
        Ok(Self::of(arrival, typed, desk, &parts.headers))
    }
}

/// What an address may say beside its path.
struct Query {
    language: Option<Language>,
    page: Option<u32>,
}

impl Query {
    fn read(query: &str) -> Self {
        let mut read = Self {
            language: None,
            page: None,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()).take(4) {
            match name.as_ref() {
                "lang" => read.language = of_tag(&value),
                "page" => {
                    read.page = value
                        .parse()
                        .ok()
                        .filter(|page| (1..=LIST_PAGE_MAX).contains(page))
                }
                _ => {}
            }
        }
        read
    }
}

/// The language chosen before, else the one that the browser asks for, else Kazakh.
#[must_use]
pub fn language_of(headers: &HeaderMap) -> Language {
    let chosen = cookies::read(headers, cookies::LANGUAGE).and_then(|word| of_tag(&word));
    let asked = || {
        headers
            .get("accept-language")
            .and_then(|header| header.to_str().ok())
            .and_then(accepted)
    };
    chosen.or_else(asked).unwrap_or(Language::Kk)
}

async fn caller_of(desk: &Desk, headers: &HeaderMap) -> Option<Caller> {
    let token = cookies::read(headers, cookies::SESSION)?;
    // When the store does not answer, the visit is nobody's: closed, never open (ASVS 16.5.3).
    desk.system.caller(&token).await.ok().flatten()
}

/// Where a request came from: the other end of the connection or, when TLS is spoken in front of us, what that end says
/// last. Whatever stands before it was written by the visitor and is not believed (ASVS 4.1.3).
fn place_of(parts: &Parts, behind_tls: bool) -> Option<IpAddr> {
    let said = || {
        let mut lines = parts.headers.get_all("x-forwarded-for").iter();
        let last = lines.next_back()?.to_str().ok()?.rsplit(',').next()?;
        last.trim().parse().ok()
    };
    let peer = || {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(peer.0.ip())
    };
    said().filter(|_| behind_tls).or_else(peer)
}

/// The token that belongs to the visitor's cookie; with a new cookie when there is none.
fn visitor_token(desk: &Desk, headers: &HeaderMap, cookies: &mut Vec<String>) -> String {
    let known = cookies::read(headers, cookies::VISITOR).filter(|cookie| !cookie.is_empty());
    let cookie = known.unwrap_or_else(|| {
        let new = IdempotencyKey::random(desk.system.chance()).to_string();
        cookies.push(cookies::set(cookies::VISITOR, &new, None));
        new
    });
    desk.system.visitor_token(&cookie)
}

/// A page as a response.
#[must_use]
pub fn html(status: StatusCode, visit: &Visit, page: &Page) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (HeaderName::from_static("content-language"), visit.tag()),
        (axum::http::header::VARY, "cookie, accept-language"),
    ];
    let mut response = (status, headers, document(visit, page).into_string()).into_response();
    if page.script || visit.keys {
        response.extensions_mut().insert(Scripted);
    }
    response
}

/// "Go there" to an address that is not ours: that of the identity provider, which the settings name.
fn away(address: &str) -> Response {
    HeaderValue::from_str(address).map_or_else(
        |_| see_other("/"),
        |place| (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response(),
    )
}

/// "Go there" to a path of ours; another place is never gone to (ASVS 3.7.2).
fn see_other(path: &str) -> Response {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    let place = HeaderValue::from_str(if own { path } else { "/" }).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response()
}

fn file(name: &str, kind: &'static str, content: Vec<u8>) -> Response {
    let plain: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
        .collect();
    let disposition = format!("attachment; filename=\"{plain}\"");
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    let mut response = (headers, content).into_response();
    response.extensions_mut().insert(Filed);
    response
}

/// A mistake that the answer of a form is shown again with, or whatever else it came to.
///
/// # Errors
/// What is no mistake of the one who typed.
pub fn mistake_of<T>(outcome: Result<T, Rejected>) -> Result<Result<T, Mistake>, Rejected> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        // It belongs to no input, and the form that was sent is of no use any more.
        Err(Rejected::Mistake(mistake)) if mistake.of("key") != Some(Problem::SentBefore) => Ok(Err(mistake)),
        Err(rejected) => Err(rejected),
    }
}
