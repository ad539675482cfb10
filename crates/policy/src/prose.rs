//! Clause texts as HTML that can stand on a page as it is: no raw HTML, no images, no scripts, no foreign schemes.

use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd, html};

/// Schemes a published clause may link to.
const SCHEMES: [&str; 3] = ["https://", "mailto:", "tel:"];

/// Renders Markdown as safe HTML: raw HTML becomes text, images vanish, links keep only harmless targets.
pub(crate) fn html_of(markdown: &str) -> String {
    let events = Parser::new(markdown).filter_map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Link { dest_url, id, .. }) => Some(Event::Start(Tag::Link {
            link_type: LinkType::Inline,
            dest_url: if is_harmless(&dest_url) {
                dest_url
            } else {
                CowStr::Borrowed("#")
            },
            title: CowStr::Borrowed(""),
            id,
        })),
        other => Some(other),
    });
    let mut page = String::with_capacity(markdown.len() * 5 / 4);
    html::push_html(&mut page, events);
    page
}

fn is_harmless(target: &str) -> bool {
    let lower = target.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| lower.starts_with(scheme))
        || lower.starts_with('#')
        || (lower.starts_with('/') && !lower.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::html_of;

    #[test]
    fn markup_stays_and_danger_goes() {
        assert_eq!(
            html_of("A *b* [c](/d)."),
            "<p>A <em>b</em> <a href=\"/d\">c</a>.</p>\n"
        );
        let mean = html_of(
            "<script>alert(1)</script>\n\nx <b onclick=1>y</b> [z](javascript:1) ![i](https://e/x.png) [v](//e)",
        );
        assert!(
            !mean.contains("<script") && !mean.contains("<b ") && !mean.contains("javascript"),
            "{mean}"
        );
        assert!(!mean.contains("<img") && !mean.contains("\"//e"), "{mean}");
    }
}
