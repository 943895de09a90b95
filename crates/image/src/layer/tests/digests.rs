//! Which digests are verified, and which error wins.

use super::{Case, gzip, large, sha256, small};
use crate::walk::LayerError;
use lazaret_core::digest::Digest;
use sha2::{Digest as _, Sha512};

#[test]
fn a_wrong_digest_is_an_error_in_every_form() {
    for tar in [small(), large()] {
        for stored in [tar.clone(), gzip(&tar), zstd::encode_all(&*tar, 1).unwrap()] {
            let wrong = sha256(b"something else");
            let (_, result) = Case { digest: Some(wrong.clone()), ..Case::new(&stored) }.walk();
            let Err(LayerError::Digest { layer, expected, found }) = result else {
                panic!("{result:?}")
            };
            assert_eq!(layer, "the-layer");
            assert_eq!((expected, found), (wrong, sha256(&stored)));
        }
    }
}

#[test]
fn a_wrong_digest_explains_damage() {
    let mut damaged = gzip(&large());
    let original = sha256(&damaged);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0x55;
    damaged[middle + 1] ^= 0x55;
    for stored in [&damaged[..], &damaged[..middle], b"no archive", b"BZh91AY&SY", b""] {
        let (_, result) = Case { digest: Some(original.clone()), ..Case::new(stored) }.walk();
        let Err(LayerError::Digest { found, .. }) = result else { panic!("{result:?}") };
        assert_eq!(found, sha256(stored), "all bytes were read");
    }
}

#[test]
fn bytes_behind_the_archive_are_digested() {
    let stored = [small(), vec![0; 5_000_000], b"tail".to_vec()].concat();
    for bytes in [stored.clone(), gzip(&stored)] {
        let summary = Case::new(&bytes).walk().1.unwrap();
        assert_eq!(summary.diff_id, Some(sha256(&stored)));
        assert_eq!(summary.tar_bytes, u64::try_from(stored.len()).unwrap());
    }
}

#[test]
fn sha512_digests_are_verified() {
    let stored = gzip(&small());
    let digest = |bytes: &[u8]| -> Digest {
        format!("sha512:{}", hex::encode(Sha512::digest(bytes))).parse().unwrap()
    };
    let case = || Case { diff_id: Some(digest(&small())), ..Case::new(&stored) };
    let summary = Case { digest: Some(digest(&stored)), ..case() }.walk().1.unwrap();
    assert_eq!(summary.diff_id, Some(digest(&small())));
    let (_, result) = Case { digest: Some(digest(b"")), ..case() }.walk();
    assert!(matches!(result, Err(LayerError::Digest { .. })), "{result:?}");
}

#[test]
fn a_wrong_diff_id_is_an_error_where_it_is_verified() {
    let wrong = Some(sha256(b"something else"));
    for tar in [small(), large()] {
        for stored in [tar.clone(), gzip(&tar)] {
            let (_, result) = Case { diff_id: wrong.clone(), ..Case::new(&stored) }.walk();
            let Err(LayerError::DiffId { found, .. }) = result else { panic!("{result:?}") };
            assert_eq!(found, sha256(&tar));
            // Without a digest of the stored bytes, as in a saved archive.
            let case = Case { diff_id: wrong.clone(), digest: None, ..Case::new(&stored) };
            assert!(matches!(case.walk().1, Err(LayerError::DiffId { .. })));
        }
    }
    let stored = gzip(&small());
    let case = Case { diff_id: wrong, verify_diff_id: false, ..Case::new(&stored) };
    assert_eq!(case.walk().1.unwrap().diff_id, None);
}

#[test]
fn a_plain_layer_is_hashed_once_for_both_digests() {
    let tar = small();
    let case = Case { verify_diff_id: false, ..Case::new(&tar) };
    assert_eq!(case.walk().1.unwrap().diff_id, Some(sha256(&tar)));
    let case = Case { verify_diff_id: true, digest: None, ..Case::new(&tar) };
    assert_eq!(case.walk().1.unwrap().diff_id, Some(sha256(&tar)));
}
