//! The shared libraries that say their version.

use super::classifier::{Classifier, Evidence};

/// Sorted by product.
pub(super) static LIBRARIES: &[Classifier] = &[
    Classifier {
        product: "aws-lc",
        module: None,
        files: &["libcrypto", "libssl"],
        evidence: &[Evidence::near("AWS-LC ", r"AWS-LC ([0-9]+\.[0-9]+\.[0-9]+)\)")],
        instead_of: &["openssl"],
    },
    Classifier {
        product: "bzip2",
        module: None,
        files: &["libbz2"],
        evidence: &[Evidence::near(", ", r"\x00(1\.0\.[0-9]+), [0-9]{1,2}-[A-Z][a-z]{2}-[0-9]{4}")],
        instead_of: &[],
    },
    Classifier {
        product: "curl",
        module: None,
        files: &["libcurl", "libcurl-gnutls"],
        evidence: &[Evidence::near("libcurl/", r"libcurl/([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "expat",
        module: None,
        files: &["libexpat"],
        evidence: &[Evidence::near("expat_", r"expat_([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "ffmpeg",
        module: None,
        files: &[
            "libavcodec",
            "libavdevice",
            "libavfilter",
            "libavformat",
            "libavutil",
            "libswresample",
            "libswscale",
        ],
        evidence: &[Evidence::near(
            "FFmpeg version ",
            r"FFmpeg version n?([0-9]+\.[0-9]+(?:\.[0-9]+)?)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "glibc",
        module: None,
        files: &["libc"],
        evidence: &[Evidence::near(
            " release version ",
            r"(?s)GNU C Library [^\n]* release version ([0-9]+\.[0-9]+(?:\.[0-9]+)?)\.?\n",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "gnutls",
        module: None,
        files: &["libgnutls"],
        evidence: &[Evidence::near("Enabled GnuTLS ", r"Enabled GnuTLS ([0-9]+\.[0-9]+\.[0-9]+) ")],
        instead_of: &[],
    },
    Classifier {
        product: "heimdal",
        module: None,
        files: &["libheimbase", "libkrb5", "libroken"],
        evidence: &[Evidence::near("Heimdal ", r"Heimdal ([0-9]+\.[0-9]+(?:\.[0-9]+)?)")],
        instead_of: &[],
    },
    Classifier {
        product: "julia",
        module: None,
        files: &["libjulia-internal"],
        evidence: &[Evidence::near("\0verify", r"__init__\x00([0-9]+\.[0-9]+\.[0-9]+)\x00verify")],
        instead_of: &[],
    },
    Classifier {
        product: "krb5",
        module: None,
        files: &["libkrb5"],
        evidence: &[Evidence::sure(
            "KRB5_BRAND: krb5-",
            r"KRB5_BRAND: krb5-([0-9]+\.[0-9]+(?:\.[0-9]+)?)-",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "libarchive",
        module: None,
        files: &["libarchive"],
        evidence: &[Evidence::near("\0libarchive ", r"\x00libarchive ([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "libgcrypt",
        module: None,
        files: &["libgcrypt"],
        evidence: &[Evidence::near(
            "This is Libgcrypt ",
            r"This is Libgcrypt ([0-9]+\.[0-9]+\.[0-9]+) ",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "libjpeg-turbo",
        module: None,
        files: &["libjpeg", "libturbojpeg"],
        evidence: &[Evidence::near(
            "libjpeg-turbo version ",
            r"libjpeg-turbo version ([0-9]+\.[0-9]+(?:\.[0-9]+)?)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "libpng",
        module: None,
        files: &["libpng12", "libpng15", "libpng16"],
        evidence: &[Evidence::near("libpng version ", r"libpng version ([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "libtiff",
        module: None,
        files: &["libtiff"],
        evidence: &[Evidence::near(
            "LIBTIFF, Version ",
            r"LIBTIFF, Version ([0-9]+\.[0-9]+\.[0-9]+)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "lua",
        module: None,
        files: &["liblua"],
        evidence: &[Evidence::near(
            "LuaVersion: Lua ",
            r"LuaVersion: Lua ([0-9]+\.[0-9]+(?:\.[0-9]+)?)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "luajit",
        module: None,
        files: &["libluajit"],
        evidence: &[Evidence::near("LuaJIT ", r"LuaJIT ([0-9]+\.[0-9]+\.[0-9]+(?:-beta[0-9]+)?)")],
        instead_of: &[],
    },
    Classifier {
        product: "mbedtls",
        module: None,
        files: &["libmbedcrypto"],
        evidence: &[Evidence::near("bed TLS ", r"[mM]bed TLS ([0-9]+\.[0-9]+\.[0-9]+)\x00")],
        instead_of: &[],
    },
    Classifier {
        product: "nghttp2",
        module: None,
        files: &["libnghttp2"],
        evidence: &[Evidence::sole("1.", r"[^0-9.](1\.[0-9]+\.[0-9]+)\x00")],
        instead_of: &[],
    },
    Classifier {
        product: "openssl",
        module: None,
        files: &["libcrypto", "libssl"],
        evidence: &[Evidence::near(
            "OpenSSL ",
            r"\x00OpenSSL ([0-9]+\.[0-9]+\.[0-9]+[a-z]{0,2}(?:-(?:alpha|beta|pre|rc)[0-9]+)?)[-a-z0-9]* {1,2}[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "pcre2",
        module: None,
        files: &["libpcre2-8"],
        evidence: &[Evidence::near(
            " 20",
            r"\x00(10\.[0-9]+(?:-RC[0-9]+)?) 20[0-9]{2}-[0-9]{2}-[0-9]{2}\x00",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "php",
        module: None,
        files: &["libphp"],
        evidence: &[Evidence::near(
            "X-Powered-By: PHP/",
            r"X-Powered-By: PHP/([0-9]+\.[0-9]+\.[0-9]+(?:-?(?:alpha|beta|RC|rc)[0-9]+)?)",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "pypy",
        module: None,
        files: &["libpypy", "libpypy-c", "libpypy3", "libpypy3-c"],
        evidence: &[Evidence::near("[PyPy ", r"\[PyPy ([0-9]+\.[0-9]+\.[0-9]+)")],
        instead_of: &[],
    },
    Classifier {
        product: "python",
        module: None,
        files: &["libpython"],
        evidence: &[
            Evidence::of_name(r"\x00([23]\.[0-9]+\.[0-9]+(?:(?:a|b|rc)[0-9]+)?)\+?\x00"),
            Evidence::near(
                "/Python-",
                r"/Python-([23]\.[0-9]+\.[0-9]+(?:(?:a|b|rc)[0-9]+)?)[/\x00]",
            ),
            Evidence::near("/versions/", r"/versions/([23]\.[0-9]+\.[0-9]+)\x00"),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "qt",
        module: None,
        files: &["libQt5Core", "libQt6Core", "libQtCore"],
        evidence: &[
            Evidence::near("Qt ", r"Qt ([0-9]+\.[0-9]+\.[0-9]+) \("),
            Evidence::near(
                "QtCore library version ",
                r"QtCore library version ([0-9]+\.[0-9]+\.[0-9]+)",
            ),
        ],
        instead_of: &[],
    },
    Classifier {
        product: "ruby",
        module: None,
        files: &["libruby"],
        evidence: &[Evidence::near(
            "\0ruby ",
            r"\x00ruby ([0-9]+\.[0-9]+\.[0-9]+(?:preview[0-9]+|rc[0-9]+|dev)?)(?:p[0-9]+)? \([0-9]{4}-",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "rust",
        module: None,
        files: &["libstd"],
        evidence: &[Evidence::near(
            "rustc version ",
            r"rustc version ([0-9]+\.[0-9]+\.[0-9]+)(?:-[a-z.0-9]+)? \(",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "sqlite",
        module: None,
        files: &["libsqlite3"],
        evidence: &[Evidence::sole("\x003.", r"\x00(3\.[0-9]+\.[0-9]+)\x00")],
        instead_of: &[],
    },
    Classifier {
        product: "xz",
        module: None,
        files: &["liblzma"],
        evidence: &[Evidence::sole("\x005.", r"\x00(5\.[0-9]+\.[0-9]+(?:alpha|beta)?)\x00")],
        instead_of: &[],
    },
    Classifier {
        product: "zlib",
        module: None,
        files: &["libz"],
        evidence: &[Evidence::near(
            " deflate ",
            r" deflate (1\.[0-9]+\.[0-9]+(?:\.[0-9]+)?) Copyright",
        )],
        instead_of: &[],
    },
    Classifier {
        product: "zstd",
        module: None,
        files: &["libzstd"],
        evidence: &[Evidence::sole("1.", r"[^0-9.](1\.[0-9]+\.[0-9]+)\x00")],
        instead_of: &[],
    },
];
