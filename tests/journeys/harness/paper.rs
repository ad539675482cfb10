//! What a machine reads in a PDF, by poppler's own program.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::Page;

/// The text of a PDF that the site handed out, its words with one space between.
pub fn words_of(page: &Page) -> String {
    assert_eq!(page.answer.status, 200, "{}", page.text());
    assert_eq!(page.answer.header("content-type"), Some("application/pdf"));
    assert_eq!(
        page.answer.header("cache-control"),
        Some("no-store"),
        "it lies nowhere"
    );
    words_in(&page.answer.body)
}

/// The text of a PDF in a file, its words with one space between.
pub fn words_in(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext of poppler-utils");
    let mut paper = reader.stdin.take().expect("a pipe");
    paper.write_all(pdf).expect("it reads");
    drop(paper);
    let said = reader.wait_with_output().expect("it ends");
    assert!(said.status.success());
    let text = String::from_utf8(said.stdout).expect("text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
