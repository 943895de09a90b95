// Written by `cargo xtask snapshot`; do not change by hand.

pub(crate) static SEGMENTS: &[(&str, &[u8])] = &[
    ("debian-11", include_bytes!("../data/debian-11.658cc1eb891041e2.segment")),
    ("debian-12", include_bytes!("../data/debian-12.827b6dabdf7ad0f3.segment")),
    ("debian-13", include_bytes!("../data/debian-13.91daaa68f614f430.segment")),
    ("npm", include_bytes!("../data/npm.e117dc72fd5a3d67.segment")),
    ("pypi", include_bytes!("../data/pypi.90d279c591ed0560.segment")),
];
