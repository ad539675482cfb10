//! Every route of the site, and what each request passes on its way. GET never changes anything.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use sandyq_processing::System;
use sandyq_processing::local_act::LOCAL_ACT_FILE_BYTES_MAX;
use sandyq_processing::request::LETTER_SCAN_BYTES_MAX;

use crate::demo_staff::{self, DemoStaff};
use crate::desk::{Desk, Shared, WebOptions};
use crate::http::arrival::{Arrival, html, language_of};
use crate::http::forgery::own_pages_only;
use crate::http::gate::{Gate, REQUEST_TIME_MAX, REQUESTS_MAX, through};
use crate::http::headers::on_every_answer;
use crate::http::journal::of_requests;
use crate::mail::mail_sink;
use crate::{assets, console, ledger, portal, public, turned};

/// The whole site over a system.
pub fn site(system: System, options: WebOptions) -> Router {
    let behind_tls = options.behind_tls;
    let letter_box = options
        .letter_box
        .clone()
        .map(mail_sink::routes)
        .unwrap_or_default();
    let demo_staff = demo_routes(options.demo_staff.clone());
    let desk: Shared = Arc::new(Desk { system, options });
    Router::new()
        .merge(public_routes())
        .merge(portal_routes())
        .merge(console_routes())
        .merge(board_routes())
        .merge(breach_routes())
        .merge(case_routes())
        .merge(ledger_routes())
        .merge(demo_staff)
        .merge(assets::routes())
        .route("/health", get(async || "ok\n"))
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .fallback(async || StatusCode::NOT_FOUND)
        .with_state(Arc::clone(&desk))
        .merge(letter_box)
        .layer(from_fn(own_pages_only))
        .layer(from_fn_with_state(desk, dressed))
        .layer(from_fn_with_state(
            Gate::new(REQUESTS_MAX, REQUEST_TIME_MAX),
            through,
        ))
        .layer(from_fn_with_state(behind_tls, on_every_answer))
        .layer(from_fn(of_requests))
}

/// The people of a demonstration; no such page anywhere else.
fn demo_routes(staff: Vec<DemoStaff>) -> Router<Shared> {
    if staff.is_empty() {
        return Router::new();
    }
    let show = move |arrival: Arrival| demo_staff::show(staff.clone(), arrival);
    Router::new().route(demo_staff::PATH, get(show))
}

fn public_routes() -> Router<Shared> {
    use public::{
        confirm, cookies, documents, forgotten, home, order, pay, policy, service, sign_in, taken, text,
        winners,
    };
    Router::new()
        .route("/", get(home::show))
        .route("/policy", get(policy::show))
        .route("/cookies", get(cookies::show))
        .route(documents::PATH, get(documents::show))
        .route("/documents/{number}", get(documents::file))
        .route("/services", get(service::index))
        .route(winners::PATH, get(winners::show))
        .route("/services/{service}", get(service::open).post(service::go_on))
        .route(
            "/services/{service}/{about}",
            get(service::begin).post(service::go_on_about),
        )
        .route(
            "/services/{service}/{about}/kept",
            post(service::go_on_from).layer(DefaultBodyLimit::max(service::KEPT_BYTES_MAX)),
        )
        .route("/confirm/{ticket}", get(confirm::open).post(confirm::confirm))
        .route(
            "/confirm/{ticket}/agree",
            get(confirm::open_agreement).post(confirm::agree),
        )
        .route("/texts/{hash}", get(text::show))
        .route("/pay/{reference}", get(pay::open).post(pay::pay))
        .route("/order/{reference}", get(order::show))
        .route("/taken/{reference}", get(taken::show))
        .route("/sign-in", get(sign_in::open).post(sign_in::sign_in))
        .route("/sign-in/passkey", get(sign_in::open).post(sign_in::by_passkey))
        .route(
            "/sign-in/second/{ticket}",
            get(sign_in::open_second).post(sign_in::second),
        )
        .route("/sign-in/forgotten", get(forgotten::open).post(forgotten::ask))
        .route(
            "/sign-in/forgotten/{ticket}",
            get(forgotten::open_code).post(forgotten::prove),
        )
        .route(
            "/sign-in/password/{ticket}",
            get(forgotten::open_password).post(forgotten::choose),
        )
}

fn portal_routes() -> Router<Shared> {
    use portal::{
        accesses, change, confidentiality, consent_receipt, consents, download, enter, new_address, overview,
        passkeys, password, receipt, requests, second_proof, sessions, withdraw,
    };
    Router::new()
        .route("/my", get(overview::show).post(enter::ask))
        .route("/my/enter/{ticket}", get(enter::open).post(enter::enter))
        .route("/my/accesses", get(accesses::show))
        .route("/my/consents", get(consents::show))
        .route(
            "/my/consents/{consent}/take-back",
            get(consents::weigh).post(consents::take_back),
        )
        .route(
            "/my/consents/give/{item}",
            get(consents::read).post(consents::give),
        )
        .route(
            "/my/confidentiality",
            get(confidentiality::show).post(confidentiality::wish),
        )
        .route("/my/download", get(download::open).post(download::download))
        .route("/my/still-right/{field}", post(overview::still_right))
        .route("/my/change/{field}", get(change::open).post(change::correct))
        .route("/my/sessions", get(sessions::show).post(sessions::end))
        .route("/my/passkeys", get(passkeys::open).post(passkeys::go_on))
        .route(
            "/my/passkeys/{id}",
            get(passkeys::open_one).post(passkeys::remove),
        )
        .route(
            "/my/second-proof",
            get(second_proof::open).post(second_proof::go_on),
        )
        .route(
            "/my/new-address",
            get(new_address::open).post(new_address::confirm),
        )
        .route("/my/password", get(password::open).post(password::choose))
        .route("/my/withdraw", get(withdraw::open).post(withdraw::withdraw))
        .route("/my/requests", get(requests::list))
        .route("/my/requests/new", get(requests::open).post(requests::ask))
        .route("/my/requests/{reference}", get(requests::show))
        .route("/my/requests/{reference}/answer.pdf", get(requests::print))
        .route("/receipt/{id}", get(receipt::show))
        .route("/receipt/{id}/receipt.json", get(receipt::download))
        .route("/receipt/{id}/receipt.pdf", get(receipt::print))
        .route("/receipt/{id}/text.txt", get(consent_receipt::text))
}

fn console_routes() -> Router<Shared> {
    use console::{
        door, familiar, invited, keys, own_password, own_sessions, passkeys, provider, second_factor,
    };
    Router::new()
        .route("/staff/sign-in", get(door::open).post(door::sign_in))
        .route(
            second_factor::NUMBER,
            get(second_factor::open).post(second_factor::prove),
        )
        .route(
            second_factor::SET_UP,
            get(second_factor::open_set_up).post(second_factor::set_up),
        )
        .route("/staff/invited/{token}", get(invited::open).post(invited::accept))
        .route(
            own_sessions::PATH,
            get(own_sessions::show).post(own_sessions::end),
        )
        .route(
            own_password::PATH,
            get(own_password::open).post(own_password::choose),
        )
        .route(passkeys::PATH, get(passkeys::open).post(passkeys::go_on))
        .route(
            "/staff/passkeys/{id}",
            get(passkeys::open_one).post(passkeys::remove),
        )
        .route(provider::PATH, get(provider::go))
        .route(provider::BACK, get(provider::come_back).post(provider::go_on))
        .route(provider::GO, get(provider::go_to_link))
        .route(provider::LINK, get(provider::open).post(provider::act))
        .route("/staff/second/passkey", post(second_factor::prove_by_passkey))
        .route(keys::PATH, post(keys::switch))
        .route("/staff/familiar", get(familiar::open).post(familiar::accept))
        .route("/sign-out", post(door::sign_out))
}

/// 5.1.3: the register of breaches, and the people of each.
fn breach_routes() -> Router<Shared> {
    use console::{breach, breach_list, breach_people, breach_seek, breaches};
    Router::new()
        .route(breaches::REGISTER, get(breaches::show))
        .route("/staff/breaches/new", get(breaches::new).post(breaches::enter))
        .route("/staff/breaches/{number}", get(breach::open))
        .route(
            "/staff/breaches/{number}/{step}",
            get(breaches::ask_step).post(breaches::take_step),
        )
        .route("/staff/breaches/{number}/people", get(breach_people::show))
        .route(
            "/staff/breaches/{number}/people/{how}",
            get(breach_seek::ask).post(breach_seek::take),
        )
        .route(
            "/staff/breaches/{number}/list",
            get(breach_list::open).post(breach_list::draw),
        )
        .route("/staff/breaches/{number}/notice/{language}", get(breach::notice))
}

/// 5.1.1, 5.1.5: the desks of those who look after the others.
fn board_routes() -> Router<Shared> {
    use console::{
        access, accounts, alike, at_rest, audit, destructions, figures, hand_over, invite, judgements,
        local_acts, papers, proposals, recipient, recipients, record, request, requests, retention,
        statistics, tables,
    };
    Router::new()
        .route(statistics::PATH, get(statistics::show))
        .route(accounts::PATH, get(accounts::list))
        .route(
            "/staff/accounts/{account}",
            get(accounts::open).post(accounts::act),
        )
        .route(invite::PATH, get(invite::open).post(invite::invite))
        .route(access::PATH, get(access::open).post(access::show))
        .route(
            "/staff/records/{id}/hand-over",
            get(hand_over::open_record).post(hand_over::from_record),
        )
        .route("/staff/audit", get(audit::show).post(audit::act))
        .route(proposals::PATH, get(proposals::show))
        .route("/staff/proposals/{id}", post(proposals::answer))
        .route(judgements::PATH, get(judgements::show))
        .route("/staff/emergencies/{id}", post(judgements::judge))
        .route("/staff/recipients", get(recipients::show).post(recipients::act))
        .route(
            "/staff/recipients/{recipient}",
            get(recipient::open).post(recipient::act),
        )
        .route(
            "/staff/disclosures",
            get(recipients::disclosures).post(recipients::confirm),
        )
        .route("/staff/requests", get(requests::open))
        .route(figures::PATH, get(figures::show))
        .route(at_rest::PATH, get(at_rest::show).post(at_rest::begin))
        .route(alike::PATH, get(alike::show).post(alike::decide))
        .route("/staff/requests/closed", get(requests::closed))
        .route(
            "/staff/requests/new",
            get(requests::new)
                .post(requests::enter)
                .layer(DefaultBodyLimit::max(LETTER_BYTES_MAX)),
        )
        .route(
            "/staff/requests/{reference}",
            get(request::open).post(request::act),
        )
        .route("/staff/retention", get(retention::show))
        .route(papers::PATH, get(papers::show).post(papers::note))
        .route(destructions::PATH, get(destructions::show))
        .route("/staff/tables/{register}", get(tables::show))
        .route(local_acts::LOCAL_ACTS, get(local_acts::show))
        .route(
            "/staff/local-acts/new",
            get(local_acts::new)
                .post(local_acts::enter)
                .layer(DefaultBodyLimit::max(DOCUMENT_BYTES_MAX)),
        )
        .route("/staff/local-acts/{number}/file", get(local_acts::file))
        .route(
            "/staff/local-acts/{number}/hide",
            get(local_acts::ask_to_hide).post(local_acts::hide),
        )
        .route("/staff/records", post(record::find))
        .route("/staff/records/{id}", get(record::open).post(record::act))
}

fn case_routes() -> Router<Shared> {
    use console::{cases, decide, emergency, hand_over, note, open_case, search, together, views};
    Router::new()
        .route("/staff/cases", get(cases::show))
        .route(
            "/staff/cases/{reference}",
            get(open_case::prompt).post(open_case::open),
        )
        .route(views::VIEWS, post(views::views))
        .route(together::TOGETHER, post(together::together))
        .route("/staff/cases/{reference}/take", post(cases::take))
        .route("/staff/cases/{reference}/give-back", post(cases::give_back))
        .route(emergency::PATH, get(emergency::open).post(emergency::ask))
        .route("/staff/emergency/{id}", post(emergency::look))
        .route(search::PATH, get(search::open).post(search::search))
        .route("/staff/cases/{reference}/note", post(note::note))
        .route("/staff/cases/{reference}/reveal", post(open_case::reveal))
        .route("/staff/cases/{reference}/publish", post(open_case::publish))
        .route(
            "/staff/cases/{reference}/decide",
            get(decide::open).post(decide::decide),
        )
        .route(
            "/staff/cases/{reference}/hand-over",
            get(hand_over::open_case).post(hand_over::from_case),
        )
}

fn ledger_routes() -> Router<Shared> {
    Router::new()
        .route("/ledger", get(ledger::show))
        .route("/ledger/checkpoint", get(ledger::checkpoint))
        .route("/ledger/key", get(ledger::key))
        .route("/ledger/tile/{*path}", get(ledger::tile))
        .route("/ledger/witness-request/{old}", get(ledger::witness_request))
        .route("/ledger/witnessed", get(ledger::witnessed))
        .route(
            "/ledger/cosigned",
            post(ledger::cosigned).layer(DefaultBodyLimit::max(COSIGNED_BYTES_MAX)),
        )
}

/// Gives a status that came without a page one to read, in the visitor's language.
async fn dressed(State(desk): State<Shared>, request: Request, next: Next) -> Response {
    let language = language_of(request.headers());
    let here = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let is_bare = (status.is_client_error() || status.is_server_error())
        && !response.headers().contains_key(CONTENT_TYPE);
    if !is_bare {
        return response;
    }
    let visit = desk.visit(language, &here);
    let (mut parts, _) = response.into_parts();
    let page = html(status, &visit, &turned::bare_page(&visit, status));
    let (dressed, body) = page.into_parts();
    parts.headers.extend(dressed.headers);
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    Response::from_parts(parts, body)
}

/// A letter with its scan and the fields around it.
const LETTER_BYTES_MAX: usize = LETTER_SCAN_BYTES_MAX + 64 * 1024;
/// A document with its file and the fields around it.
const DOCUMENT_BYTES_MAX: usize = LOCAL_ACT_FILE_BYTES_MAX + 64 * 1024;
/// A signed checkpoint has a few hundred bytes; with many witnesses a few thousand.
const COSIGNED_BYTES_MAX: usize = 16 * 1024;
