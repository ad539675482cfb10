//! 2.2.11, 1.2: an application that is not finished is kept by the person in a file, and by us not at all.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};

use crate::browser::{Browser, Seen};
use crate::stage::Stage;

const PATH: &str = "/services/vacancy-application/accountant";
const TYPED: [(&str, &str); 3] = [
    ("last_name", "Сейітов"),
    ("first_name", "<Ерлан>"),
    ("step", "keep"),
];

/// Sends a file with the form of that page.
pub async fn brings(browser: &mut Browser, page: &Seen, file: &str) -> Seen {
    let inputs = page.inputs();
    let mut body = String::new();
    for name in ["token", "key"] {
        let value = &inputs[name];
        body.push_str(&format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str(&format!(
        "--x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"a.json\"\r\n\r\n{file}\r\n--x--\r\n"
    ));
    let path = format!("{PATH}/kept");
    let request: Request<Body> = browser
        .request("POST", &path)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .unwrap();
    browser.send(request, &path).await
}

#[tokio::test]
async fn what_was_typed_is_kept_in_a_file_and_nowhere_else() {
    let stage = Stage::new();
    let mut erlan = Browser::new(&stage.site());
    let form = erlan.get(PATH).await;
    let file = erlan.fill(&form, PATH, &TYPED).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    assert!(
        file.text.contains("Сейітов") && !file.text.contains("token"),
        "{}",
        file.text
    );
    assert!(!file.text.contains("consent"), "nobody agrees by a file");

    // Weeks later, in another browser.
    let mut again = Browser::new(&stage.site());
    let empty = again.get(PATH).await;
    let filled = brings(&mut again, &empty, &file.text).await;
    assert_eq!(filled.status, StatusCode::OK, "{}", filled.text);
    assert_eq!(filled.inputs()["last_name"], "Сейітов");
    assert!(!filled.text.contains("<Ерлан>"), "what was typed is text");

    let other = file.text.replace("accountant", "developer");
    let much = file.text.replace("sandyq/typed/v1", "sandyq/typed/v9");
    let strange = file.text.replacen('{', "{\"paid\": true,", 1);
    for wrong in ["", "{}", "%PDF-1.4", &other, &much, &strange] {
        let refused = brings(&mut again, &empty, wrong).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}: {}",
            refused.text
        );
    }
    let unasked = file.text.replace("last_name", "iin");
    let taken = brings(&mut again, &empty, &unasked).await;
    assert!(
        !taken.text.contains("Сейітов"),
        "what the form does not ask is left out"
    );

    let huge = "x".repeat(200 * 1024);
    let refused = brings(&mut again, &empty, &huge).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(stage.letter_count(), 0);
    let known = stage
        .system
        .store()
        .read(sandyq_store::tables::subject::counts)
        .await
        .unwrap();
    assert!(known.is_empty(), "nothing of it was stored");
}
