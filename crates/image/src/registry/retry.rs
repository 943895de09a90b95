//! When a request is repeated: after which failures, how often, and how long to wait before.

use http::{HeaderMap, StatusCode, header};
use std::time::Duration;

/// No pause of our own is longer.
const PAUSE_MAX: Duration = Duration::from_secs(8);

/// The longest time a server may keep us waiting. A rate limit that lasts for hours is an error.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(30);

/// How often to repeat, and after which pause. Without jitter: one scanner is no herd, and its
/// behavior should be the same every time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    /// How often.
    pub(crate) times: u32,
    /// The first pause; each further one is twice as long.
    pub(crate) backoff: Duration,
}

impl Retry {
    /// The pause before the repetition after `failures` failed tries (at least one), or nothing
    /// if it is time to give up. `asked` is what the server asks for.
    pub(crate) fn pause(self, failures: u32, asked: Option<Duration>) -> Option<Duration> {
        let doublings = failures.saturating_sub(1);
        let own = 2_u32
            .checked_pow(doublings)
            .and_then(|factor| self.backoff.checked_mul(factor))
            .map_or(PAUSE_MAX, |pause| pause.min(PAUSE_MAX));
        let pause = asked.unwrap_or(own);
        (failures <= self.times && pause <= RETRY_AFTER_MAX).then_some(pause)
    }
}

/// Whether a status may be another one the next time.
pub(crate) fn is_passing(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
        || (status.is_server_error()
            && !matches!(
                status,
                StatusCode::NOT_IMPLEMENTED | StatusCode::HTTP_VERSION_NOT_SUPPORTED
            ))
}

/// How long a server wants us to wait (RFC 9110, section 10.2.3). The form with a date is left
/// out: it needs a clock, and two that agree.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry { times: 6, backoff: Duration::from_millis(500) };

    #[test]
    fn pauses_double_up_to_a_bound() {
        let pauses: Vec<Option<u128>> =
            (1..=7).map(|n| RETRY.pause(n, None).map(|pause| pause.as_millis())).collect();
        assert_eq!(
            pauses,
            [Some(500), Some(1000), Some(2000), Some(4000), Some(8000), Some(8000), None]
        );
        let many = Retry { times: u32::MAX, ..RETRY };
        assert_eq!(many.pause(u32::MAX, None), Some(PAUSE_MAX));
        assert_eq!(Retry { times: 0, ..RETRY }.pause(1, None), None);
    }

    #[test]
    fn servers_may_ask_for_up_to_thirty_seconds() {
        assert_eq!(RETRY.pause(1, Some(Duration::from_secs(30))), Some(Duration::from_secs(30)));
        assert_eq!(RETRY.pause(1, Some(Duration::from_secs(31))), None);
        assert_eq!(RETRY.pause(3, Some(Duration::ZERO)), Some(Duration::ZERO));
    }

    #[test]
    fn only_passing_failures_are_repeated() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(is_passing(StatusCode::from_u16(status).unwrap()), "{status}");
        }
        for status in [200, 206, 301, 400, 401, 403, 404, 416, 501] {
            assert!(!is_passing(StatusCode::from_u16(status).unwrap()), "{status}");
        }
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        let headers =
            |value: &str| HeaderMap::from_iter([(header::RETRY_AFTER, value.parse().unwrap())]);
        assert_eq!(retry_after(&headers("7")), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&headers("Fri, 21 Nov 2025 07:28:00 GMT")), None);
        assert_eq!(retry_after(&headers("-1")), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
