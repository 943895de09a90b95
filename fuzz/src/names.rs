//! Short texts with a grammar: versions, references, digests, paths.

use lazaret_core::digest::Digest;
use lazaret_core::location::ImagePath;
use lazaret_core::purl::pypi_name;
use lazaret_core::reference::Reference;
use lazaret_core::version::Scheme;
use lazaret_image::Target;
use std::cmp::Ordering;

/// Native orders that are not transitive, and are kept so.
const NOT_TRANSITIVE: [Scheme; 3] = [Scheme::Maven, Scheme::Pacman, Scheme::Conan];

/// Three versions, one to a line, in every order: each must be an order.
pub(crate) fn versions(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let [a, b, c] = [(); 3].map(|()| lines.next().unwrap_or_default());
    for scheme in Scheme::ALL {
        let ab = compare(scheme, a, b);
        let ba = compare(scheme, b, a);
        assert_eq!(ab, ba.map(Ordering::reverse), "{scheme}: {a:?} {b:?}");
        if scheme.is_valid(a) {
            assert_eq!(compare(scheme, a, a), Some(Ordering::Equal), "{scheme}: {a:?}");
        }
        if NOT_TRANSITIVE.contains(&scheme) {
            continue;
        }
        let (Some(ab), Some(bc)) = (ab, compare(scheme, b, c)) else { continue };
        if ab == bc || bc == Ordering::Equal {
            assert_eq!(compare(scheme, a, c), Some(ab), "{scheme}: {a:?} {b:?} {c:?}");
        }
    }
}

fn compare(scheme: Scheme, a: &str, b: &str) -> Option<Ordering> {
    let answer = scheme.compare(a, b).ok();
    let is_valid = scheme.is_valid(a) && scheme.is_valid(b);
    assert_eq!(answer.is_some(), is_valid, "{scheme}: {a:?} {b:?}");
    answer
}

/// References, targets, digests, paths and project names.
pub(crate) fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    drop(text.parse::<Target>());
    if let Ok(reference) = Reference::parse(&text) {
        assert_eq!(Reference::parse(&reference.to_string()), Ok(reference));
    }
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }
    let normal = pypi_name(&text);
    assert_eq!(pypi_name(&normal), normal);
    if let Ok(path) = ImagePath::parse(bytes) {
        check_path(&path);
    }
}

fn check_path(path: &ImagePath) {
    let parts = || path.as_str().split('/');
    assert!(path.is_root() || parts().all(|part| !matches!(part, "" | "." | "..")), "{path}");
    assert_eq!(ImagePath::parse(path.as_str().as_bytes()).as_ref(), Ok(path));
    assert_eq!(path.parent().join(path.name()), *path);
    assert!(path.ancestors().all(|folder| path.is_inside(folder)), "{path}");
    let json = serde_json::to_string(path).expect("a path is text");
    assert_eq!(serde_json::from_str::<ImagePath>(&json).expect("as written"), *path);
}
