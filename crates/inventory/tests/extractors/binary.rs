//! Programs and libraries of this machine, against what its package manager says of them.

use super::run::{extractor, run};
use std::path::Path;
use std::process::Command;

/// A file, the extractor for it, and the product it is of. The package manager is asked which
/// package has the file.
const FILES: &[(&str, &str, &str)] = &[
    ("/usr/bin/bash", "binary/program", "bash"),
    ("/usr/bin/busybox", "binary/program", "busybox"),
    ("/usr/bin/cabal", "binary/program", "cabal"),
    ("/usr/bin/curl", "binary/program", "curl"),
    ("/usr/bin/ffmpeg", "binary/program", "ffmpeg"),
    ("/usr/bin/gcc-12", "binary/program", "gcc"),
    ("/usr/bin/getopt", "binary/program", "util-linux"),
    ("/usr/bin/git", "binary/program", "git"),
    ("/usr/bin/gzip", "binary/program", "gzip"),
    ("/usr/bin/jq", "binary/program", "jq"),
    ("/usr/bin/ldapsearch", "binary/program", "openldap"),
    ("/usr/bin/lua5.4", "binary/program", "lua"),
    ("/usr/bin/mariadb", "binary/program", "mariadb"),
    ("/usr/bin/memcached", "binary/program", "memcached"),
    ("/usr/bin/node", "binary/program", "node"),
    ("/usr/bin/openssl", "binary/program", "openssl"),
    ("/usr/bin/perl", "binary/program", "perl"),
    ("/usr/bin/php8.2", "binary/program", "php"),
    ("/usr/bin/php8.4", "binary/program", "php"),
    ("/usr/bin/python3.11", "binary/program", "python"),
    ("/usr/bin/python3.13", "binary/program", "python"),
    ("/usr/bin/redis-check-rdb", "binary/program", "redis"),
    ("/usr/bin/ssh", "binary/program", "openssh"),
    ("/usr/bin/xz", "binary/program", "xz"),
    ("/usr/bin/zstd", "binary/program", "zstd"),
    ("/usr/lib/erlang/erts-13.1.5/bin/beam.smp", "binary/program", "erlang"),
    ("/usr/lib/go-1.19/bin/go", "binary/program", "toolchain"),
    ("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "binary/program", "openjdk"),
    ("/usr/lib/jvm/java-17-openjdk-amd64/bin/jdb", "binary/program", "openjdk"),
    ("/usr/lib/postgresql/15/bin/postgres", "binary/program", "postgresql"),
    ("/usr/lib/x86_64-linux-gnu/libQt5Core.so.5.15.8", "binary/library", "qt"),
    ("/usr/lib/x86_64-linux-gnu/libarchive.so.13.6.2", "binary/library", "libarchive"),
    ("/usr/lib/x86_64-linux-gnu/libavutil.so.57.28.100", "binary/library", "ffmpeg"),
    ("/usr/lib/x86_64-linux-gnu/libbz2.so.1.0.4", "binary/library", "bzip2"),
    ("/usr/lib/x86_64-linux-gnu/libc.so.6", "binary/library", "glibc"),
    ("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "binary/library", "openssl"),
    ("/usr/lib/x86_64-linux-gnu/libcurl.so.4.8.0", "binary/library", "curl"),
    ("/usr/lib/x86_64-linux-gnu/libexpat.so.1.8.10", "binary/library", "expat"),
    ("/usr/lib/x86_64-linux-gnu/libgcrypt.so.20.4.1", "binary/library", "libgcrypt"),
    ("/usr/lib/x86_64-linux-gnu/libgnutls.so.30.34.3", "binary/library", "gnutls"),
    ("/usr/lib/x86_64-linux-gnu/libjpeg.so.62.3.0", "binary/library", "libjpeg-turbo"),
    ("/usr/lib/x86_64-linux-gnu/libkrb5.so.3.3", "binary/library", "krb5"),
    ("/usr/lib/x86_64-linux-gnu/liblzma.so.5.4.1", "binary/library", "xz"),
    ("/usr/lib/x86_64-linux-gnu/libmbedcrypto.so.2.28.3", "binary/library", "mbedtls"),
    ("/usr/lib/x86_64-linux-gnu/libnghttp2.so.14.24.1", "binary/library", "nghttp2"),
    ("/usr/lib/x86_64-linux-gnu/libpcre2-8.so.0.11.2", "binary/library", "pcre2"),
    ("/usr/lib/x86_64-linux-gnu/libpng16.so.16.39.0", "binary/library", "libpng"),
    ("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", "binary/library", "python"),
    ("/usr/lib/x86_64-linux-gnu/libruby-3.1.so.3.1.2", "binary/library", "ruby"),
    ("/usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6", "binary/library", "sqlite"),
    ("/usr/lib/x86_64-linux-gnu/libtiff.so.6.0.0", "binary/library", "libtiff"),
    ("/usr/lib/x86_64-linux-gnu/libz.so.1.2.13", "binary/library", "zlib"),
    ("/usr/lib/x86_64-linux-gnu/libzstd.so.1.5.4", "binary/library", "zstd"),
    ("/usr/sbin/apache2", "binary/program", "apache"),
    ("/usr/sbin/dnsmasq", "binary/program", "dnsmasq"),
    ("/usr/sbin/haproxy", "binary/program", "haproxy"),
    ("/usr/sbin/lighttpd", "binary/program", "lighttpd"),
    ("/usr/sbin/mariadbd", "binary/program", "mariadb"),
    ("/usr/sbin/named", "binary/program", "bind"),
    ("/usr/sbin/nginx", "binary/program", "nginx"),
    ("/usr/sbin/proftpd", "binary/program", "proftpd"),
    ("/usr/sbin/slapd", "binary/program", "openldap"),
    ("/usr/sbin/squid", "binary/program", "squid"),
    ("/usr/sbin/unbound", "binary/program", "unbound"),
    ("/usr/sbin/varnishd", "binary/program", "varnish"),
];

#[test]
fn versions_in_programs_are_those_of_their_packages() {
    let (mut checked, mut missing) = (0, Vec::new());
    let mut wrong = Vec::new();
    for (file, id, product) in FILES {
        let (Ok(bytes), Some(package)) = (std::fs::read(file), package_version(file)) else {
            missing.push(*file);
            continue;
        };
        let outcome = run(extractor(id), file.trim_start_matches('/'), &bytes);
        let found: Vec<(&str, &str)> =
            outcome.packages().map(|found| (&*found.name, &*found.version)).collect();
        let upstream = upstream(&package);
        if found != [(*product, upstream.as_str())] {
            wrong.push(format!("{file}: {found:?} is {product} {package}"));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    if !missing.is_empty() {
        println!("{checked} checked; not on this machine, skipped: {}", missing.join(", "));
    }
}

/// The version of the Debian package that has a file.
fn package_version(file: &str) -> Option<String> {
    let output = |args: &[&str]| {
        let output = Command::new("dpkg-query").args(args).output().ok()?;
        output.status.success().then(|| String::from_utf8(output.stdout).ok())?
    };
    // Where `/usr` was merged later, packages may still say `/lib` and `/bin`.
    let owner = [file, file.strip_prefix("/usr").unwrap_or(file)]
        .iter()
        .filter(|file| Path::new(file).exists())
        .find_map(|file| output(&["--search", file]))?;
    let (name, _) = owner.split_once(": ")?;
    output(&["--showformat=${Version}", "--show", name])
}

/// The upstream version in a Debian one: without epoch, revision, and notes on what was repacked.
fn upstream(version: &str) -> String {
    let version = version.split_once(':').map_or(version, |(_, version)| version);
    let version = version.rsplit_once('-').map_or(version, |(version, _)| version);
    let version = version.split_once(".dfsg").map_or(version, |(version, _)| version);
    let end = version.find(['+', '~']).unwrap_or(version.len());
    version[..end].to_owned()
}
