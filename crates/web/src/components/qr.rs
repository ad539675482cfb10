//! A text as squares for the camera of a telephone, drawn here: nobody else sees it.

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// The picture; nothing when the text is too long for one.
#[must_use]
pub fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return html! {};
    };
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + MARGIN, y + MARGIN));
        }
    }
    let whole = size + 2 * MARGIN;
    html! {
        svg.qr viewBox={ "0 0 " (whole) " " (whole) } width="200" height="200" role="img" aria-label=(label)
            shape-rendering="crispEdges" {
            rect width=(whole) height=(whole) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

/// Light squares around it, as readers of such pictures need.
const MARGIN: i32 = 4;
