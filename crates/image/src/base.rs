//! Which layers came with the base image, as far as the history tells.

use lazaret_core::image::{HistoryEntry, LayerInfo};

/// Marks each layer as the base image's or the image's own, if the history shows a boundary.
///
/// A base image's last instruction is usually its `CMD` or `ENTRYPOINT`, which makes no layer; what
/// follows it and makes layers was built on top. With several bases on top of each other the last
/// boundary counts: it is the `FROM` line of the Dockerfile that made the image.
///
/// `history` must have exactly one entry that is not empty for each layer.
pub(crate) fn mark(layers: &mut [LayerInfo], history: &[HistoryEntry]) {
    let mut layers_seen = 0_usize;
    let mut candidate = None;
    let mut boundary = None;
    for entry in history {
        if !entry.empty_layer {
            boundary = candidate.or(boundary);
            layers_seen = layers_seen.saturating_add(1);
        } else if layers_seen > 0 && sets_command(&entry.created_by) {
            candidate = Some(layers_seen);
        }
    }
    let Some(boundary) = boundary else { return };
    for (position, layer) in layers.iter_mut().enumerate() {
        layer.base = Some(position < boundary);
    }
}

/// Whether an instruction is `CMD` or `ENTRYPOINT`, as BuildKit or the classic builder writes it.
fn sets_command(created_by: &str) -> bool {
    let instruction = created_by
        .trim_start()
        .strip_prefix("/bin/sh -c #(nop)")
        .unwrap_or(created_by)
        .trim_start();
    ["CMD", "ENTRYPOINT"]
        .iter()
        .any(|name| instruction.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '['])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+` makes a layer, `-` makes none. The answer has `b` for a base layer, `o` for an own one
    /// and `?` where it cannot be told.
    fn check(history: &[&str], expected: &str) {
        let history: Vec<HistoryEntry> = history
            .iter()
            .map(|line| HistoryEntry {
                created_by: line[2..].to_owned(),
                empty_layer: line.starts_with('-'),
                created: None,
            })
            .collect();
        let layer = LayerInfo {
            blob_digest: None,
            diff_id: None,
            size_bytes: 0,
            created_by: None,
            base: None,
        };
        let mut layers = vec![layer; history.iter().filter(|entry| !entry.empty_layer).count()];
        mark(&mut layers, &history);
        let found: String = layers
            .iter()
            .map(|layer| layer.base.map_or('?', |base| if base { 'b' } else { 'o' }))
            .collect();
        assert_eq!(found, expected, "{history:?}");
    }

    #[test]
    fn application_on_python_slim_keeps_debian_and_python_as_base() {
        check(
            &[
                "+ # debian.sh --arch 'amd64' out/ 'bookworm' '@1749513600'",
                "- ENV PATH=/usr/local/bin:/usr/bin:/bin",
                "- ENV LANG=C.UTF-8",
                "+ RUN /bin/sh -c set -eux; apt-get update; # buildkit",
                "- ENV PYTHON_VERSION=3.12.11",
                "+ RUN /bin/sh -c set -eux; wget -O python.tar.xz # buildkit",
                "+ RUN /bin/sh -c set -eux; for src in idle3 pip3; do done # buildkit",
                "- CMD [\"python3\"]",
                "+ WORKDIR /app",
                "+ COPY requirements.txt . # buildkit",
                "+ RUN /bin/sh -c pip install -r requirements.txt # buildkit",
                "- EXPOSE [8000/tcp]",
                "- CMD [\"gunicorn\" \"app\"]",
            ],
            "bbbbooo",
        );
    }

    #[test]
    fn the_last_of_several_bases_is_the_boundary() {
        check(
            &[
                "+ /bin/sh -c #(nop) ADD file:0123 in / ",
                "- /bin/sh -c #(nop)  CMD [\"bash\"]",
                "+ /bin/sh -c apt-get update",
                "- /bin/sh -c #(nop)  ENTRYPOINT [\"/entry.sh\"]",
                "- /bin/sh -c #(nop)  CMD [\"serve\"]",
                "+ /bin/sh -c #(nop) COPY file:4567 in /srv ",
            ],
            "bbo",
        );
    }

    #[test]
    fn a_base_image_alone_has_no_boundary() {
        check(&["+ ADD rootfs.tar.xz / # buildkit", "- CMD [\"/bin/sh\"]"], "?");
        check(&["+ ADD a /", "+ ADD b /"], "??");
        check(&[], "");
    }

    #[test]
    fn commands_that_make_layers_or_only_look_alike_are_no_boundary() {
        check(&["+ ADD a /", "- ENV CMD=x", "+ RUN CMD x", "- CMDX", "+ COPY b /"], "???");
        check(&["- CMD [\"x\"]", "+ COPY a /", "+ COPY b /"], "??");
    }
}
