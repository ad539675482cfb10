//! A form that may come with one file. The file is read whole, within the limit of its route, and judged by what it is.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::arrival::{Arrival, Sent};
use super::intake::{FIELDS_MAX, Typed};
use crate::desk::Shared;

/// The input that holds the file.
const FILE: &str = "scan";

/// Somebody who sends a form of ours, perhaps with a file.
pub struct SentWithFile {
    /// The form.
    pub sent: Sent,
    /// The content of the file, if one came.
    pub file: Option<Vec<u8>>,
}

impl FromRequest<Shared> for SentWithFile {
    type Rejection = Response;

    async fn from_request(request: Request, desk: &Shared) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let arrival = Arrival::of(desk, &parts).await;
        let headers = parts.headers.clone();
        let request = Request::from_parts(parts, body);
        let (fields, file) = match received(request).await {
            Ok(received) => received,
            Err(status) => return Err(status.into_response()),
        };
        match Typed::gathered(fields) {
            Ok(typed) => Ok(Self {
                sent: Sent::of(arrival, typed, desk, &headers),
                file,
            }),
            Err(mistake) => Err(arrival.respond(Err(mistake.into()))),
        }
    }
}

type Received = (Vec<(String, String)>, Option<Vec<u8>>);

async fn received(request: Request) -> Result<Received, StatusCode> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
    let (mut fields, mut file) = (Vec::new(), None);
    while let Some(field) = form.next_field().await.map_err(|error| error.status())? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|error| error.status())?;
        if name == FILE {
            file = Some(bytes.to_vec());
        } else if fields.len() < FIELDS_MAX {
            fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        } else {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
    }
    Ok((fields, file))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::CONTENT_TYPE;
    use sandyq_model::{Mistake, Problem};

    use super::*;

    async fn receive(kind: &str, body: &'static str) -> Result<Received, StatusCode> {
        let request = Request::builder()
            .header(CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        received(request).await
    }

    #[tokio::test]
    async fn fields_and_the_file_are_told_apart_and_a_name_comes_once() {
        let form = "--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\ninform\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"../a.exe\"\r\n\r\n%PDF-1.4\r\n--x--\r\n";
        let (fields, file) = receive("multipart/form-data; boundary=x", form).await.unwrap();
        assert_eq!(file.unwrap(), b"%PDF-1.4");
        assert_eq!(fields, [("kind".to_owned(), "inform".to_owned())]);
        let twice = [fields.clone(), fields].concat();
        assert_eq!(
            Typed::gathered(twice).unwrap_err(),
            Mistake::one("kind", Problem::Repeated)
        );
    }

    #[tokio::test]
    async fn what_is_no_such_form_is_turned_away() {
        let plain = receive("application/x-www-form-urlencoded", "kind=inform").await;
        assert_eq!(plain.unwrap_err(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let cut_off = receive("multipart/form-data; boundary=x", "--x\r\nContent-Disp").await;
        assert_eq!(cut_off.unwrap_err(), StatusCode::BAD_REQUEST);
    }
}
