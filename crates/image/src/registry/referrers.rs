//! What refers to a manifest (OCI distribution specification 1.1, "Listing Referrers").

use super::error::RegistryError;
use super::session::Session;
use crate::http::Body;
use http::{HeaderMap, StatusCode, header};
use lazaret_core::digest::Digest;
use oci_client::manifest::OCI_IMAGE_INDEX_MEDIA_TYPE;
use url::Url;

/// Pages of one list that are asked for.
const PAGES_MAX: usize = 8;

impl Session {
    /// The pages of the list of what refers to a manifest, each an image index; nothing where the
    /// registry keeps no such list.
    pub(super) async fn referrers(
        &self,
        digest: &Digest,
        bytes_max: u64,
    ) -> Result<Option<Vec<Vec<u8>>>, RegistryError> {
        let reference = format!("{digest} (referrers)");
        let mut pages = Vec::new();
        let mut url = self.url(&format!("referrers/{digest}"));
        while pages.len() < PAGES_MAX {
            let exchange = self.exchange(&self.transport, &reference, &url, |client| {
                client.get(&url).header(header::ACCEPT, OCI_IMAGE_INDEX_MEDIA_TYPE)
            });
            let response = match exchange.await {
                Ok(response) => response,
                // Older registries do not know the address, and say so in many ways.
                Err(RegistryError::NotFound { .. } | RegistryError::Protocol { .. })
                    if pages.is_empty() =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(error),
            };
            if response.status() != StatusCode::OK {
                return Ok(None);
            }
            let next = next_page(response.headers(), response.url());
            let body = Body::new(response, self.transport.timeout).read_all(bytes_max).await;
            pages.push(
                body.map_err(|error| RegistryError::body(error, &reference, self.registry()))?,
            );
            match next {
                Some(next) => url = next.into(),
                None => break,
            }
        }
        Ok(Some(pages))
    }
}

/// Where a list goes on (RFC 8288), on the same host: another one would be shown nothing anyway.
fn next_page(headers: &HeaderMap, here: &Url) -> Option<Url> {
    let link = headers.get(header::LINK)?.to_str().ok()?;
    let (target, parameters) = link.strip_prefix('<')?.split_once('>')?;
    let is_next = parameters.split(';').any(|parameter| {
        let parameter = parameter.trim().replace('"', "");
        parameter.eq_ignore_ascii_case("rel=next")
    });
    let url = here.join(target).ok().filter(|_| is_next)?;
    (url.origin() == here.origin() && url != *here).then_some(url)
}
