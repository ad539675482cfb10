//! 1.1.5: places of study and work are typed in rows; a row is added or taken away without a script, and nothing is stored for it.

use axum::http::StatusCode;

use crate::browser::{Browser, Seen};
use crate::stage::Stage;

const PATH: &str = "/services/vacancy-application/accountant";
/// The page of the form on which rows are asked.
const ROWS_PAGE: &str = "details-3";

async fn the_rows(browser: &mut Browser) -> Seen {
    let form = browser.get(PATH).await;
    let shown = browser.fill(&form, PATH, &[("step", ROWS_PAGE)]).await;
    assert!(shown.text.contains("id=\"education-1\""), "{}", shown.text);
    shown
}

#[tokio::test]
async fn rows_come_and_go_and_what_was_typed_stays() {
    let stage = Stage::new();
    let mut janar = Browser::new(&stage.site());
    let first = the_rows(&mut janar).await;
    assert!(
        !first.text.contains("id=\"education-2\""),
        "one empty row first: nothing to take away"
    );
    assert!(!first.text.contains("remove-row-education"));
    let typed = [
        ("education-1-institution", "First"),
        ("experience-1-organization", "Works"),
        ("step", "add-row-education"),
    ];
    let two = janar.fill(&first, PATH, &typed).await;
    assert_eq!(two.status, StatusCode::OK);
    assert!(
        two.text
            .contains(&format!("formaction=\"{PATH}#education-3-from\""))
    );
    let inputs = two.inputs();
    assert_eq!(inputs["education-1-institution"], "First");
    assert_eq!(inputs["experience-1-organization"], "Works");
    assert_eq!(inputs["education-2-institution"], "");
    assert!(
        !two.text.contains("class=\"wrong\""),
        "nothing is judged by adding a row"
    );

    let typed = [
        ("education-2-institution", "Second"),
        ("step", "remove-row-education-1"),
    ];
    let one = janar.fill(&two, PATH, &typed).await;
    assert_eq!(one.inputs()["education-1-institution"], "Second");
    assert!(!one.inputs().contains_key("education-2-institution"));

    // Rows travel unseen over the other pages, empty ones included.
    let added = janar.fill(&one, PATH, &[("step", "add-row-education")]).await;
    let names = janar.fill(&added, PATH, &[("step", "details-0")]).await;
    let back = janar.fill(&names, PATH, &[("step", ROWS_PAGE)]).await;
    assert_eq!(back.inputs()["education-1-institution"], "Second");
    assert!(back.inputs().contains_key("education-2-from"));
    assert_eq!(stage.letter_count(), 0);
    let known = stage
        .system
        .store()
        .read(sandyq_store::tables::subject::counts)
        .await
        .unwrap();
    assert!(known.is_empty(), "nothing of it was stored");
}

#[tokio::test]
async fn there_is_an_end_to_rows_and_no_strange_parts() {
    let stage = Stage::new();
    let mut janar = Browser::new(&stage.site());
    let mut page = the_rows(&mut janar).await;
    for _ in 0..12 {
        page = janar.fill(&page, PATH, &[("step", "add-row-education")]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    }
    assert!(page.text.contains("id=\"education-10\"") && !page.text.contains("education-11"));
    assert!(!page.text.contains("add-row-education") && page.text.contains("add-row-experience"));
    for strange in [
        "education-11-from",
        "education-1-iin",
        "education-0-from",
        "education",
    ] {
        let refused = janar
            .fill(&page, PATH, &[(strange, "2010"), ("step", ROWS_PAGE)])
            .await;
        assert_ne!(refused.status, StatusCode::OK, "{strange}");
        assert!(
            refused.text.contains(strange) && !refused.text.contains("2010"),
            "{strange}: {}",
            refused.text
        );
    }
    // Every row of both kinds at once still is a form.
    for _ in 0..9 {
        page = janar.fill(&page, PATH, &[("step", "add-row-experience")]).await;
    }
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.inputs().len() > 100);
}

#[tokio::test]
async fn a_mistake_stands_beside_its_part_and_is_led_to() {
    let stage = Stage::new();
    let mut janar = Browser::new(&stage.site());
    let mut page = the_rows(&mut janar).await;
    page = janar.fill(&page, PATH, &[("step", "add-row-education")]).await;
    let typed = [
        ("last_name", "Серікбаева"),
        ("first_name", "Назым"),
        ("email", "nazym@example.com"),
        ("cell_phone", "8 701 555 44 33"),
        ("education-1-from", "2005"),
        ("education-1-to", "2009"),
        ("education-1-institution", "First <b>"),
        ("education-2-from", "09.2014"),
        ("education-2-to", "06.2010"),
        ("education-2-institution", "Second"),
        ("step", "answered-3"),
    ];
    let wrong = janar.fill(&page, PATH, &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("href=\"#education-2-to\"") && wrong.text.contains("id=\"education-2-to-wrong\"")
    );
    assert!(
        wrong.text.contains("Education 2, Until: ends before it begins."),
        "{}",
        wrong.text
    );
    assert!(!wrong.text.contains("education-1-to-wrong") && !wrong.text.contains("First <b>"));
    assert_eq!(wrong.inputs()["education-1-institution"], "First <b>");

    let mended = [("education-2-to", "now"), ("step", "answered-4")];
    let check = janar.fill(&wrong, PATH, &mended).await;
    assert_eq!(check.status, StatusCode::OK, "{}", check.text);
    assert!(check.text.contains("<dt>Institution</dt>"), "{}", check.text);
    assert!(check.text.contains("<dd>09.2014</dd>"), "{}", check.text);
    assert!(
        !check.text.contains("rows/1"),
        "the form in which it is kept is nobody's to read"
    );
}

#[tokio::test]
async fn a_file_of_before_with_lines_begins_as_rows() {
    let stage = Stage::new();
    let mut janar = Browser::new(&stage.site());
    let page = the_rows(&mut janar).await;
    let typed = [("education-1-institution", "First"), ("step", "keep")];
    let file = janar.fill(&page, PATH, &typed).await;
    assert!(
        file.text.contains("\"education-1-institution\": \"First\""),
        "{}",
        file.text
    );
    let before = file.text.replace(
        "\"education-1-institution\": \"First\"",
        "\"education\": \"2010 – 2014; KazNU; maths\"",
    );
    let taken = crate::kept::brings(&mut janar, &page, &before).await;
    let inputs = taken.inputs();
    assert_eq!(inputs["education-1-from"], "2010");
    assert_eq!(inputs["education-1-institution"], "KazNU");
}
