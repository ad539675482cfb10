//! What is printed can be read back: by people, by machines, by screen readers; and nothing in a text is markup.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::civil::datetime;
use sandyq_model::Plain;
use sandyq_model::letter::{Block, Span};
use sandyq_paper::{Document, Unprintable, pdf};

fn document(language: &'static str, blocks: Vec<Block>) -> Document {
    Document {
        title: "Жауап REQ-2031-00042".into(),
        language,
        author: "«Мысал» ЖШС".into(),
        made_at: datetime(2031, 3, 4, 5, 6, 7, 0),
        foot: "«Мысал» ЖШС · REQ-2031-00042".into(),
        blocks,
    }
}

fn title() -> Block {
    Block::Heading(1, vec![Span::plain("Өтінішіңізге жауап")])
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![vec![Span::plain(text)]])
}

/// What a program of poppler's says about the bytes.
fn asked(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().write_all(pdf).unwrap();
    let path = file.path().to_str().unwrap();
    let arguments: Vec<&str> = arguments
        .iter()
        .map(|word| if *word == "FILE" { path } else { *word })
        .collect();
    let said = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|_| panic!("{program} is needed: cargo xtask test installs it"));
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8_lossy(&said.stdout).into_owned()
}

fn text_of(pdf: &[u8]) -> String {
    asked("pdftotext", &["-enc", "UTF-8", "-layout", "FILE", "-"], pdf)
}

/// The text without its line breaks.
fn flow(pdf: &[u8]) -> String {
    text_of(pdf).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_letter_of_three_languages_is_read_back_by_machines() {
    let kazakh = "Аа Әә Бб Вв Гг Ғғ Дд Ее Ёё Жж Зз Ии Йй Кк Ққ Лл Мм Нн Ңң Оо Өө Пп Рр Сс Тт Уу Ұұ Үү Фф Хх Һһ Цц Чч Шш Щщ Ъъ Ыы Іі Ьь Ээ Юю Яя";
    let signs = "15 000 ₸ № 7 «тырнақша» – сызықша — “quotes” § 6.3";
    let latin = "The quick brown fox jumps over 13 lazy dogs: ffi fl fi.";
    let bold = Block::Paragraph(vec![vec![
        Span::bold(kazakh),
        Span::plain(" "),
        Span::bold(signs),
    ]]);
    let made = pdf(&document(
        "kk",
        vec![
            title(),
            paragraph(kazakh),
            bold,
            paragraph(signs),
            paragraph(latin),
        ],
    ));
    let read = flow(&made.unwrap());
    assert_eq!(read.matches(kazakh).count(), 2, "{read}");
    assert_eq!(read.matches(signs).count(), 2, "{read}");
    assert!(
        read.contains(latin) && read.contains("Өтінішіңізге жауап"),
        "{read}"
    );
    assert!(read.contains("REQ-2031-00042 – 1 / 1"), "{read}");
}

#[test]
fn it_says_what_it_is_and_keeps_both_standards() {
    let blocks = vec![
        title(),
        paragraph("Мәтін."),
        Block::Heading(2, vec![Span::plain("Жойылғаны")]),
        Block::List(vec![vec![Span::plain("Тегі")], vec![Span::plain("Аты")]]),
        Block::Exact(Plain::from("AAAAbbbb1111")),
    ];
    let made = pdf(&document("kk", blocks)).unwrap();
    let said = asked("pdfinfo", &["-meta", "FILE"], &made);
    for wanted in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    let said = asked("pdfinfo", &["FILE"], &made);
    assert!(
        said.contains("Tagged:          yes") && said.contains("Title:           Жауап REQ-2031-00042"),
        "{said}"
    );
    assert!(said.contains("2031") && said.contains("A4"), "{said}");
    let read = asked("pdfinfo", &["-struct-text", "FILE"], &made);
    for wanted in [
        "H1",
        "H2",
        "L (block)",
        "LI",
        "LBody",
        "Lbl",
        "Code",
        "Жойылғаны",
        "Тегі",
    ] {
        assert!(read.contains(wanted), "{wanted}: {read}");
    }
    let fonts = asked("pdffonts", &["FILE"], &made);
    assert!(
        fonts.contains("NotoSans-Regular") && fonts.contains("NotoSans-Bold"),
        "{fonts}"
    );
    for line in fonts.lines().skip(2) {
        assert!(
            line.contains("yes yes yes"),
            "embedded, a subset, and with its characters: {line}"
        );
    }
}

#[test]
fn what_somebody_calls_themselves_is_text_and_nothing_else() {
    let hostile = [
        "Robert\\textbf{); (evil)} >> endobj /JavaScript",
        "#set text(red) $x$ *bold* _it_ [link](http://evil.example) <script>alert(1)</script>",
        "{answer} {{operator}} %PDF-1.7 trailer << /OpenAction 1 0 R >>",
        "<</Type/Action/S/URI/URI(http://evil.example)>>",
    ];
    let blocks = std::iter::once(title())
        .chain(hostile.iter().map(|text| paragraph(text)))
        .collect();
    let made = pdf(&document("en", blocks)).unwrap();
    let read = flow(&made);
    for text in hostile {
        assert!(read.contains(text), "{text}: {read}");
    }
    for dangerous in [
        &b"/JavaScript"[..],
        b"/URI",
        b"/OpenAction",
        b"/Launch",
        b"/EmbeddedFile",
        b"/Annot ",
    ] {
        assert!(!made.windows(dangerous.len()).any(|bytes| bytes == dangerous));
    }
}

#[test]
fn signs_without_a_shape_or_a_face_neither_break_nor_hide_anything() {
    let strange = "до\u{202E}право\u{0}\u{FEFF}\u{E000}\u{10FFFF}\u{FE0F}\u{200D}конец 漢字 😀 й (и\u{306})";
    let made = pdf(&document("ru", vec![title(), paragraph(strange)])).unwrap();
    let read = flow(&made);
    assert!(
        read.contains("доправоконец \u{FFFD}\u{FFFD} \u{FFFD} й"),
        "{read}"
    );
    for seed in 0..0x60_u32 {
        let text: String = (0..512)
            .filter_map(|at| char::from_u32(seed * 0x2AB + at * 7 + 1))
            .collect();
        assert!(
            pdf(&document("ru", vec![title(), paragraph(&text)])).is_ok(),
            "{seed}"
        );
    }
}

#[test]
fn a_long_letter_has_pages_and_one_without_end_is_refused() {
    let line = "Мұнда ұзақ жауап тұр, ол бірнеше бетке созылады. ".repeat(12);
    let blocks = |count| {
        std::iter::once(title())
            .chain((0..count).map(|_| paragraph(&line)))
            .collect()
    };
    let made = pdf(&document("kk", blocks(40))).unwrap();
    let said = asked("pdfinfo", &["FILE"], &made);
    let pages: usize = said
        .lines()
        .find_map(|line| line.strip_prefix("Pages:"))
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    assert!(pages > 5, "{said}");
    assert!(flow(&made).contains(&format!("{pages} / {pages}")));
    assert_eq!(flow(&made).matches("Мұнда ұзақ жауап").count(), 40 * 12);
    assert_eq!(pdf(&document("kk", blocks(4000))), Err(Unprintable::TooLong));
    assert_eq!(
        pdf(&document("kk", vec![paragraph("x")])),
        Err(Unprintable::Untitled)
    );
}

#[test]
fn the_same_document_is_the_same_bytes() {
    let made = || pdf(&document("kk", vec![title(), paragraph("Мәтін.")])).unwrap();
    assert_eq!(made(), made());
}
