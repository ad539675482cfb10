//! The harness, tried on a page of its own, so that a red journey means the program and not its tools.

use super::harness::{Browser, MailServer, Site, Visitor, Window, wait_for};

const FORM: &str = "<!doctype html><html lang=en><head><title>A form</title>\
    <meta name=viewport content='width=device-width'></head><body><main><h1>Order</h1>\
    <form method=post action='/sent'><input type=hidden name=key value='a&amp;b'>\
    <p><label for=last>Last name</label> <input id=last name=last_name></p>\
    <p><input type=checkbox id=yes name=consent value=yes> <label for=yes>I agree</label></p>\
    <p><label for=lang>Language</label> <select id=lang name=lang><option value=kk>Қазақша<option value=ru>Русский\
    </select></p><p><button>Send</button></p></form><p id=script>scripts are off</p>\
    <script>document.getElementById('script').innerText = 'scripts are on'</script></main></body></html>";

/// A site with the form, and a page that says that it was sent.
fn site() -> Site {
    Site::start(|request| match request.line.split(['?', ' ']).nth(1) {
        Some("/sent") => (
            String::new(),
            page("<h1>Thank you</h1><a href='/'>Back to the form</a>"),
        ),
        Some("/wide") => (
            String::new(),
            page("<h1>Wide</h1><p style='width:600px'>wide</p>"),
        ),
        Some("/bad") => (
            String::new(),
            page("<h1>Bad</h1><img src='data:,'><input name=x>"),
        ),
        Some("/leak") => (
            String::new(),
            page("<h1>Leak</h1><img alt='' src='http://localhost:9/spy.png'>"),
        ),
        _ => (
            "Set-Cookie: seen=1; Path=/; HttpOnly\r\n".to_owned(),
            FORM.to_owned(),
        ),
    })
}

/// A page around some content.
fn page(content: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>T</title></head><body><main>{content}</main></body></html>"
    )
}

/// Fills in the form and sends it, in a window.
fn walk(window: Window) -> (Site, Browser) {
    let site = site();
    let browser = Browser::open(window);
    browser.goto(&site.url);
    browser.fill("Last name", "Әлиева-O'Neil");
    browser.choose("I agree");
    browser.choose("Русский");
    browser.press("Send");
    (site, browser)
}

#[test]
fn a_browser_fills_in_a_form() {
    let (site, browser) = walk(Window::desk());
    assert_eq!(browser.text_of("h1"), "Thank you");
    assert!(browser.url().ends_with("/sent"));
    let sent = site
        .requests()
        .into_iter()
        .find(|request| request.line == "POST /sent")
        .expect("it was sent");
    assert_eq!(
        sent.body,
        "key=a%26b&last_name=%D3%98%D0%BB%D0%B8%D0%B5%D0%B2%D0%B0-O%27Neil&consent=yes&lang=ru"
    );
    browser.follow("Back to the form");
    assert_eq!(browser.text_of("#script"), "scripts are on");
    assert_eq!(
        (browser.value("last_name").as_str(), browser.title().as_str()),
        ("", "A form")
    );
}

#[test]
fn a_browser_without_scripts_does_the_same() {
    let (_site, browser) = walk(Window::without_script());
    assert_eq!(browser.text_of("h1"), "Thank you");
    browser.follow("Back to the form");
    assert_eq!(browser.text_of("#script"), "scripts are off");
}

#[test]
fn a_narrow_browser_sees_what_does_not_fit() {
    let site = site();
    let browser = Browser::open(Window::narrow());
    browser.goto(&site.url);
    assert!(browser.fits());
    browser.goto(&format!("{}/wide", site.url));
    assert!(!browser.fits());
}

#[test]
fn a_browser_tells_which_requests_leave_the_site() {
    let site = site();
    let browser = Browser::open(Window::desk());
    browser.goto(&site.url);
    assert_eq!(browser.strange_requests(&site.url), Vec::<String>::new());
    browser.goto(&format!("{}/leak", site.url));
    assert_eq!(
        browser.strange_requests(&site.url),
        ["http://localhost:9/spy.png"]
    );
}

#[test]
fn axe_in_the_browser_finds_what_is_planted() {
    let site = site();
    let browser = Browser::open(Window::desk());
    browser.goto(&site.url);
    let said: Vec<String> = browser.violations().iter().map(ToString::to_string).collect();
    assert_eq!(said, Vec::<String>::new());
    browser.goto(&format!("{}/bad", site.url));
    let rules: Vec<String> = browser
        .violations()
        .into_iter()
        .map(|violation| violation.rule)
        .collect();
    assert_eq!(rules, ["image-alt", "label"]);
}

#[test]
fn a_browser_is_walked_by_keyboard_and_photographed() {
    let site = site();
    let browser = Browser::open(Window {
        dark: true,
        ..Window::desk()
    });
    browser.goto(&site.url);
    assert_eq!(browser.tab(), "input last_name");
    assert_eq!(
        browser.run("return matchMedia('(prefers-color-scheme: dark)').matches"),
        true
    );
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("page.png");
    browser.screenshot(&picture);
    assert!(
        std::fs::read(picture)
            .expect("the picture")
            .starts_with(b"\x89PNG")
    );
}

#[test]
fn a_visitor_keeps_cookies_and_hidden_fields() {
    let site = site();
    let mut visitor = Visitor::at(&site.url);
    let form = visitor.get("/");
    assert_eq!(visitor.cookie("seen"), Some("1"));
    let sent = visitor.submit(&form, &[("last_name", "Иванова"), ("consent", "yes")]);
    assert_eq!(sent.text(), "Thank you Back to the form");
    assert_eq!(sent.link("Back"), "/");
    let request = site.requests().pop().expect("a request");
    assert!(request.headers.contains(&"Cookie: seen=1".to_owned()));
    assert_eq!(
        request.body,
        "key=a%26b&last_name=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0&consent=yes"
    );
}

#[test]
fn a_mail_server_keeps_and_decodes_letters() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let server = MailServer::start();
    let stream = std::net::TcpStream::connect(("127.0.0.1", server.port)).expect("the server listens");
    let mut reader = BufReader::new(stream.try_clone().expect("a socket has two ends"));
    let letter = "From: a@example.com\r\nSubject: =?utf-8?B?0JrQvtC0?=\r\n\
        Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n0JrQvtC0OiAwNDIxMzc=\r\n.";
    let commands = [
        "EHLO test",
        "MAIL FROM:<a@example.com>",
        "RCPT TO:<b@example.com>",
        "DATA",
        letter,
        "QUIT",
    ];
    for command in commands {
        let mut line = String::new();
        while !line.contains(' ') || line.as_bytes().get(3) == Some(&b'-') {
            line.clear();
            assert!(reader.read_line(&mut line).expect("an answer") > 0);
        }
        write!(&stream, "{command}\r\n").expect("the server listens");
    }
    let kept = server.letter_to("b@example.com");
    assert_eq!((kept.subject.as_str(), kept.text.trim()), ("Код", "Код: 042137"));
    assert_eq!(kept.defects, Vec::<String>::new());
    assert_eq!(super::harness::code_in(&kept.text).as_deref(), Some("042137"));
}

#[test]
fn what_is_awaited_is_looked_for_until_it_comes() {
    let mut looks = 0;
    let found = wait_for("the third look", || {
        looks += 1;
        (looks == 3).then_some("there")
    });
    assert_eq!((found, looks), ("there", 3));
}
