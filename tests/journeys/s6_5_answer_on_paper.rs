//! Clauses 1.2, 6.3 and 6.5: an answer, a refusal with its reasons, the receipt of a consent and the act of a destruction can
//! be had as PDF, in the words of the operator's letters, by those who may read them on a page and by nobody else.

use super::harness::{Page, Running, Visitor, paper, wait_for};
use super::s6_3_second_copy::buys_as;

const EMAIL: &str = "dana.paper@example.com";

/// Asks and gets the address of the request.
fn asks(dana: &mut Visitor, words: &str) -> String {
    let form = dana.get("/my/requests/new");
    let asked = dana.submit(&form, &[("kind", "object"), ("message", words), ("step", "ask")]);
    assert!(
        asked.url.contains("/my/requests/SQ-"),
        "{} {}",
        asked.url,
        asked.text()
    );
    asked.url.rsplit('/').next().expect("a reference").to_owned()
}

/// Writes the answer down and closes the request with it.
fn closes(desk: &mut Visitor, reference: &str, words: &str, end: &[(&str, &str)]) -> Page {
    let path = format!("/staff/requests/{reference}");
    let page = desk.get(&path);
    let early = desk.submit(&page, &[("step", "pdf")]);
    assert_eq!(early.answer.status, 422, "nothing is printed before it is given");
    let read = desk.submit(&page, &[("step", "read")]);
    let written = desk.submit(&read, &[("answer", words), ("step", "draft")]);
    assert_eq!(written.answer.status, 200, "{}", written.text());
    let closed = desk.submit(&written, end);
    assert_eq!(closed.answer.status, 200, "{}", closed.text());
    closed
}

#[test]
fn what_was_answered_and_what_was_signed_can_be_kept_on_paper() {
    let running = Running::demo(&[]);
    let mut dana = Visitor::speaking(&running.url, "kk");
    buys_as(&mut dana, &running, EMAIL, false);
    let mut desk = running.at_desk("responsible", "en");
    the_answers(&running, &mut dana, &mut desk);
    the_receipts(&running, &mut dana);
    assert!(
        !running.log().contains("Құрметті"),
        "no log holds what was printed"
    );
}

/// An answer and a refusal: staff and person hold the same, a stranger nothing.
fn the_answers(running: &Running, dana: &mut Visitor, desk: &mut Visitor) {
    let mut stranger = Visitor::at(&running.url);
    let first = asks(dana, "Автомат не решил бы так.");
    let hostile = "Құрметті Дана!\n\nҢ Ө Ұ Ү Һ І Ғ Қ Ә ₸ № {norm} **bold** # <b>";
    let closed = closes(desk, &first, hostile, &[("step", "answer")]);
    let printed = paper::words_of(&desk.submit(&closed, &[("step", "pdf")]));
    for said in [
        "өтінішіне жауап",
        &first,
        "Ң Ө Ұ Ү Һ І Ғ Қ Ә ₸ № {norm} **bold** # <b>",
        "уәкілетті органға",
    ] {
        assert!(printed.contains(said), "{said}: {printed}");
    }
    let told = wait_for("the mail that there is an answer", || {
        let letter = running.letter_to(EMAIL);
        letter.contains(&first).then_some(letter)
    });
    assert!(!told.contains("Құрметті"), "the answer is not in it: {told}");
    let own = format!("/my/requests/{first}/answer.pdf");
    assert!(dana.get(&format!("/my/requests/{first}")).source.contains(&own));
    assert_eq!(
        paper::words_of(&dana.get(&own)),
        printed,
        "on paper it is the same for both"
    );
    assert_eq!(
        stranger.get(&own).answer.status,
        200,
        "strangers are shown the door"
    );
    assert!(stranger.get(&own).url.contains("/my"), "and nothing else");

    let second = asks(dana, "Тағы бір рет.");
    let closed = closes(
        desk,
        &second,
        "Себебі жоқ.",
        &[("norm", "unfounded"), ("step", "refuse")],
    );
    let refused = paper::words_of(&desk.submit(&closed, &[("step", "pdf")]));
    assert!(
        refused.contains("бас тарту") && refused.contains("Art. 25(2)(8)"),
        "{refused}"
    );
}

/// What was signed: for its owner alone while they are with us, then for whoever holds the number.
fn the_receipts(running: &Running, dana: &mut Visitor) {
    let mut stranger = Visitor::at(&running.url);
    let consents = dana.get("/my/consents");
    let receipt = first_receipt(&consents);
    let agreed = paper::words_of(&dana.get(&format!("{receipt}/receipt.pdf")));
    let number = receipt.trim_start_matches("/receipt/");
    for said in ["Келісім туралы қолхат", number, "sandyq-verifier receipt"] {
        assert!(agreed.contains(said), "{said}: {agreed}");
    }
    assert_eq!(stranger.get(&format!("{receipt}/receipt.pdf")).answer.status, 404);

    dana.language = "ru".to_owned();
    let withdraw = dana.get("/my/withdraw");
    let gone = dana.submit(&withdraw, &[("understood", "yes"), ("step", "withdraw")]);
    let number = gone
        .url
        .rsplit('/')
        .next()
        .expect("a number")
        .split('?')
        .next()
        .expect("a number");
    let act = paper::words_of(&dana.get(&format!("/receipt/{number}/receipt.pdf")));
    for said in ["Акт об уничтожении", number, "Уничтожено", "Старые копии"]
    {
        assert!(act.contains(said), "{said}: {act}");
    }
    assert!(!act.contains(EMAIL) && !act.contains("Дана"), "{act}");
}

fn first_receipt(page: &Page) -> String {
    let at = page.source.find("/receipt/").expect("a receipt");
    let path = page.source[at..].split('"').next().expect("an address");
    path.to_owned()
}
