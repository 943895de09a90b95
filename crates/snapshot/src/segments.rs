// Written by `cargo xtask snapshot`; do not change by hand.

pub(crate) static SEGMENTS: &[(&str, &[u8])] = &[
    ("almalinux-10", include_bytes!("../data/almalinux-10.278c4d451e4c7ea2.segment")),
    ("almalinux-9", include_bytes!("../data/almalinux-9.01923ef08205aed9.segment")),
    ("bitnami", include_bytes!("../data/bitnami.0a5310f141f8f89c.segment")),
    ("cran", include_bytes!("../data/cran.0de93d0bbe78d4e4.segment")),
    ("crates.io", include_bytes!("../data/crates.io.7cabea0e21e1bb73.segment")),
    ("debian-11", include_bytes!("../data/debian-11.658cc1eb891041e2.segment")),
    ("debian-12", include_bytes!("../data/debian-12.827b6dabdf7ad0f3.segment")),
    ("debian-13", include_bytes!("../data/debian-13.91daaa68f614f430.segment")),
    ("end-of-life", include_bytes!("../data/end-of-life.58a977ca405ae810.segment")),
    ("exploited", include_bytes!("../data/exploited.2d0847b0cf40a127.segment")),
    ("go", include_bytes!("../data/go.a68a9e7b672e5c17.segment")),
    ("hackage", include_bytes!("../data/hackage.328a90f1601f2e34.segment")),
    ("maven", include_bytes!("../data/maven.e97bd8b6f0537ac6.segment")),
    ("npm", include_bytes!("../data/npm.5b47e7e7a7bf4b2b.segment")),
    ("nvd", include_bytes!("../data/nvd.4f0c9dc0d266130a.segment")),
    ("opam", include_bytes!("../data/opam.c9cd9c79c137668e.segment")),
    ("packagist", include_bytes!("../data/packagist.cddb4f16a3adca8a.segment")),
    ("programs", include_bytes!("../data/programs.23b1fa77bc56ae0f.segment")),
    ("pypi", include_bytes!("../data/pypi.90d279c591ed0560.segment")),
    ("severities", include_bytes!("../data/severities.0db3bf8f4109aae0.segment")),
];
