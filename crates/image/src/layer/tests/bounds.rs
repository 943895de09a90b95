//! Layers that are made to cost too much.

use super::{Case, gzip, noise, sha256, small};
use crate::layer::{Budget, LayerBlob, WalkContext, walk_layer};
use crate::tar::testing::{Shown, archive, file, header};
use crate::walk::LayerError;
use lazaret_core::limits::Limits;
use lazaret_core::problem::ProblemKind;

/// An archive that goes on with zeros, which compress a thousandfold.
fn bomb() -> Vec<u8> {
    let mut tar = file("before", b"x");
    tar.extend(header(b"zeros", b'0', 48 << 20));
    tar.resize(tar.len() + (48 << 20), 0);
    tar
}

#[test]
fn a_bomb_meets_the_ratio() {
    let stored = gzip(&bomb());
    let len = u64::try_from(stored.len()).unwrap();
    let limits = Limits { ratio_free_bytes: 4 << 20, ratio_max: 100, ..Limits::default() };
    for size in [None, Some(len)] {
        let case = Case { size, limits: limits.clone(), ..Case::new(&stored) };
        let (shown, result) = case.walk();
        let summary = result.unwrap();
        assert_eq!(shown.paths(), ["before", "zeros"]);
        assert_eq!(summary.diff_id, None);
        assert_eq!(summary.stored_bytes, len, "the digest is of all bytes");
        assert!(summary.tar_bytes < 30 << 20, "{}", summary.tar_bytes);
        let (kind, message) = shown.problem();
        assert_eq!(kind, ProblemKind::Limit);
        assert!(message.contains("more than 100 times"), "{message}");
        assert!(message.contains("digest is not verified"), "{message}");

        let digest = Some(sha256(b"something else"));
        let case = Case { size, digest, limits: limits.clone(), ..Case::new(&stored) };
        assert!(matches!(case.walk().1, Err(LayerError::Digest { .. })));
    }
    // The same layer is harmless below the free size.
    let (shown, result) = Case::new(&stored).walk();
    result.unwrap();
    assert_eq!(shown.problems, []);
}

#[test]
fn a_layer_has_a_largest_size() {
    let tar = archive(&[file("a", &noise(5 << 20))]);
    let max = 2 << 20;
    for stored in [tar.clone(), gzip(&tar)] {
        for size in [None, Some(1), u64::try_from(stored.len()).ok()] {
            let limits = Limits { layer_bytes_max: max, ..Limits::default() };
            let (shown, result) = Case { size, limits, ..Case::new(&stored) }.walk();
            let summary = result.unwrap();
            assert!(summary.stored_bytes < max + (1 << 20), "no endless reading");
            assert!(shown.problems.iter().all(|problem| problem.kind == ProblemKind::Limit));
            let messages: Vec<&str> =
                shown.problems.iter().map(|problem| &*problem.message).collect();
            assert!(messages[0].contains("2097152 bytes uncompressed"), "{messages:?}");
            assert!(messages[1].contains("so its digest is not verified"), "{messages:?}");
        }
    }
}

#[test]
fn many_entries_meet_a_limit_and_the_digest_is_still_verified() {
    let tar = archive(&[file("a", b""), file("b", b""), file("c", b"")]);
    let limits = Limits { entries_max: 2, ..Limits::default() };
    for stored in [tar.clone(), gzip(&tar)] {
        let (shown, result) = Case { limits: limits.clone(), ..Case::new(&stored) }.walk();
        result.unwrap();
        assert_eq!(shown.paths(), ["a", "b"]);
        assert_eq!(shown.problem().0, ProblemKind::Limit);
        let digest = Some(sha256(b""));
        let case = Case { digest, limits: limits.clone(), ..Case::new(&stored) };
        assert!(matches!(case.walk().1, Err(LayerError::Digest { .. })));
    }
}

#[test]
fn a_small_budget_slows_but_does_not_stop() {
    let tar = archive(&[file("a", &noise(400_000)), file("b", b"x")]);
    for stored in [tar.clone(), gzip(&tar), zstd::encode_all(&*tar, 3).unwrap()] {
        let limits = Limits { memory_bytes: 1 << 20, ..Limits::default() };
        let (shown, result) = Case { limits, ..Case::new(&stored) }.walk();
        result.unwrap();
        assert_eq!(shown.bodies.len(), 2);
    }
}

#[test]
fn layers_walked_at_once_share_a_budget() {
    let tar = archive(&[file("a", &noise(3 << 20)), file("b", b"x")]);
    let stored = [gzip(&tar), zstd::encode_all(&*tar, 3).unwrap(), small()];
    let (limits, budget) = (Limits::default(), Budget::new(4 << 20));
    let context =
        WalkContext { limits: &limits, budget: &budget, progress: None, verify_diff_id: true };
    std::thread::scope(|scope| {
        let mut walks = Vec::new();
        for at in 0..12 {
            let (stored, context) = (&stored[at % 3], &context);
            walks.push(scope.spawn(move || {
                let blob = LayerBlob {
                    name: "n".to_owned(),
                    reader: Box::new(&**stored),
                    size: u64::try_from(stored.len()).ok(),
                    digest: Some(sha256(stored)),
                    diff_id: None,
                };
                let mut shown = Shown::default();
                walk_layer(blob, context, &mut shown).map(|_| shown.bodies.len())
            }));
        }
        for walk in walks {
            assert_eq!(walk.join().unwrap().unwrap(), 2);
        }
    });
}
